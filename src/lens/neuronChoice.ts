import { LensError } from '../errors.ts';
import { randomChoice } from './randomChoice.ts';
import type { SparseCode } from './sparseCode.ts';
import { largest } from './topSet.ts';
import { dot, norm } from './vectors.ts';
import type { NeuronRef } from './withoutNeurons.ts';

/** A neuron chosen for a text, with what it was chosen by. */
export interface ChosenNeuron extends NeuronRef {
  /** Signed: which way the neuron's direction lies to the text. */
  readonly score: number;
}

/** A score for every neuron of a block, [N]. */
export interface BlockScores {
  readonly block: number;
  readonly scores: ArrayLike<number>;
}

/**
 * ⟨r_n, text⟩ of a block's neurons, [N]; the text at length 1, so that with unit r_n it is the cosine.
 * @param directions r [N, D]
 * @param text [D], an embedding or a difference of two
 */
export function cosineScores(directions: ArrayLike<number>, text: ArrayLike<number>): Float32Array {
  const dim = text.length;
  const length = norm(text);
  if (length === 0) throw new LensError('bad-request', 'This text has no direction: it equals its opposite.');
  return Float32Array.from(
    { length: directions.length / dim },
    (_, n) => dot(directions, text, dim, n * dim) / length,
  );
}

/** Σ γ of the given texts in each neuron's code, [N]: 0 for a neuron whose description names none of them. */
export function codeScores(
  codes: readonly Pick<SparseCode, 'texts' | 'coefficients'>[],
  texts: ReadonlySet<number>,
): Float32Array {
  return Float32Array.from(codes, (code) =>
    code.texts.reduce((sum, text, i) => (texts.has(text) ? sum + code.coefficients[i]! : sum), 0),
  );
}

/**
 * - `absolute`: the largest scores in size, whatever the sign (released).
 * - `signed`: the most positive ones.
 * - `random`: any, all alike likely: the baseline. Takes the seed.
 */
export type NeuronOrder = 'absolute' | 'signed' | 'random';

/**
 * The `count` neurons of largest score over all blocks together (fewer when there are fewer), best
 * first. Neurons of score 0 are never chosen but at random: a code that does not name the text says nothing.
 * @throws LensError `bad-request` without blocks, or for a count below 1.
 */
export function chooseNeurons(
  blocks: readonly BlockScores[],
  count: number,
  order: NeuronOrder,
  seed = 0,
): ChosenNeuron[] {
  if (blocks.length === 0) throw new LensError('bad-request', 'Choose at least one block.');
  if (!Number.isInteger(count) || count < 1) {
    throw new LensError('bad-request', `At least one neuron must be chosen, not ${count}.`);
  }
  const all = blocks.flatMap(({ block, scores }) =>
    Array.from(scores, (score, neuron): ChosenNeuron => ({ block, neuron, score })),
  );
  const wanted = Math.min(count, all.length);
  if (order === 'random') return Array.from(randomChoice(wanted, all.length, seed), (i) => all[i]!);
  const keys = Float64Array.from(all, ({ score }) => (order === 'absolute' ? Math.abs(score) : score));
  return Array.from(largest(keys, wanted), (i) => all[i]!).filter((_, i, chosen) =>
    order === 'absolute' ? chosen[i]!.score !== 0 : chosen[i]!.score > 0,
  );
}
