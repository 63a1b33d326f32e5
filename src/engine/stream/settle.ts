import type { BlockState } from '../../lens/blockState.ts';
import {
  answered,
  type Findings,
  isOpen,
  provenState,
  type Question,
  questionOf,
  requireAll,
} from '../../lens/laterLook.ts';
import type { JobOptions } from '../../progress.ts';
import type { FinishOptions, StreamingEngine, StreamSource } from './streaming.ts';

/**
 * What is known with what was found among all images, and what is still open: the ends of neurons whose top sets turned
 * out to be others than was taken, which another look at them alone settles.
 * @param stateOf the state the question was made of, asked for where top sets were not proven
 * @throws LensError `bad-request` for findings of more or fewer images than the analysis is of; `cancelled`
 */
export async function settle(
  engine: Pick<StreamingEngine, 'finish'>,
  question: Question,
  findings: Findings,
  stateOf: () => Promise<BlockState> | BlockState,
  job: JobOptions = {},
): Promise<Question> {
  requireAll(question, findings);
  const { summary, unproven } = question;
  if (unproven.length === 0) return answered(question, findings, unproven, undefined);
  const { state, changed } = provenState(question, findings, await stateOf());
  const { topK, listed, bins } = summary;
  const anew = changed.length > 0 ? await engine.finish(state, { topK, listed, bins }, job) : undefined;
  return answered(question, findings, changed, anew);
}

/** Summaries of settled states in which nothing is open: all that a set at hand as a whole takes. The states' arrays are changed in place. */
export async function finishWhole(
  engine: StreamingEngine,
  source: StreamSource,
  states: readonly BlockState[],
  options: FinishOptions,
  job: JobOptions = {},
) {
  let questions: Question[] = [];
  for (const state of states) questions.push(questionOf(state, await engine.finish(state, options, job)));
  while (questions.some(isOpen)) {
    const findings = await engine.lookLater(source, questions, job);
    const next: Question[] = [];
    for (const [i, question] of questions.entries()) {
      const open = isOpen(question);
      next.push(open ? await settle(engine, question, findings[i]!, () => states[i]!, job) : question);
    }
    questions = next;
  }
  return questions.map(({ summary }) => summary);
}
