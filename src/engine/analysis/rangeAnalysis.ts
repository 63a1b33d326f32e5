import type { VisionConfig } from '../../clip/config.ts';
import { emptyAnalysis } from '../../lens/analyseBlock.ts';
import type { AnalysisOptions, BlockAnalysis } from '../../lens/analysis.ts';
import type { BlockPaths } from '../../lens/paths.ts';
import { effectScale, sharedPart } from '../../lens/secondOrderEffects.ts';
import { topSet } from '../../lens/topSet.ts';
import type { JobOptions } from '../../progress.ts';
import type { Backend, Results, Tensor } from '../backend.ts';
import { breather } from '../running/breathe.ts';
import type { Scheduler } from '../running/scheduler.ts';
import type { SessionRequest, Sessions } from '../running/sessions.ts';
import { INPUTS, pathsGraph, RESULTS, stackedProjections } from './blockGraphs.ts';
import { principalWeights } from './principalWeights.ts';
import {
  directionsGraph,
  rangeActivationsGraph,
  seenGraph,
  TILE,
  tileGraph,
  topEffectsGraph,
} from './rangeGraphs.ts';
import type { Chunk, Recollection } from './recollection.ts';

/** Most bytes of the whole set's coefficients of one range of neurons, and of a range's strongest effects. */
const RANGE_BYTES = 96 * 2 ** 20;
/** Most bytes of a range's U: beyond, a process spends its time on fresh memory. */
const VECTORS_BYTES = 16 * 2 ** 20;
const EFFECTS_BYTES = 8 * 2 ** 20;
const MOST_NEURONS = 256;

export interface RangeAnalysisInputs {
  readonly backend: Backend;
  readonly sessions: Sessions;
  readonly scheduler: Scheduler;
  readonly vision: VisionConfig;
  readonly paths: BlockPaths;
  /** The map into the block's neurons, W₁ [N, W] and b₁ [N]. */
  readonly mlp: { readonly map: Float32Array; readonly bias: Float32Array };
  readonly recollection: Recollection;
}

/** What a chunk of images adds to every neuron: 100/(s‖r‖), ε, and ε as the heads see it. */
interface SharedChunk extends Chunk {
  readonly scales: Tensor;
  readonly shared: Tensor;
  readonly seen: Tensor;
  readonly squares: Tensor;
}

/** What belongs to neurons `from` … `to−1` alone, from weights. */
interface Range {
  readonly from: number;
  readonly to: number;
  /** z [R, n, d_h], G [n, R, R], U [n, R, D] */
  readonly compact: Tensor;
  readonly gram: Tensor;
  readonly vectors: Float32Array;
  /** mean ĉ [R, n] */
  readonly mean: Float32Array;
}

/**
 * The analysis of one block from a recollection, a range of neurons after another: the range's coefficients
 * over the whole set are computed again once, and lie in memory while norms, top sets, directions and signed
 * activations are worked out. So nothing grows with images × neurons but the result, and nothing with
 * neurons × R² or neurons × R × D at all.
 */
export async function analyseRanges(
  inputs: RangeAnalysisInputs,
  options: AnalysisOptions,
  job: JobOptions,
): Promise<BlockAnalysis> {
  return new RangeAnalysis(inputs, options, job).run();
}

class RangeAnalysis {
  readonly #in: RangeAnalysisInputs;
  readonly #job: JobOptions;
  readonly #result: BlockAnalysis;
  readonly #projections: Float32Array;
  readonly #mean: Float32Array;
  #chunks: SharedChunk[] = [];
  /** ε [I, D] and mean e [D]. */
  #shared = new Float32Array(0);
  #sharedMean = new Float32Array(0);

  constructor(inputs: RangeAnalysisInputs, options: AnalysisOptions, job: JobOptions) {
    this.#in = inputs;
    this.#job = job;
    this.#result = emptyAnalysis(inputs.paths, inputs.recollection.images, options);
    this.#projections = stackedProjections(inputs.paths);
    this.#mean = inputs.recollection.mean(options.block);
  }

  async run(): Promise<BlockAnalysis> {
    const { neurons, options } = this.#result;
    this.#result.embeddings.set(this.#in.recollection.embeddings);
    await this.#shareOut();
    const stage = `Block ${options.block}: effects and directions of its neurons`;
    this.#job.onProgress?.({ stage, done: 0, total: neurons });
    const most = this.#rangeSize();
    for (let from = 0; from < neurons; from += most) {
      const to = Math.min(neurons, from + most);
      await this.#range(from, to);
      this.#job.onProgress?.({ stage, done: to, total: neurons });
    }
    return this.#result;
  }

  #rangeSize(): number {
    const { images, neurons } = this.#result;
    const rows = this.#in.paths.heads.length;
    const fitting = Math.min(
      RANGE_BYTES / (4 * rows * images),
      VECTORS_BYTES / (4 * rows * Math.max(rows, this.#in.paths.dim)),
    );
    return Math.max(1, Math.min(neurons, MOST_NEURONS, Math.floor(fitting)));
  }

  /** e(I) of every image, centred, chunk by chunk. */
  async #shareOut(): Promise<void> {
    const { paths, recollection } = this.#in;
    const { images, dim, options } = this.#result;
    const traces = recollection.traces(options.block);
    const breathe = breather(this.#job.signal);
    const sum = new Float64Array(dim);
    const parts: Float64Array[] = [];
    for (const trace of traces) {
      const part = sharedPart(paths.shared, trace);
      for (let d = 0; d < dim; d++) sum[d]! += part[d]!;
      parts.push(part);
      await breathe();
    }
    this.#sharedMean = Float32Array.from(sum, (x) => x / images);
    this.#shared = new Float32Array(images * dim);
    parts.forEach((part, i) => {
      for (let d = 0; d < dim; d++) this.#shared[i * dim + d] = part[d]! - sum[d]! / images;
    });
    const scales = Float32Array.from(traces, effectScale);
    for (const chunk of recollection.chunks) {
      this.#chunks.push(await this.#sharedChunk(chunk, scales));
    }
  }

  async #sharedChunk(chunk: Chunk, allScales: Float32Array): Promise<SharedChunk> {
    const { from, size } = chunk;
    const { dim, heads, headSize } = this.#in.paths;
    const shared = this.#tensor(this.#shared.subarray(from * dim, (from + size) * dim), [size, dim]);
    const results = await this.#run(
      { key: this.#key('seen'), graph: () => seenGraph(this.#in.paths) },
      {
        [TILE.shared]: shared,
        [TILE.map]: this.#tensor(this.#projections, [heads.length * headSize, dim]),
      },
    );
    const scales = this.#tensor(allScales.subarray(from, from + size), [size, 1, 1]);
    return { ...chunk, scales, shared, seen: results[TILE.seen]!, squares: results[TILE.squares]! };
  }

  async #range(from: number, to: number): Promise<void> {
    const range = await this.#prepare(from, to);
    const deltas: Tensor[] = [];
    for (const chunk of this.#chunks) deltas.push(await this.#tile(range, chunk));
    const { along, directions } = await this.#directions(range, deltas);
    for (const [index, chunk] of this.#chunks.entries()) {
      const results = await this.#run(
        { key: this.#key('activations of range'), graph: () => rangeActivationsGraph(this.#in.paths) },
        {
          [TILE.delta]: deltas[index]!,
          [TILE.along]: along,
          [TILE.shared]: chunk.shared,
          [TILE.directions]: directions,
        },
      );
      this.#scatter(this.#result.activations, floats(results, TILE.activations), range, chunk);
    }
  }

  async #prepare(from: number, to: number): Promise<Range> {
    const { paths } = this.#in;
    const { width, neurons } = paths;
    const rows = paths.heads.length;
    const size = to - from;
    const results = await this.#run(
      { key: this.#key('range'), graph: () => pathsGraph(paths, this.#projections, 'range') },
      { [INPUTS.writes]: this.#tensor(paths.writes.subarray(from * width, to * width), [size, width]) },
    );
    const mean = new Float32Array(rows * size);
    for (let r = 0; r < rows; r++) {
      mean.set(this.#mean.subarray(r * neurons + from, r * neurons + to), r * size);
    }
    return {
      from,
      to,
      compact: results[RESULTS.compact]!,
      gram: results[RESULTS.gram]!,
      vectors: floats(results, RESULTS.vectors),
      mean,
    };
  }

  /** Norms of a range over a chunk; returns δ [n, B, R]. */
  async #tile(range: Range, chunk: SharedChunk): Promise<Tensor> {
    const { paths, vision, mlp } = this.#in;
    const { width, block } = paths;
    const { from, to } = range;
    const rows = paths.heads.length;
    const tokens = chunk.inputs.get(block)!.length / (chunk.size * width);
    const readers = chunk.readers.length / (chunk.size * tokens);
    const results = await this.#run(
      { key: this.#key('tile'), graph: () => tileGraph(paths, vision) },
      {
        [TILE.inputs]: this.#tensor(chunk.inputs.get(block)!, [chunk.size, tokens, width]),
        [TILE.readers]: this.#tensor(chunk.readers, [chunk.size, readers, tokens]),
        [TILE.map]: this.#tensor(mlp.map.subarray(from * width, to * width), [to - from, width]),
        [TILE.bias]: this.#tensor(mlp.bias.subarray(from, to), [to - from]),
        [TILE.scales]: chunk.scales,
        [TILE.pivot]: this.#tensor(range.mean, [rows, to - from]),
        [TILE.gram]: range.gram,
        [TILE.compact]: range.compact,
        [TILE.seen]: chunk.seen,
        [TILE.squares]: chunk.squares,
      },
    );
    this.#scatter(this.#result.norms, floats(results, TILE.norms), range, chunk);
    return results[TILE.delta]!;
  }

  /** Top sets, directions and what follows from them, for as many neurons at a time as fit. */
  async #directions(range: Range, deltas: readonly Tensor[]): Promise<{ along: Tensor; directions: Tensor }> {
    const { options, dim } = this.#result;
    const rows = this.#in.paths.heads.length;
    const each = 4 * options.topK * Math.max(options.topK, dim);
    const most = Math.max(1, Math.floor(EFFECTS_BYTES / each));
    const along = new Float32Array((range.to - range.from) * rows);
    for (let from = range.from; from < range.to; from += most) {
      const to = Math.min(range.to, from + most);
      along.set(await this.#directionsOf(range, deltas, from, to), (from - range.from) * rows);
    }
    const size = range.to - range.from;
    const directions = this.#result.directions.subarray(range.from * dim, range.to * dim);
    return {
      along: this.#tensor(along, [size, rows, 1]),
      directions: this.#tensor(directions, [size, dim]),
    };
  }

  /** Fills in neurons `from` … `to−1`; returns their y [n, R]. */
  async #directionsOf(
    range: Range,
    deltas: readonly Tensor[],
    from: number,
    to: number,
  ): Promise<Float32Array> {
    const { options, dim, images } = this.#result;
    const { topK } = options;
    const { heads } = this.#in.paths;
    const rows = heads.length;
    const size = to - from;
    for (let n = from; n < to; n++) this.#topSet(n);
    const top = this.#result.topImages.subarray(from * topK, to * topK);
    const delta = this.#tensor(this.#gathered(range, deltas, from, top), [size, topK, rows]);
    const at = (from - range.from) * rows * dim;
    const effects = {
      [TILE.delta]: delta,
      [TILE.vectors]: this.#tensor(range.vectors.subarray(at, at + size * rows * dim), [size, rows, dim]),
      [TILE.shared]: this.#tensor(this.#shared, [images, dim]),
      [TILE.images]: this.#in.backend.tensor('int64', BigInt64Array.from(top, BigInt), [size, topK]),
    };
    const strongest = await this.#run(
      { key: this.#key(`top ${topK}`), graph: () => topEffectsGraph(this.#in.paths, topK) },
      effects,
    );
    const { weights, varianceShares } = await principalWeights(
      floats(strongest, TILE.products),
      floats(strongest, TILE.guess),
      topK,
      this.#job.signal,
    );
    this.#result.varianceShares.set(varianceShares, from);
    const results = await this.#run(
      { key: this.#key(`directions ${topK}`), graph: () => directionsGraph(this.#in.paths, topK) },
      {
        ...effects,
        [TILE.weights]: this.#tensor(weights, [size, 1, topK]),
        [TILE.means]: this.#tensor(this.#ownMeans(range, from, to), [size, 1, rows]),
        [TILE.sharedMean]: this.#tensor(this.#sharedMean, [dim]),
      },
    );
    this.#result.directions.set(floats(results, TILE.directions), from * dim);
    this.#result.headShares.set(floats(results, TILE.shares), from * rows);
    this.#result.means.set(floats(results, TILE.meanEffects), from * dim);
    return floats(results, TILE.along);
  }

  #topSet(n: number): void {
    const { norms, neurons, images, options } = this.#result;
    const column = Float32Array.from({ length: images }, (_, i) => norms[i * neurons + n]!);
    const top = topSet(column, options.topK);
    this.#result.thresholds[n] = top.threshold;
    this.#result.topImages.set(top.images, n * options.topK);
  }

  /** δ [n, k, R] of each neuron's top images. */
  #gathered(range: Range, deltas: readonly Tensor[], from: number, top: Int32Array): Float32Array {
    const { topK } = this.#result.options;
    const rows = this.#in.paths.heads.length;
    const arrays = deltas.map((tensor) => tensor.data as Float32Array);
    const chunkSize = this.#chunks[0]!.size; // of all but the last
    const gathered = new Float32Array(top.length * rows);
    top.forEach((image, slot) => {
      const index = Math.floor(image / chunkSize);
      const chunk = this.#chunks[index]!;
      const n = from - range.from + Math.floor(slot / topK);
      const at = (n * chunk.size + image - chunk.from) * rows;
      gathered.set(arrays[index]!.subarray(at, at + rows), slot * rows);
    });
    return gathered;
  }

  /** mean ĉ [n, R] of neurons `from` … `to−1`. */
  #ownMeans(range: Range, from: number, to: number): Float32Array {
    const rows = this.#in.paths.heads.length;
    const size = range.to - range.from;
    return Float32Array.from({ length: (to - from) * rows }, (_, i) => {
      const n = from - range.from + Math.floor(i / rows);
      return range.mean[(i % rows) * size + n]!;
    });
  }

  /** [B, n] of a range and a chunk into [I, N]. */
  #scatter(target: Float32Array, values: Float32Array, { from, to }: Range, chunk: Chunk): void {
    const { neurons } = this.#result;
    const size = to - from;
    for (let i = 0; i < chunk.size; i++) {
      target.set(values.subarray(i * size, (i + 1) * size), (chunk.from + i) * neurons + from);
    }
  }

  /** One run, a step of its own. */
  #run(request: SessionRequest, feeds: Record<string, Tensor>): Promise<Results> {
    const step = async (): Promise<Results> => (await this.#in.sessions.get(request)).run(feeds);
    return this.#in.scheduler.run('long', step, this.#job.signal);
  }

  #key(name: string): string {
    return `${name} of block ${this.#in.paths.block}`;
  }

  #tensor(data: Float32Array, shape: readonly number[]): Tensor {
    return this.#in.backend.tensor('float32', data, shape);
  }
}

const floats = (results: Results, name: string): Float32Array => results[name]!.data as Float32Array;
