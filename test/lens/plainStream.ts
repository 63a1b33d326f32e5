import type { BlockState, StateSizes } from '../../src/lens/blockState.ts';
import { meanOf } from '../../src/lens/blockState.ts';
import { BlockSweep, type SharedImage } from '../../src/lens/blockSweep.ts';
import { uncertifiedNeurons } from '../../src/lens/certificate.ts';
import { commonMean, mergedStates } from '../../src/lens/mergeStates.ts';
import { type BlockPaths, pathVectors } from '../../src/lens/paths.ts';
import { joinedStrongest, repaired, SecondLook, type Strongest } from '../../src/lens/secondLook.ts';
import { effect, effectScale, type ImageTrace } from '../../src/lens/secondOrderEffects.ts';
import { type MeasuredAboutMean, settled } from '../../src/lens/settledState.ts';
import { sharedOf, sharedParts } from '../../src/lens/sharedParts.ts';
import { dot, type Numbers, norm } from '../../src/lens/vectors.ts';

/** An image as a device reports it: its number, its trace, and ĉ [N, R] in float32. */
export interface PlainImage {
  readonly number: number;
  readonly trace: ImageTrace;
  readonly scaled: Float32Array;
}

export const plainImage = (paths: BlockPaths, trace: ImageTrace, number: number): PlainImage => {
  const { neurons } = paths;
  const heads = paths.heads.length;
  const scale = effectScale(trace);
  const at = (i: number) => trace.coefficients[(i % heads) * neurons + Math.floor(i / heads)]!;
  return { number, trace, scaled: Float32Array.from({ length: neurons * heads }, (_, i) => scale * at(i)) };
};

interface Point {
  readonly coefficients: Numbers;
  readonly shared: Numbers;
}

/** Streams images through a block's sweep in plain loops: what the engine does with graphs. */
export class PlainStream {
  readonly paths: BlockPaths;
  readonly sizes: StateSizes;
  /** The most that a sweep's distances left out of any image's e. */
  leftOut = 0;
  readonly #vectors: Float32Array[];
  readonly #forgetful: boolean;

  /** @param forgetful whether it says that the pivot never moves: wrongly, to see what that breaks */
  constructor(paths: BlockPaths, kept: number, forgetful = false) {
    this.#forgetful = forgetful;
    const { block, neurons, dim } = paths;
    this.paths = paths;
    this.sizes = { block, neurons, dim, kept, heads: paths.heads.length };
    this.#vectors = Array.from({ length: neurons }, (_, n) => pathVectors(paths, n, n + 1));
  }

  /** A settled state of the images, looked at in chunks. `between` may replace the sweep after every chunk. */
  run(
    images: readonly PlainImage[],
    chunk: number,
    between: (state: BlockState) => BlockState = (state) => state,
  ): BlockState {
    let sweep = new BlockSweep(this.sizes);
    for (let from = 0; from < images.length; from += chunk) {
      this.#chunk(sweep, images.slice(from, from + chunk));
      sweep = new BlockSweep(between(sweep.state));
    }
    return this.settle(sweep.state);
  }

  settle(state: BlockState): BlockState {
    if (!state.sweep) return state;
    this.leftOut = Math.max(this.leftOut, state.sweep.leftOut);
    const { pivot, sharedPivot } = state.sweep;
    return settled(state, this.#about(state, meanOf(state), { coefficients: pivot, shared: sharedPivot }));
  }

  merge(a: BlockState, b: BlockState): BlockState {
    const mean = commonMean(a, b);
    return mergedStates(a, b, this.#about(a, mean, meanOf(a)), this.#about(b, mean, meanOf(b)));
  }

  /** Looks again at all images for the neurons whose top k is not proven, in so many parts. */
  lookAgain(
    state: BlockState,
    images: readonly PlainImage[],
    k: number,
    chunk: number,
    parts = 1,
  ): BlockState {
    const neurons = uncertifiedNeurons(state, k);
    const sizes = { ...this.sizes, neurons: neurons.length };
    const found = Array.from({ length: parts }, (_, part) => {
      const own = images.filter((_, i) => i % parts === part);
      return this.#look(state, neurons, own, chunk);
    });
    return repaired(
      state,
      neurons,
      found.reduce((a, b) => joinedStrongest(b, a, sizes)),
    );
  }

  #look(state: BlockState, neurons: Int32Array, images: readonly PlainImage[], chunk: number): Strongest {
    const count = neurons.length;
    const look = new SecondLook({ ...this.sizes, neurons: count });
    const mean = meanOf(state);
    const { heads } = this.sizes;
    for (let from = 0; from < images.length; from += chunk) {
      const part = images.slice(from, from + chunk);
      const shared = part.map((image) => this.#shared(image));
      const coefficients = new Float32Array(part.length * count * heads);
      const norms = new Float32Array(count * part.length);
      part.forEach(({ scaled }, b) => {
        neurons.forEach((n, i) => {
          coefficients.set(scaled.subarray(n * heads, (n + 1) * heads), (b * count + i) * heads);
          norms[i * part.length + b] = this.#distance(
            n,
            { coefficients: scaled, shared: shared[b]!.shared },
            mean,
          );
        });
      });
      look.measure(shared, 0, count, coefficients, norms);
      look.chunkDone();
    }
    return look.found;
  }

  #chunk(sweep: BlockSweep, images: readonly PlainImage[]): void {
    const { neurons, heads } = this.sizes;
    const shared = images.map((image) => this.#shared(image));
    sweep.count(shared, images.length);
    for (const { scaled } of images) sweep.add(scaled, 0, scaled.length, 0);
    const { pivot, sharedPivot, axes } = sweep.state.sweep ?? sweep.begin();
    const from = { coefficients: pivot, shared: sharedPivot };
    const coefficients = new Float32Array(images.length * neurons * heads);
    const distances = new Float32Array(neurons * images.length);
    images.forEach(({ scaled }, b) => {
      coefficients.set(scaled, b * neurons * heads);
      for (let n = 0; n < neurons; n++) {
        const point = { coefficients: scaled, shared: shared[b]!.shared };
        distances[n * images.length + b] = this.#distance(n, point, from, axes);
      }
    });
    sweep.measure(0, neurons, coefficients, distances);
    if (sweep.isDue) this.#follow(sweep);
    sweep.tidy();
  }

  #follow(sweep: BlockSweep): void {
    const { pivot, sharedPivot, axes } = sweep.state.sweep!;
    const next = sweep.nextPivot;
    const to = { coefficients: next.pivot, shared: next.sharedPivot };
    const from = { coefficients: pivot, shared: sharedPivot };
    sweep.follow(next, this.#shift(to, from, axes), this.#kept(sweep.state, to, axes));
  }

  #shared({ number, trace }: PlainImage): SharedImage {
    const parts = sharedParts(trace);
    return { number, parts, shared: sharedOf(this.paths.shared, parts) };
  }

  #about(state: BlockState, mean: Point, before: Point): MeasuredAboutMean {
    const shift = Float32Array.from({ length: this.sizes.neurons }, (_, n) =>
      this.#distance(n, mean, before),
    );
    return { shift, distances: this.#kept(state, mean) };
  }

  #shift(to: Point, from: Point, axes?: Float32Array): Float32Array {
    const far = (n: number) => (this.#forgetful ? 0 : this.#distance(n, to, from, axes));
    return Float32Array.from({ length: this.sizes.neurons }, (_, n) => far(n));
  }

  #kept(state: BlockState, from: Point, axes?: Float32Array): Float32Array {
    const { neurons, kept, heads } = this.sizes;
    const { counts, images, coefficients, shared } = state.candidates;
    const distances = new Float32Array(neurons * kept);
    for (let n = 0; n < neurons; n++) {
      for (let at = n * kept; at < n * kept + counts[n]!; at++) {
        const all = new Float32Array(neurons * heads);
        all.set(coefficients.subarray(at * heads, (at + 1) * heads), n * heads);
        const e = sharedOf(this.paths.shared, shared.get(images[at]!)!);
        distances[at] = this.#distance(n, { coefficients: all, shared: e }, from, axes);
      }
    }
    return distances;
  }

  /** ‖(a − b)·U_n + what their e differ by, along the axes or in full‖. */
  #distance(n: number, a: Point, b: Point, axes?: Float32Array): number {
    const { heads, dim } = this.sizes;
    const at = n * heads;
    const delta = Float64Array.from(
      { length: heads },
      (_, r) => a.coefficients[at + r]! - b.coefficients[at + r]!,
    );
    const off = Float64Array.from({ length: dim }, (_, d) => a.shared[d]! - b.shared[d]!);
    return norm(effect(delta, this.#vectors[n]!, axes ? along(off, axes) : off));
  }
}

function along(vector: Float64Array, axes: Float32Array): Float64Array {
  const dim = vector.length;
  const part = new Float64Array(dim);
  for (let at = 0; at < axes.length; at += dim) {
    const length = dot(vector, axes, dim, 0, at);
    for (let d = 0; d < dim; d++) part[d]! += length * axes[at + d]!;
  }
  return part;
}
