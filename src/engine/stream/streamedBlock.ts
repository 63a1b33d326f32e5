import type { BlockState } from '../../lens/blockState.ts';
import { type BlockSweep, MOST_AXES, type SharedImage } from '../../lens/blockSweep.ts';
import { afterStep, aimAt, makeRulers, type Rulers } from '../../lens/ruler.ts';
import type { ImageTrace } from '../../lens/secondOrderEffects.ts';
import { sharedOf, sharedParts } from '../../lens/sharedParts.ts';
import { dot, timesColumn } from '../../lens/vectors.ts';
import type { JobOptions } from '../../progress.ts';
import type { Results } from '../backend.ts';
import { breather } from '../running/breathe.ts';
import { floats, type PathRanges, type Range, rangesOf, type StreamDevice } from './streamDevice.ts';
import { distancesGraph, STREAM, stepGraph } from './streamGraphs.ts';

/** Images measured together: every product then reads a neuron's ruler once for all of them. */
export const CHUNK = 32;
/** Floats of a chunk's coefficients in one range: they and what is made of them stay in a processor's cache. */
const RANGE_FLOATS = 2 ** 19;

/** Bytes of a block while it is streamed, besides its state: its rulers, and a chunk of coefficients. */
export const streamingBytes = (neurons: number, heads: number): number =>
  4 * neurons * (heads * (heads + MOST_AXES + 1) + (MOST_AXES + 1) * MOST_AXES + CHUNK * heads);

/** One block while images stream by: its sweep, and what measures it. */
export class StreamedBlock {
  /** Also what its state is settled along. */
  readonly paths: PathRanges;
  readonly #sweep: BlockSweep;
  readonly #device: StreamDevice;
  readonly #ranges: readonly Range[];
  /** ĉ [B, n, R] of the chunk, range by range. */
  readonly #coefficients: readonly Float32Array[];
  #chunk: SharedImage[] = [];
  #rulers: readonly Rulers[] | undefined;
  /** axes·e of the images kept. */
  readonly #etas = new Map<number, Float64Array>();

  constructor(sweep: BlockSweep, paths: PathRanges) {
    const { neurons, heads } = sweep.state;
    this.#sweep = sweep;
    this.paths = paths;
    this.#device = paths.device;
    this.#ranges = rangesOf(neurons, RANGE_FLOATS / (CHUNK * (heads + MOST_AXES)));
    this.#coefficients = this.#ranges.map(({ from, to }) => new Float32Array(CHUNK * (to - from) * heads));
  }

  get state(): BlockState {
    return this.#sweep.state;
  }

  /** Takes one image of a chunk: ĉ [N, R] from `at`. */
  take(number: number, trace: Omit<ImageTrace, 'coefficients'>, scaled: Float32Array, at: number): void {
    const { heads, neurons } = this.state;
    const parts = sharedParts(trace);
    const b = this.#chunk.length;
    this.#chunk.push({ number, parts, shared: sharedOf(this.paths.paths.shared, parts) });
    this.#ranges.forEach(({ from, to }, i) => {
      const row = scaled.subarray(at + from * heads, at + to * heads);
      this.#coefficients[i]!.set(row, b * row.length);
    });
    if (!this.state.sweep) this.#sweep.add(scaled, at, neurons * heads, 0); // the first pivot needs their mean
  }

  /** Measures the images taken, of `places` read. */
  async measure(places: number, signal: JobOptions['signal']): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    this.#sweep.count(chunk, places);
    if (chunk.length === 0) return;
    const first = this.state.sweep === undefined;
    const { axes, pivot, sharedPivot } = this.state.sweep ?? this.#sweep.begin();
    this.#rulers ??= await this.#makeRulers(axes, pivot, signal);
    const shared = this.#rows(
      chunk.map(({ number, shared }) => this.#eta(number, shared, axes)),
      this.#along(sharedPivot, axes),
    );
    const breathe = breather(signal);
    for (const [i, { from, to }] of this.#ranges.entries()) {
      const coefficients = this.#coefficients[i]!.subarray(0, chunk.length * (to - from) * this.state.heads);
      const results = await this.#distances(i, coefficients, shared, signal);
      const sums = floats(results, STREAM.sums);
      if (!first) this.#sweep.add(sums, 0, sums.length, from);
      this.#sweep.measure(from, to, coefficients, floats(results, STREAM.distances));
      await breathe();
    }
    if (this.#sweep.isDue) await this.#follow(signal);
    this.#sweep.tidy();
    for (const image of this.#etas.keys())
      if (!this.state.candidates.shared.has(image)) this.#etas.delete(image);
  }

  /** Lets go of what only measuring needs. */
  rest(): void {
    this.#rulers = undefined;
    this.#etas.clear();
  }

  async #makeRulers(
    axes: Float32Array,
    pivot: Float32Array,
    signal: JobOptions['signal'],
  ): Promise<readonly Rulers[]> {
    const { heads, dim } = this.state;
    const breathe = breather(signal);
    const rulers: Rulers[] = [];
    for (const range of this.#ranges) {
      const { gram, cross } = await this.paths.gram(range, axes, signal);
      const ruler = makeRulers(gram, cross, heads, axes.length / dim);
      aimAt(ruler, pivot.subarray(range.from * heads, range.to * heads));
      rulers.push(ruler);
      await breathe();
    }
    return rulers;
  }

  async #follow(signal: JobOptions['signal']): Promise<void> {
    const { neurons, heads, kept } = this.state;
    const { axes, pivot, sharedPivot } = this.state.sweep!;
    const next = this.#sweep.nextPivot;
    const origin = this.#along(sharedPivot, axes);
    const step = this.#rows([this.#along(next.sharedPivot, axes)], origin);
    step[origin.length] = 0;
    const kin = this.#keptEtas(origin);
    const shift = new Float32Array(neurons);
    const distances = new Float32Array(neurons * kept);
    const breathe = breather(signal);
    for (const [i, range] of this.#ranges.entries()) {
      const own = (width: number): [number, number] => [range.from * width, range.to * width];
      const to = next.pivot.subarray(...own(heads));
      const gap = to.map((x, j) => x - pivot[range.from * heads + j]!);
      const results = await this.#step(i, gap, step, signal);
      shift.set(floats(results, STREAM.distances), range.from);
      distances.set(this.#stepped(range, results, kin), range.from * kept);
      aimAt(this.#rulers![i]!, to);
      await breathe();
    }
    this.#sweep.follow(next, shift, distances);
  }

  /** (η − origin, 1) of every image kept. */
  #keptEtas(origin: Float64Array): ReadonlyMap<number, Float32Array> {
    const { axes } = this.state.sweep!;
    const etas = new Map<number, Float32Array>();
    for (const image of this.state.candidates.shared.keys()) {
      etas.set(image, this.#rows([this.#eta(image, undefined, axes)], origin));
    }
    return etas;
  }

  /** What `stepGraph` makes of range `i`: the step in ĉ [n, R], and in (η, 0). */
  #step(i: number, gap: Float32Array, shared: Float32Array, signal: JobOptions['signal']): Promise<Results> {
    const { heads, kept, candidates } = this.state;
    const { from, to } = this.#ranges[i]!;
    const coefficients = candidates.coefficients.subarray(from * kept * heads, to * kept * heads);
    return this.#device.run(
      'a step of the pivot',
      stepGraph,
      {
        [STREAM.delta]: this.#device.tensor(gap, to - from, 1, heads),
        [STREAM.shared]: this.#device.tensor(shared, 1, shared.length),
        [STREAM.coefficients]: this.#device.tensor(coefficients, to - from, kept, heads),
        ...this.#ruler(i),
      },
      signal,
    );
  }

  /** [n, K] of a range: distances of the images kept after the step. */
  #stepped({ from, to }: Range, results: Results, etas: ReadonlyMap<number, Float32Array>): Float32Array {
    const { kept, candidates } = this.state;
    const lengths = floats(results, STREAM.distances);
    const along = floats(results, STREAM.along);
    const shares = floats(results, STREAM.shares);
    const width = shares.length / (to - from);
    const distances = new Float32Array((to - from) * kept);
    for (let n = from; n < to; n++) {
      for (let place = 0; place < candidates.counts[n]!; place++) {
        const eta = etas.get(candidates.images[n * kept + place]!)!;
        const at = (n - from) * kept + place;
        const inner = along[at]! + dot(eta, shares, width, 0, (n - from) * width);
        distances[at] = afterStep(candidates.distances[n * kept + place]!, inner, lengths[n - from]!);
      }
    }
    return distances;
  }

  /** What `distancesGraph` makes of range `i`: ĉ [B, n, R]. */
  #distances(
    i: number,
    coefficients: Float32Array,
    shared: Float32Array,
    signal: JobOptions['signal'],
  ): Promise<Results> {
    const { heads } = this.state;
    const size = this.#ranges[i]!.to - this.#ranges[i]!.from;
    const images = coefficients.length / (size * heads);
    return this.#device.run(
      'distances',
      distancesGraph,
      {
        [STREAM.coefficients]: this.#device.tensor(coefficients, images, size, heads),
        [STREAM.shared]: this.#device.tensor(shared, images, shared.length / images),
        ...this.#ruler(i),
      },
      signal,
    );
  }

  #ruler(i: number) {
    const { own, shared, rest, heads, axes } = this.#rulers![i]!;
    const size = own.length / heads ** 2;
    return {
      [STREAM.own]: this.#device.tensor(own, size, heads, heads),
      [STREAM.rows]: this.#device.tensor(shared, size, axes + 1, heads),
      [STREAM.rest]: this.#device.tensor(rest, size, axes + 1, axes),
    };
  }

  /** axes·e of an image, remembered. */
  #eta(image: number, shared: Float64Array | undefined, axes: Float32Array): Float64Array {
    const known = this.#etas.get(image);
    if (known) return known;
    const e = shared ?? sharedOf(this.paths.paths.shared, this.state.candidates.shared.get(image)!);
    const eta = this.#along(e, axes);
    this.#etas.set(image, eta);
    return eta;
  }

  #along(shared: ArrayLike<number>, axes: Float32Array): Float64Array {
    const { dim } = this.state;
    return timesColumn(axes, shared, axes.length / dim, dim);
  }

  /** (η − origin, 1) of every image. */
  #rows(etas: readonly Float64Array[], origin: Float64Array): Float32Array {
    const width = origin.length + 1;
    const rows = new Float32Array(etas.length * width).fill(1);
    etas.forEach((eta, b) => {
      for (let q = 0; q < origin.length; q++) rows[b * width + q] = eta[q]! - origin[q]!;
    });
    return rows;
  }
}
