import { LensError } from '../errors.ts';

/** A neuron's strongest images. */
export interface TopSet {
  /** [k] image indices, largest norm first, equal norms by lower index. */
  readonly images: Int32Array;
  /** The smallest of their norms: an image is significant when its norm is strictly greater. */
  readonly threshold: number;
}

/**
 * The k images of largest norm.
 * @throws LensError `bad-request` unless 1 ≤ k ≤ the number of images.
 */
export function topSet(norms: ArrayLike<number>, k: number): TopSet {
  if (!Number.isInteger(k) || k < 1 || k > norms.length) {
    throw new LensError(
      'bad-request',
      `The top set must hold between 1 and ${norms.length} images (the size of the set), not ${k}.`,
    );
  }
  const images = largest(norms, k);
  return { images, threshold: norms[images[k - 1]!]! };
}

/** As released: strictly greater than the smallest norm of the top set. */
export const isSignificant = (norm: number, threshold: number): boolean => norm > threshold;

/** Both ends of a list of signed activations. */
export interface Extremes {
  /** Indices of the largest values, largest first. */
  readonly highest: Int32Array;
  /** Indices of the smallest values, smallest first. */
  readonly lowest: Int32Array;
}

/** The `listed` images at each end of the signed activation (fewer when the set is smaller). */
export function extremes(activations: ArrayLike<number>, listed: number): Extremes {
  const count = Math.min(listed, activations.length);
  const negated = Float64Array.from(activations, (x) => -x);
  return { highest: largest(activations, count), lowest: largest(negated, count) };
}

/**
 * Indices of the `count` largest values, largest first, equal values by lower index; NaN ranks last.
 * A bounded heap with the weakest kept value at its root: O(n log count).
 */
export function largest(values: ArrayLike<number>, count: number): Int32Array {
  const at = (i: number) => (Number.isNaN(values[i]!) ? Number.NEGATIVE_INFINITY : values[i]!);
  const stronger = (i: number, j: number) => at(i) > at(j) || (at(i) === at(j) && i < j);
  const heap = new Int32Array(count);
  const sink = (start: number) => {
    const moved = heap[start]!;
    let hole = start;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= count) break;
      if (child + 1 < count && stronger(heap[child]!, heap[child + 1]!)) child++;
      if (!stronger(moved, heap[child]!)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = moved;
  };
  for (let i = 0; i < count; i++) heap[i] = i;
  for (let i = Math.floor(count / 2) - 1; i >= 0; i--) sink(i);
  for (let i = count; count > 0 && i < values.length; i++) {
    if (stronger(i, heap[0]!)) {
      heap[0] = i;
      sink(0);
    }
  }
  return heap.sort((i, j) => (stronger(i, j) ? -1 : 1));
}
