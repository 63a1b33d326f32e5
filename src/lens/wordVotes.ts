import type { SparseCode } from './sparseCode.ts';
import type { NeuronRef } from './withoutNeurons.ts';

/** A neuron's part in a word's score. */
export interface Vote extends NeuronRef {
  readonly part: number;
}

/** A text of the pool with what neurons said for it and against it. */
export interface VotedWord {
  /** Index into the text pool. */
  readonly text: number;
  /** Σ of the parts. */
  readonly score: number;
  /** The neurons whose codes name the text, largest part in size first. */
  readonly votes: readonly Vote[];
}

/** A neuron with a say: its code in texts, and how much it counts. */
export interface Voter extends NeuronRef {
  readonly code: Pick<SparseCode, 'texts' | 'coefficients'>;
  /** Signed: turns the coefficients γ into parts. */
  readonly weight: number;
}

/**
 * Words by what neurons say together: score of word j = Σ_n weight_n·γ_n[j]. Largest first; equal scores by
 * pool order. Words without a voter are not listed.
 * @param keep whether a text may be listed
 */
export function votedWords(
  voters: Iterable<Voter>,
  keep: (text: number) => boolean = () => true,
): VotedWord[] {
  const votes = new Map<number, Vote[]>();
  for (const { block, neuron, code, weight } of voters) {
    code.texts.forEach((text, i) => {
      if (!keep(text)) return;
      const vote = { block, neuron, part: weight * code.coefficients[i]! };
      const list = votes.get(text);
      if (list) list.push(vote);
      else votes.set(text, [vote]);
    });
  }
  return Array.from(votes, ([text, list]) => ({
    text,
    score: list.reduce((sum, { part }) => sum + part, 0),
    votes: list.sort((a, b) => Math.abs(b.part) - Math.abs(a.part)),
  })).sort((a, b) => b.score - a.score || a.text - b.text);
}
