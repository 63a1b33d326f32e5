import { LensError } from '../errors.ts';

/** How many of a set were right: counts that add up, so a set may be worked through in any parts. */
export interface Tally {
  readonly correct: number;
  readonly total: number;
}

export const EMPTY_TALLY: Tally = { correct: 0, total: 0 };

export const tallyOne = (correct: boolean): Tally => ({ correct: correct ? 1 : 0, total: 1 });

export const addTallies = (a: Tally, b: Tally): Tally => ({
  correct: a.correct + b.correct,
  total: a.total + b.total,
});

export interface Accuracy extends Tally {
  /** 100·correct/total. */
  readonly percent: number;
  /** Standard error of `percent`: 100·√(p(1−p)/total). */
  readonly standardError: number;
}

/** @throws LensError `bad-request` when nothing was counted. */
export function accuracyOf({ correct, total }: Tally): Accuracy {
  if (total === 0) throw new LensError('bad-request', 'An accuracy needs at least one labelled picture.');
  const share = correct / total;
  return {
    correct,
    total,
    percent: 100 * share,
    standardError: 100 * Math.sqrt((share * (1 - share)) / total),
  };
}
