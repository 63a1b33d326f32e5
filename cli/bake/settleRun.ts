import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { settle } from '../../src/engine/stream/settle.ts';
import type { StreamingEngine, StreamSource } from '../../src/engine/stream/streaming.ts';
import type { BlockState } from '../../src/lens/blockState.ts';
import type { BlockSummary } from '../../src/lens/blockSummary.ts';
import { type Findings, isOpen, type Question, questionOf } from '../../src/lens/laterLook.ts';
import { blockJob, type Context } from '../command.ts';
import { readFindings, sweepLater } from './laterSweep.ts';
import { type Questions, readQuestions, writeQuestions } from './unsettled.ts';

export interface AskTask {
  readonly engine: StreamingEngine;
  readonly blocks: readonly number[];
  /** The settled state of a block over the whole set, under the numbers of its pictures. */
  readonly stateOf: (block: number) => Promise<BlockState>;
  /** Keeps the state of a block with top sets that are not proven: it will be asked for again. */
  readonly keepState?: (state: BlockState) => Promise<void>;
  readonly topK: number;
  readonly listed: number;
  /** Where the questions are kept. */
  readonly folder: string;
}

/**
 * What the first look tells of every block and what it leaves open, made once and kept in a folder.
 * @throws LensError as `StreamingEngine.finish`; `bad-file` for a damaged folder
 */
export async function askOnce(
  { engine, blocks, stateOf, keepState, topK, listed, folder }: AskTask,
  context: Context,
): Promise<Questions> {
  return kept(folder, async function* () {
    for (const block of blocks) {
      const state = await stateOf(block);
      const summary = await engine.finish(state, { topK, listed }, blockJob(context, block));
      const question = questionOf(state, summary);
      if (question.unproven.length > 0) await keepState?.(state);
      yield question;
    }
  });
}

async function kept(folder: string, make: () => AsyncIterable<Question>): Promise<Questions> {
  const found = await readQuestions(folder);
  if (found) return found;
  await writeQuestions(folder, make);
  return (await readQuestions(folder))!;
}

export interface AnswerTask {
  readonly engine: StreamingEngine;
  readonly stateOf: (block: number) => Promise<BlockState>;
  readonly findingsOf: (question: Question) => Promise<Findings>;
}

/**
 * What is known, and what is still open, with what was found among all pictures.
 * @throws LensError as `settle`
 */
export async function* answers(
  questions: readonly Question[],
  { engine, stateOf, findingsOf }: AnswerTask,
  context: Context,
): AsyncGenerator<Question> {
  for (const question of questions) {
    const { block } = question.summary;
    yield isOpen(question)
      ? await settle(
          engine,
          question,
          await findingsOf(question),
          () => stateOf(block),
          blockJob(context, block),
        )
      : question;
  }
}

export interface SettleTask extends Pick<AskTask, 'engine' | 'stateOf' | 'folder'> {
  /** The whole set; without it nothing more is looked for. */
  readonly source: StreamSource | undefined;
  /** Least milliseconds between two checkpoints. */
  readonly every: number;
}

/** Looks at the whole set in this process until nothing is open: once, or twice where top sets turned out to be others. */
export async function settleHere(
  questions: Questions,
  { engine, source, stateOf, folder, every }: SettleTask,
  context: Context,
): Promise<readonly BlockSummary[]> {
  let { questions: open } = questions;
  let place = folder;
  for (let round = 2; source && open.some(isOpen); round++) {
    const asked = open;
    const at = place;
    await sweepLater({ engine, source, questions: asked, folder: at, every }, context);
    place = join(folder, `look-${round}`);
    await mkdir(place, { recursive: true });
    const task = { engine, stateOf, findingsOf: (question: Question) => readFindings(at, question) };
    open = (await kept(place, () => answers(asked, task, context))).questions;
  }
  return open.map(({ summary }) => summary);
}
