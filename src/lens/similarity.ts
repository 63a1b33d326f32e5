import { largest } from './topSet.ts';
import { dot, norm } from './vectors.ts';

/** One row of a ranking. */
export interface Ranked {
  readonly index: number;
  readonly score: number;
}

/** Cosine of every row of `rows` [n, D] with `target` [D], [n]; 0 where a length is 0. */
export function cosines(rows: ArrayLike<number>, target: ArrayLike<number>): Float32Array {
  const dim = target.length;
  const length = norm(target);
  return Float32Array.from({ length: rows.length / dim }, (_, i) => {
    const lengths = length * norm(rows, dim, i * dim);
    return lengths > 0 ? dot(rows, target, dim, i * dim) / lengths : 0;
  });
}

/** The neurons whose directions are nearest to that of `neuron`, by cosine, itself left out. */
export function nearestDirections(
  directions: Float32Array,
  dim: number,
  neuron: number,
  count: number,
): Ranked[] {
  const scores = cosines(directions, directions.subarray(neuron * dim, (neuron + 1) * dim));
  scores[neuron] = Number.NEGATIVE_INFINITY;
  return ranked(scores, Math.min(count, scores.length - 1));
}

/** `signed`: most positive first; `absolute`: largest size first, whatever the sign. */
export type RankOrder = 'signed' | 'absolute';

/**
 * Neurons by ⟨r_n, text⟩. The released code takes `absolute` for segmentation and adversarial words:
 * a direction's sign says which side has more of the top images, not which side is meant.
 */
export function rankNeurons(
  directions: ArrayLike<number>,
  text: ArrayLike<number>,
  count: number,
  order: RankOrder,
): Ranked[] {
  const dim = text.length;
  const scores = Float32Array.from({ length: directions.length / dim }, (_, n) =>
    dot(directions, text, dim, n * dim),
  );
  return ranked(scores, Math.min(count, scores.length), order);
}

function ranked(scores: Float32Array, count: number, order: RankOrder = 'signed'): Ranked[] {
  const keys = order === 'absolute' ? scores.map(Math.abs) : scores;
  return Array.from(largest(keys, count), (index) => ({ index, score: scores[index]! }));
}
