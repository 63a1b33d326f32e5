import { LensError } from '../errors.ts';
import type { BlockState, StateSizes } from './blockState.ts';
import type { SharedImage } from './blockSweep.ts';
import { CandidateHeaps, forgetUnkept } from './candidates.ts';
import { requireSettled } from './settledState.ts';

/**
 * A look at all images again for the neurons whose top sets are not proven: now that the mean is known, every norm is measured
 * about it, and those kept are the farthest, ties and all.
 */
export class SecondLook {
  /** The neurons looked at, ascending. */
  readonly neurons: Int32Array;
  readonly #state: BlockState;
  readonly #sizes: StateSizes;
  readonly #candidates: BlockState['candidates'];
  readonly #heaps: CandidateHeaps;
  readonly #dropped: Float64Array;
  #images = 0;

  constructor(state: BlockState, neurons: Int32Array) {
    requireSettled(state);
    const { kept, heads } = state;
    const count = neurons.length;
    this.neurons = neurons;
    this.#state = state;
    this.#sizes = { ...state, neurons: count };
    this.#candidates = {
      counts: new Int32Array(count),
      images: new Int32Array(count * kept),
      distances: new Float32Array(count * kept),
      coefficients: new Float32Array(count * kept * heads),
      shared: new Map(),
    };
    this.#heaps = new CandidateHeaps(this.#candidates, this.#sizes);
    this.#dropped = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes a chunk's ĉ [B, n, R] of the neurons from the `from`-th one on, and their norms about the mean [n, B]. */
  measure(
    chunk: readonly SharedImage[],
    from: number,
    to: number,
    coefficients: Float32Array,
    norms: Float32Array,
  ): void {
    const { heads } = this.#sizes;
    chunk.forEach(({ number, parts }, b) => {
      this.#candidates.shared.set(number, parts);
      for (let n = from; n < to; n++) {
        const at = (b * (to - from) + n - from) * heads;
        const norm = norms[(n - from) * chunk.length + b]!;
        const gone = this.#heaps.offer(n, number, norm, coefficients, at);
        if (gone > this.#dropped[n]!) this.#dropped[n] = gone;
      }
    });
  }

  /** To be called after each chunk. */
  chunkDone(size: number): void {
    this.#images += size;
    if (this.#candidates.shared.size > 2048) forgetUnkept(this.#candidates);
  }

  /**
   * The state with these neurons exact. Its arrays are those of the state looked at, changed in place.
   * @throws LensError `bad-request` when other images were shown than the state's: more or fewer
   */
  repaired(): BlockState {
    const { candidates, dropped, exact, kept, heads, images } = this.#state;
    if (this.#images !== images)
      throw new LensError(
        'bad-request',
        `${this.#images} pictures were looked at again, but the analysis is of ${images}: give it the same pictures.`,
      );
    forgetUnkept(this.#candidates);
    for (const [image, parts] of this.#candidates.shared) candidates.shared.set(image, parts);
    this.neurons.forEach((n, i) => {
      const own = (width: number): [number, number] => [i * width, (i + 1) * width];
      candidates.counts[n] = this.#candidates.counts[i]!;
      candidates.images.set(this.#candidates.images.subarray(...own(kept)), n * kept);
      candidates.distances.set(this.#candidates.distances.subarray(...own(kept)), n * kept);
      const rows = this.#candidates.coefficients.subarray(...own(kept * heads));
      candidates.coefficients.set(rows, n * kept * heads);
      dropped[n] = this.#dropped[i]!;
      exact[n] = 1;
    });
    forgetUnkept(candidates);
    return this.#state;
  }
}
