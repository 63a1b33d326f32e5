import { LensError } from '../errors.ts';
import { type BlockState, emptyState } from './blockState.ts';
import { CandidateHeaps, forgetUnkept } from './candidates.ts';
import { type MeasuredAboutMean, requireSettled } from './settledState.ts';

/** Mean ĉ [N, R] and mean e [D] of the images of two states together. */
export function commonMean(
  a: BlockState,
  b: BlockState,
): { coefficients: Float64Array; shared: Float64Array } {
  const images = a.images + b.images;
  return {
    coefficients: a.sums.map((sum, i) => (sum + b.sums[i]!) / images),
    shared: a.sharedSum.map((sum, d) => (sum + b.sharedSum[d]!) / images),
  };
}

/** @throws LensError `bad-request` unless both are settled, of one block and one shape, and share no kept image */
export function requireMergeable(a: BlockState, b: BlockState): void {
  requireSettled(a);
  requireSettled(b);
  for (const size of ['block', 'neurons', 'heads', 'dim', 'kept'] as const) {
    if (a[size] === b[size]) continue;
    throw new LensError(
      'bad-request',
      `These states do not belong together: ${size} is ${a[size]} in one and ${b[size]} in the other.`,
    );
  }
  for (const image of a.candidates.shared.keys()) {
    if (!b.candidates.shared.has(image)) continue;
    throw new LensError(
      'bad-request',
      `Image ${image} is in both states: give every image to one part only.`,
    );
  }
}

/**
 * The state of both one's images, from what was measured of each about their {@link commonMean}. A commutative monoid, but for
 * rounding: sums are exact to float64, and what neither kept is bounded by what either proved.
 */
export function mergedStates(
  a: BlockState,
  b: BlockState,
  ofA: MeasuredAboutMean,
  ofB: MeasuredAboutMean,
): BlockState {
  requireMergeable(a, b);
  const { neurons, kept, heads } = a;
  const merged = emptyState(a);
  const { candidates, squares, dropped } = merged;
  const heaps = new CandidateHeaps(candidates, merged);
  for (const [part, { shift, distances }] of [
    [a, ofA],
    [b, ofB],
  ] as const) {
    part.sums.forEach((sum, i) => {
      merged.sums[i]! += sum;
    });
    part.sharedSum.forEach((sum, d) => {
      merged.sharedSum[d]! += sum;
    });
    for (const [image, parts] of part.candidates.shared) candidates.shared.set(image, parts);
    const { counts, images, coefficients } = part.candidates;
    for (let n = 0; n < neurons; n++) {
      squares[n]! += part.squares[n]! + part.images * shift[n]! ** 2;
      dropped[n] = Math.max(dropped[n]!, part.dropped[n]! + shift[n]!);
      for (let at = n * kept; at < n * kept + counts[n]!; at++) {
        const gone = heaps.offer(n, images[at]!, distances[at]!, coefficients, at * heads);
        if (gone > dropped[n]!) dropped[n] = gone;
      }
    }
  }
  forgetUnkept(candidates);
  return { ...merged, read: a.read + b.read, images: a.images + b.images };
}
