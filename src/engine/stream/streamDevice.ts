import type { OnnxGraph } from '../../clip/graph/onnx.ts';
import type { BlockPaths } from '../../lens/paths.ts';
import type { JobOptions } from '../../progress.ts';
import { INPUTS, pathsGraph, RESULTS, stackedProjections } from '../analysis/blockGraphs.ts';
import type { Backend, Results, Tensor } from '../backend.ts';
import type { Scheduler } from '../running/scheduler.ts';
import type { Sessions } from '../running/sessions.ts';

/** Neurons `from` … `to−1`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The neurons of a block in ranges of at most `most`. */
export function rangesOf(neurons: number, most: number): Range[] {
  const size = Math.max(1, Math.min(neurons, Math.floor(most)));
  return Array.from({ length: Math.ceil(neurons / size) }, (_, i) => ({
    from: i * size,
    to: Math.min(neurons, (i + 1) * size),
  }));
}

/** Bytes of a range's effects that a processor's cache holds while they are worked on. */
const CACHED_BYTES = 4 * 2 ** 20;

/** A range in smaller ones, whose neurons take `each` bytes and fit the cache together. */
export function cachedRanges({ from, to }: Range, each: number): Range[] {
  return rangesOf(to - from, CACHED_BYTES / each).map((part) => ({
    from: from + part.from,
    to: from + part.to,
  }));
}

/** Runs small graphs for one job, each as a step of its own. */
export class StreamDevice {
  readonly #backend: Backend;
  readonly #sessions: Sessions;
  readonly #scheduler: Scheduler;

  constructor(backend: Backend, sessions: Sessions, scheduler: Scheduler) {
    this.#backend = backend;
    this.#sessions = sessions;
    this.#scheduler = scheduler;
  }

  /** Runs the graph known as `key`. */
  run(
    key: string,
    graph: () => OnnxGraph,
    feeds: Record<string, Tensor>,
    signal: JobOptions['signal'],
  ): Promise<Results> {
    const step = async (): Promise<Results> =>
      (await this.#sessions.get({ key, graph, keepMemory: true })).run(feeds);
    return this.#scheduler.run('long', step, signal);
  }

  tensor(data: Float32Array, ...shape: number[]): Tensor {
    return this.#backend.tensor('float32', data, shape);
  }

  /** Small whole numbers above zero as int64: of each, the low half is the number (typed arrays are little-endian wherever this runs). */
  indices(data: Int32Array, ...shape: number[]): Tensor {
    const halves = new Int32Array(2 * data.length);
    for (let i = 0; i < data.length; i++) halves[2 * i] = data[i]!;
    return this.#backend.tensor('int64', new BigInt64Array(halves.buffer), shape);
  }
}

/** Most bytes of a range's U. */
const VECTORS_BYTES = 16 * 2 ** 20;

/** One block's paths on the device, range by range. */
export class PathRanges {
  readonly paths: BlockPaths;
  readonly device: StreamDevice;
  #projections: Float32Array | undefined;

  constructor(paths: BlockPaths, device: StreamDevice) {
    this.paths = paths;
    this.device = device;
  }

  /** Ranges of all neurons, or of chosen ones, small enough for U or as many bytes a neuron as are told. */
  ranges(more = 0, chosen?: Int32Array): Range[] {
    const { heads, dim, neurons } = this.paths;
    const most = VECTORS_BYTES / Math.max(4 * heads.length * dim, more);
    return rangesOf(chosen?.length ?? neurons, most);
  }

  /** U [n, R, D] of a range of all neurons, or of chosen ones. */
  async vectors(range: Range, signal: JobOptions['signal'], chosen?: Int32Array): Promise<Float32Array> {
    return floats(await this.#run('alone', this.#writes(range, chosen), {}, signal), RESULTS.vectors);
  }

  /** G [n, R, R] of a range, and U·axesᵀ [n, R, Q]. */
  async gram(
    range: Range,
    axes: Float32Array,
    signal: JobOptions['signal'],
  ): Promise<{ gram: Float32Array; cross: Float32Array }> {
    const { dim } = this.paths;
    const feeds = { [INPUTS.axes]: this.device.tensor(axes, axes.length / dim, dim) };
    const results = await this.#run('ruler', this.#writes(range), feeds, signal);
    return { gram: floats(results, RESULTS.gram), cross: floats(results, RESULTS.cross) };
  }

  /** w of a range of all neurons, or of chosen ones: [n, W]. */
  #writes({ from, to }: Range, chosen?: Int32Array): Tensor {
    const { writes, width } = this.paths;
    if (!chosen) return this.device.tensor(writes.subarray(from * width, to * width), to - from, width);
    const own = new Float32Array((to - from) * width);
    chosen.subarray(from, to).forEach((n, i) => {
      own.set(writes.subarray(n * width, (n + 1) * width), i * width);
    });
    return this.device.tensor(own, to - from, width);
  }

  #run(
    wanted: 'alone' | 'ruler',
    writes: Tensor,
    feeds: Record<string, Tensor>,
    signal: JobOptions['signal'],
  ): Promise<Results> {
    this.#projections ??= stackedProjections(this.paths);
    const projections = this.#projections;
    const graph = (): OnnxGraph => pathsGraph(this.paths, projections, wanted);
    const key = `${wanted} paths of block ${this.paths.block}`;
    return this.device.run(key, graph, { [INPUTS.writes]: writes, ...feeds }, signal);
  }
}

export const floats = (results: Results, name: string): Float32Array => results[name]!.data as Float32Array;
