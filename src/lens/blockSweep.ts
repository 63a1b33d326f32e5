import {
  type BlockState,
  emptyState,
  type SharedParts,
  type StateSizes,
  type SweepState,
} from './blockState.ts';
import { CandidateHeaps, forgetUnkept } from './candidates.ts';
import { lengthBeside, mainAxes } from './mainAxes.ts';

/** One image of a chunk, as far as it is the same for all neurons. */
export interface SharedImage {
  /** Its number in the set. */
  readonly number: number;
  readonly parts: SharedParts;
  /** e [D] */
  readonly shared: Float64Array;
}

/**
 * Axes of e along which distances are measured. They hold what of e moves with the effects; of ViT-B/32 with random weights a third of e is left
 * out, itself 5e-4 of a strong effect.
 */
export const MOST_AXES = 16;

/**
 * A block's state while images stream by, in chunks: `count` and `add` the chunk to the sums, `begin` if it is the first, then `measure`
 * what the caller found its distances from the pivot to be; and when `isDue`, let the pivot follow the mean. Whoever measures is the
 * caller: a device, or a test's plain loops.
 */
export class BlockSweep {
  #state: BlockState;
  readonly #heaps: CandidateHeaps;
  /** The chunk's images, between `count` and the last `measure`. */
  #chunk: readonly SharedImage[] = [];
  #sharedKept: number;

  constructor(from: StateSizes | BlockState) {
    this.#state = 'sums' in from ? from : emptyState(from);
    this.#heaps = new CandidateHeaps(this.#state.candidates, this.#state);
    this.#sharedKept = this.#state.candidates.shared.size;
  }

  /** The state so far: its arrays are those that the next chunk changes. */
  get state(): BlockState {
    return this.#state;
  }

  /** Begins a chunk: its images are counted, and what is theirs for all neurons. */
  count(chunk: readonly SharedImage[], read: number): void {
    const { images, sharedSum, candidates, sweep } = this.#state;
    for (const { number, parts, shared } of chunk) {
      candidates.shared.set(number, parts);
      for (let d = 0; d < sharedSum.length; d++) sharedSum[d]! += shared[d]!;
    }
    this.#chunk = chunk;
    this.#state = { ...this.#state, read: this.#state.read + read, images: images + chunk.length };
    if (sweep) this.#state = { ...this.#state, sweep: { ...sweep, leftOut: this.#leftOut(sweep) } };
  }

  /** Adds ĉ [n, R] of one image, or of several added up, of the neurons from `neuron` on: `size` numbers of `coefficients` from `at`. */
  add(coefficients: Float32Array, at: number, size: number, neuron: number): void {
    const { sums, heads } = this.#state;
    const to = neuron * heads;
    for (let i = 0; i < size; i++) sums[to + i]! += coefficients[at + i]!;
  }

  /** The first pivot, once the first chunk is in the sums: its mean. Only then can anything be measured. */
  begin(): SweepState {
    const { images, sums, sharedSum, dim } = this.#state;
    const pivot = Float32Array.from(sums, (sum) => sum / images);
    const sharedPivot = Float32Array.from(sharedSum, (sum) => sum / images);
    const centred = this.#chunk.map(({ shared }) => shared.map((x, d) => x - sharedPivot[d]!));
    const sweep = {
      pivotImages: images,
      pivot,
      sharedPivot,
      axes: mainAxes(centred, dim, MOST_AXES),
      leftOut: 0,
    };
    const begun = { ...sweep, leftOut: this.#leftOut(sweep) };
    this.#state = { ...this.#state, sweep: begun };
    return begun;
  }

  /** Takes the chunk's distances from the pivot for neurons `from` … `to−1`: ĉ [B, n, R] and distances [n, B]. */
  measure(from: number, to: number, coefficients: Float32Array, distances: Float32Array): void {
    const { squares, dropped, heads } = this.#state;
    const size = this.#chunk.length;
    for (let n = from; n < to; n++) {
      const least = (n - from) * size;
      let threshold = this.#heaps.threshold(n);
      let gone = dropped[n]!;
      let sum = 0;
      for (let b = 0; b < size; b++) {
        const distance = distances[least + b]!;
        sum += distance * distance;
        let going = distance;
        if (distance >= threshold) {
          const at = (b * (to - from) + n - from) * heads;
          going = this.#heaps.offer(n, this.#chunk[b]!.number, distance, coefficients, at);
          threshold = this.#heaps.threshold(n);
        }
        if (going > gone) gone = going;
      }
      squares[n]! += sum;
      dropped[n] = gone;
    }
  }

  /** Whether the images have doubled since the pivot was their mean. */
  get isDue(): boolean {
    const { images, sweep } = this.#state;
    return sweep !== undefined && images >= 2 * sweep.pivotImages;
  }

  /** ĉ [N, R] and e [D] to which the pivot is to go: the mean so far. */
  get nextPivot(): { pivot: Float32Array; sharedPivot: Float32Array } {
    const { images, sums, sharedSum } = this.#state;
    return {
      pivot: Float32Array.from(sums, (sum) => sum / images),
      sharedPivot: Float32Array.from(sharedSum, (sum) => sum / images),
    };
  }

  /**
   * Moves the pivot to the mean so far.
   * @param shift [N] how far that is from the old pivot, measured like distances
   * @param distances [N, K] of the kept images from the new one
   */
  follow(
    to: { pivot: Float32Array; sharedPivot: Float32Array },
    shift: Float32Array,
    distances: Float32Array,
  ): void {
    const { images, neurons, squares, dropped, candidates, sweep } = this.#state;
    if (!sweep) throw new Error('a pivot can be moved only after the first chunk');
    for (let n = 0; n < neurons; n++) {
      squares[n] = Math.max(0, squares[n]! - images * shift[n]! ** 2);
      dropped[n]! += shift[n]!;
    }
    candidates.distances.set(distances);
    for (let n = 0; n < neurons; n++) this.#heaps.rebuild(n);
    const step = to.sharedPivot.map((x, d) => x - sweep.sharedPivot[d]!);
    const leftOut = sweep.leftOut + lengthBeside(step, sweep.axes);
    this.#state = { ...this.#state, sweep: { ...sweep, ...to, pivotImages: images, leftOut } };
  }

  /** To be called when a chunk was measured in full: lets go of what no neuron keeps. */
  tidy(): void {
    const { candidates } = this.#state;
    if (candidates.shared.size < 2 * this.#sharedKept + 256) return;
    forgetUnkept(candidates);
    this.#sharedKept = candidates.shared.size;
  }

  #leftOut({ axes, sharedPivot, leftOut }: SweepState): number {
    return this.#chunk.reduce((most, { shared }) => {
      const off = shared.map((x, d) => x - sharedPivot[d]!);
      return Math.max(most, lengthBeside(off, axes));
    }, leftOut);
  }
}
