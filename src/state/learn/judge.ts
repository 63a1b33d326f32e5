import type { LensState } from '../state.ts';
import type { Question, Verdict } from './lesson.ts';

const WAITING = { is: 'waiting', says: 'The numbers for this are not there yet.' } as const;
const NOTHING_YET = { is: 'waiting', says: '' } as const;

/**
 * What an answer is worth by what the app shows now.
 * @param answer an option's id, or a number as it was typed; not looked at where the answer is given in the app
 */
export function judge(question: Question, answer: string, state: LensState): Verdict {
  switch (question.kind) {
    case 'choice':
      return verdict(question, state, question.truth(state), (truth) => answer === truth);
    case 'number': {
      const given = numberOf(answer);
      if (given === undefined) return { is: 'wrong', says: 'That is not a number yet.' };
      const near = (truth: number) => Math.abs(given - truth) <= question.tolerance;
      return verdict(question, state, question.truth(state), near);
    }
    case 'do': {
      const done = question.done(state);
      if (done === 'no') return NOTHING_YET;
      return verdict(question, state, done, (is) => is === 'yes');
    }
  }
}

function verdict<T>(
  question: Question,
  state: LensState,
  truth: T | undefined,
  isRight: (truth: T) => boolean,
): Verdict {
  if (truth === undefined) return WAITING;
  return isRight(truth)
    ? { is: 'right', says: question.because(state) }
    : { is: 'wrong', says: question.hint };
}

/** A number as people write it: 12.3, 12,3, 12.3 %. Undefined for what is none. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replace('−', '-').replace(/\s*%$/, '').replace(',', '.');
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(plain) ? Number(plain) : undefined;
}
