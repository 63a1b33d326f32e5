import { LensError } from '../errors.ts';
import { type BlockState, type Candidates, noCandidates, type StateSizes } from './blockState.ts';
import type { SharedImage } from './blockSweep.ts';
import { CandidateHeaps, forgetUnkept } from './candidates.ts';
import { requireSettled } from './settledState.ts';

/** The farthest images of u neurons from the mean, among those looked at again. Of several parts of a set they join. */
export interface Strongest {
  /** Of u neurons, distances from the mean itself. */
  readonly candidates: Candidates;
  /** [u] no image looked at and not kept is farther; −Infinity where none was let go. */
  readonly dropped: Float64Array;
}

/** u, R and K. */
export type StrongestSizes = Omit<StateSizes, 'block' | 'dim'>;

export const noneStrongest = (sizes: StrongestSizes): Strongest => ({
  candidates: noCandidates(sizes),
  dropped: new Float64Array(sizes.neurons).fill(Number.NEGATIVE_INFINITY),
});

/**
 * A look at images again for the neurons whose top sets are not proven: now that the mean is known, every norm is measured
 * about it, and those kept are the farthest, ties and all.
 */
export class SecondLook {
  /** What was found so far: its arrays are those that the next chunk changes. */
  readonly found: Strongest;
  readonly #heads: number;
  readonly #heaps: CandidateHeaps;

  /** @param found what an earlier part of the same look found, changed in place */
  constructor(sizes: StrongestSizes, found: Strongest = noneStrongest(sizes)) {
    this.found = found;
    this.#heads = sizes.heads;
    this.#heaps = new CandidateHeaps(found.candidates, sizes);
  }

  /** Takes a chunk's ĉ [B, n, R] of the neurons from the `from`-th one on, and their norms about the mean [n, B]. */
  measure(
    chunk: readonly SharedImage[],
    from: number,
    to: number,
    coefficients: Float32Array,
    norms: Float32Array,
  ): void {
    const { candidates, dropped } = this.found;
    chunk.forEach(({ number, parts }, b) => {
      candidates.shared.set(number, parts);
      for (let n = from; n < to; n++) {
        const at = (b * (to - from) + n - from) * this.#heads;
        const norm = norms[(n - from) * chunk.length + b]!;
        const gone = this.#heaps.offer(n, number, norm, coefficients, at);
        if (gone > dropped[n]!) dropped[n] = gone;
      }
    });
  }

  /** To be called after each chunk. */
  chunkDone(): void {
    if (this.found.candidates.shared.size > 2048) forgetUnkept(this.found.candidates);
  }
}

/** What was found among two parts of a set together: the same in any order. */
export function joinedStrongest(a: Strongest, b: Strongest, sizes: StrongestSizes): Strongest {
  const joined = noneStrongest(sizes);
  const { candidates, dropped } = joined;
  const heaps = new CandidateHeaps(candidates, sizes);
  const { neurons, kept, heads } = sizes;
  for (const part of [a, b]) {
    const { counts, images, distances, coefficients, shared } = part.candidates;
    for (const [image, parts] of shared) candidates.shared.set(image, parts);
    for (let n = 0; n < neurons; n++) {
      dropped[n] = Math.max(dropped[n]!, part.dropped[n]!);
      for (let at = n * kept; at < n * kept + counts[n]!; at++) {
        const gone = heaps.offer(n, images[at]!, distances[at]!, coefficients, at * heads);
        if (gone > dropped[n]!) dropped[n] = gone;
      }
    }
  }
  forgetUnkept(candidates);
  return joined;
}

/**
 * A state whose `neurons` are exact, by what was found among all its images. Its arrays are those of the state, changed in place.
 * @throws LensError `bad-request` for a state of another kind
 */
export function repaired(
  state: BlockState,
  neurons: Int32Array,
  { candidates, dropped }: Strongest,
): BlockState {
  requireSettled(state);
  const { kept, heads } = state;
  const own = state.candidates;
  if (candidates.coefficients.length !== neurons.length * kept * heads)
    throw new LensError('bad-request', `What was found is of another analysis than block ${state.block}'s.`);
  for (const [image, parts] of candidates.shared) own.shared.set(image, parts);
  neurons.forEach((n, i) => {
    const of = (width: number): [number, number] => [i * width, (i + 1) * width];
    own.counts[n] = candidates.counts[i]!;
    own.images.set(candidates.images.subarray(...of(kept)), n * kept);
    own.distances.set(candidates.distances.subarray(...of(kept)), n * kept);
    own.coefficients.set(candidates.coefficients.subarray(...of(kept * heads)), n * kept * heads);
    state.dropped[n] = dropped[i]!;
    state.exact[n] = 1;
  });
  forgetUnkept(own);
  return state;
}
