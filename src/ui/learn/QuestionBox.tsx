import { type FormEvent, useEffect, useId, useState } from 'react';
import { useLens } from '../../state/index.ts';
import { judge } from '../../state/learn/judge.ts';
import type { Option, Question, Verdict } from '../../state/learn/lesson.ts';
import styles from './learn.module.css';

interface Props {
  readonly question: Question;
  /** It was answered right before. */
  readonly answered: boolean;
}

/** A question that is answered by looking at the page, and what came of the answer. */
export function QuestionBox({ question, answered }: Props) {
  const state = useLens();
  const [given, setGiven] = useState('');
  const [checked, setChecked] = useState<Verdict>();
  const inApp = question.kind === 'do';
  const verdict = inApp ? judge(question, '', state) : checked;
  const right = verdict?.is === 'right';
  useNeeded(question);
  useEffect(() => {
    if (right) useLens.getState().noteAnswer();
  }, [right]);
  const check = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(judge(question, given, useLens.getState()));
  };
  const choose = (answer: string): void => {
    setGiven(answer);
    setChecked(undefined);
  };
  return (
    <form className={styles.question} onSubmit={check} data-right={right || undefined}>
      {question.kind === 'choice' && (
        <Choice ask={question.ask} options={question.options(state)} given={given} onChoose={choose} />
      )}
      {question.kind === 'number' && (
        <NumberAnswer ask={question.ask} unit={question.unit} given={given} onChoose={choose} />
      )}
      {inApp && <p className={styles.ask}>{question.ask}</p>}
      {!inApp && !right && (
        <button type="submit" className="button" disabled={given === ''}>
          Check
        </button>
      )}
      <p role="status" className={styles.verdict} data-is={verdict?.is}>
        {words(verdict, answered && inApp)}
      </p>
    </form>
  );
}

function words(verdict: Verdict | undefined, before: boolean): string {
  if (verdict?.is === 'right') return `Right. ${verdict.says}`;
  if (verdict?.is === 'wrong') return `Not yet. ${verdict.says}`;
  return verdict?.says || (before ? 'You have done this before.' : '');
}

/** Numbers that the page in view does not load by itself. */
function useNeeded(question: Question): void {
  const ready = useLens(({ subject }) => subject.status === 'ready');
  useEffect(() => {
    if (!ready) return;
    const { ensureNeuron, ensureOverview, ensureTexts } = useLens.getState();
    if (question.needsTexts) void ensureTexts();
    for (const { block, neuron } of question.needs ?? []) {
      void ensureOverview(block);
      void ensureNeuron(block, neuron);
    }
  }, [question, ready]);
}

interface ChoiceProps {
  readonly ask: string;
  readonly options: readonly Option[] | undefined;
  readonly given: string;
  readonly onChoose: (id: string) => void;
}

function Choice({ ask, options, given, onChoose }: ChoiceProps) {
  const name = useId();
  return (
    <fieldset className={styles.options}>
      <legend className={styles.ask}>{ask}</legend>
      {options?.map(({ id, label }) => (
        <label key={id}>
          <input type="radio" name={name} checked={given === id} onChange={() => onChoose(id)} />
          <span>{label}</span>
        </label>
      )) ?? <p>The numbers for this are not there yet.</p>}
    </fieldset>
  );
}

interface NumberProps {
  readonly ask: string;
  readonly unit: string;
  readonly given: string;
  readonly onChoose: (text: string) => void;
}

function NumberAnswer({ ask, unit, given, onChoose }: NumberProps) {
  return (
    <label className={styles.numberAnswer}>
      <span className={styles.ask}>{ask}</span>
      <span>
        <input
          type="text"
          inputMode="decimal"
          autoComplete="off"
          value={given}
          onChange={(event) => onChoose(event.target.value)}
        />{' '}
        {unit}
      </span>
    </label>
  );
}
