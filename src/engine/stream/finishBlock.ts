import { type BlockState, meanOf } from '../../lens/blockState.ts';
import {
  type BlockDetail,
  type BlockOverview,
  type BlockSummary,
  HISTOGRAM_BINS,
  PREVIEW_IMAGES,
} from '../../lens/blockSummary.ts';
import { checkTop, topOf } from '../../lens/certificate.ts';
import { histogram } from '../../lens/histogram.ts';
import { largestPositive } from '../../lens/summarise.ts';
import type { JobOptions } from '../../progress.ts';
import { principalWeights } from '../analysis/principalWeights.ts';
import { TILE } from '../analysis/rangeGraphs.ts';
import { keptOf, rowsOf, type SharedTable, sharedTable } from './keptEffects.ts';
import { cachedRanges, floats, type PathRanges, type Range } from './streamDevice.ts';
import { keptDirectionsGraph, keptTopGraph, STREAM } from './streamGraphs.ts';
import type { FinishOptions } from './streaming.ts';

/** A settled state as a summary, one range of neurons after another: see `StreamingEngine.finish`. */
export function finishBlock(
  state: BlockState,
  paths: PathRanges,
  options: FinishOptions,
  job: JobOptions,
): Promise<BlockSummary> {
  return new Finish(state, paths, options, job).run();
}

class Finish {
  readonly #state: BlockState;
  readonly #paths: PathRanges;
  readonly #job: JobOptions;
  readonly #topK: number;
  readonly #ends: number;
  readonly #bins: number;
  readonly #mean: ReturnType<typeof meanOf>;
  readonly #overview: BlockOverview;
  readonly #detail: BlockDetail;
  /** Whether every image is still there, so that what is counted among those kept is counted among all. */
  readonly #keepsAll: boolean;
  #uncertified = 0;

  constructor(state: BlockState, paths: PathRanges, options: FinishOptions, job: JobOptions) {
    checkTop(state, options.topK);
    const { neurons, dim, heads, images, kept } = state;
    this.#state = state;
    this.#paths = paths;
    this.#job = job;
    this.#topK = options.topK;
    this.#keepsAll = images <= kept;
    this.#ends = Math.min(options.listed, images);
    this.#bins = options.bins ?? HISTOGRAM_BINS;
    this.#mean = meanOf(state);
    this.#overview = {
      typicalNorm: new Float32Array(neurons),
      maxNorm: new Float32Array(neurons),
      thresholds: new Float32Array(neurons),
      varianceShares: new Float32Array(neurons),
      topShare: new Float32Array(neurons),
      positiveShare: new Float32Array(neurons),
      previewImages: new Int32Array(neurons * PREVIEW_IMAGES).fill(-1),
    };
    this.#detail = {
      directions: new Float32Array(neurons * dim),
      means: new Float32Array(neurons * dim),
      positiveImages: new Int32Array(neurons * this.#ends).fill(-1),
      positiveActivations: new Float32Array(neurons * this.#ends),
      negativeImages: new Int32Array(neurons * this.#ends).fill(-1),
      negativeActivations: new Float32Array(neurons * this.#ends),
      topImages: new Int32Array(neurons * this.#topK),
      histogramCounts: new Int32Array(neurons * this.#bins),
      histogramRange: new Float32Array(neurons * 2),
      headShares: new Float32Array(neurons * heads),
    };
  }

  async run(): Promise<BlockSummary> {
    const { block, neurons, heads, dim, images, kept } = this.#state;
    const { signal, onProgress } = this.#job;
    const stage = `Block ${block}: directions of its neurons`;
    const table = await sharedTable(this.#state, this.#paths, this.#mean.shared, signal);
    onProgress?.({ stage, done: 0, total: neurons });
    const each = 4 * Math.max(2 * this.#topK * Math.max(this.#topK, dim), kept * dim);
    for (const whole of this.#paths.ranges()) {
      const vectors = await this.#paths.vectors(whole, signal);
      for (const range of cachedRanges(whole, each)) {
        const own = heads * dim;
        const part = vectors.subarray((range.from - whole.from) * own, (range.to - whole.from) * own);
        await this.#range(range, part, table);
      }
      onProgress?.({ stage, done: whole.to, total: neurons });
    }
    return {
      block,
      images,
      neurons,
      dim,
      topK: this.#topK,
      listed: this.#ends,
      bins: this.#bins,
      looked: this.#keepsAll ? 'all' : 'strongest',
      uncertified: this.#uncertified,
      laterHeads: this.#paths.paths.heads,
      overview: this.#overview,
      detail: this.#detail,
    };
  }

  /** @param own U [n, R, D] of the range */
  async #range(range: Range, own: Float32Array, table: SharedTable): Promise<void> {
    const { from, to } = range;
    const { heads, dim, kept, block } = this.#state;
    const { device, paths } = this.#paths;
    const { signal } = this.#job;
    const size = to - from;
    const k = this.#topK;
    const places = this.#topSets(range);
    const { coefficients, means } = keptOf(this.#state, range, this.#mean.coefficients, device);
    const vectors = device.tensor(own, size, heads, dim);
    const shared = device.tensor(table.values, table.rows.size, dim);
    const strongest = await device.run(
      `top ${k} of kept images of block ${block}`,
      () => keptTopGraph(paths, k),
      {
        [STREAM.coefficients]: coefficients,
        [STREAM.means]: means,
        [STREAM.places]: device.indices(
          places.map((place, i) => Math.floor(i / k) * kept + place),
          size,
          k,
        ),
        [TILE.vectors]: vectors,
        [STREAM.shared]: shared,
        [STREAM.images]: device.indices(rowsOf(this.#state, range, table, places), size, k),
      },
      signal,
    );
    const { weights, varianceShares } = await principalWeights(
      floats(strongest, TILE.products),
      floats(strongest, TILE.guess),
      k,
      signal,
    );
    const results = await device.run(
      `directions and kept images of block ${block}`,
      () => keptDirectionsGraph(paths),
      {
        [STREAM.coefficients]: coefficients,
        [TILE.means]: means,
        [TILE.vectors]: vectors,
        [TILE.weights]: device.tensor(scattered(weights, places, k, kept), size, 1, kept),
        [STREAM.chosen]: device.tensor(scattered(undefined, places, k, kept), size, 1, kept),
        [TILE.sharedMean]: device.tensor(Float32Array.from(this.#mean.shared), dim),
        [STREAM.shared]: shared,
        [STREAM.images]: device.indices(rowsOf(this.#state, range, table), size, kept),
      },
      signal,
    );
    this.#overview.varianceShares.set(varianceShares, from);
    this.#detail.directions.set(floats(results, TILE.directions), from * dim);
    this.#detail.means.set(floats(results, TILE.meanEffects), from * dim);
    this.#detail.headShares.set(floats(results, TILE.shares), from * heads);
    const activations = floats(results, STREAM.activations);
    for (let n = from; n < to; n++) {
      const own = activations.subarray((n - from) * kept, (n - from + 1) * kept);
      this.#positiveShare(n, places.subarray((n - from) * k, (n - from + 1) * k), own);
      this.#bothEnds(n, own);
    }
  }

  /** Places [n, k] of the top sets; fills in what their norms alone tell. */
  #topSets({ from, to }: Range): Int32Array {
    const { kept, candidates, squares, images } = this.#state;
    const k = this.#topK;
    const places = new Int32Array((to - from) * k);
    for (let n = from; n < to; n++) {
      const norm = (place: number): number => candidates.distances[n * kept + place]!;
      const top = topOf(this.#state, n, k);
      if (!top.certain) this.#uncertified++;
      places.set(top.places, (n - from) * k);
      top.places.forEach((place, i) => {
        this.#detail.topImages[n * k + i] = candidates.images[n * kept + place]!;
      });
      const sum = (of: Iterable<number>): number => Array.from(of, norm).reduce((s, x) => s + x * x, 0);
      const all = this.#keepsAll ? sum(Array(images).keys()) : squares[n]!;
      this.#overview.typicalNorm[n] = Math.sqrt(all / images);
      this.#overview.maxNorm[n] = norm(top.places[0]!);
      this.#overview.thresholds[n] = top.threshold;
      this.#overview.topShare[n] = all > 0 ? Math.min(1, sum(top.places) / all) : 0;
    }
    return places;
  }

  #positiveShare(n: number, top: Int32Array, activations: Float32Array): void {
    const positive = top.filter((place) => activations[place]! > 0).length;
    this.#overview.positiveShare[n] = positive / top.length;
  }

  /** Ends and histogram among the images kept: `activations` by place. */
  #bothEnds(n: number, activations: Float32Array): void {
    const { kept, candidates } = this.#state;
    const numbers = candidates.images.subarray(n * kept, n * kept + candidates.counts[n]!);
    const order = Int32Array.from(numbers.keys()).sort((a, b) => numbers[a]! - numbers[b]!);
    const values = Float32Array.from(order, (place) => activations[place]!);
    const list = (images: Int32Array, kinds: Float32Array, ends: Int32Array): void => {
      ends.forEach((index, i) => {
        if (index < 0) return;
        images[n * this.#ends + i] = numbers[order[index]!]!;
        kinds[n * this.#ends + i] = values[index]!;
      });
    };
    const { positiveImages, positiveActivations, negativeImages, negativeActivations } = this.#detail;
    list(positiveImages, positiveActivations, largestPositive(values, this.#ends));
    const negated = values.map((x) => -x);
    list(negativeImages, negativeActivations, largestPositive(negated, this.#ends));
    const first = positiveImages.subarray(
      n * this.#ends,
      n * this.#ends + Math.min(this.#ends, PREVIEW_IMAGES),
    );
    this.#overview.previewImages.set(first, n * PREVIEW_IMAGES);
    const { low, high, counts } = histogram(values, this.#bins);
    this.#detail.histogramCounts.set(counts, n * this.#bins);
    this.#detail.histogramRange.set([low, high], n * 2);
  }
}

/** Numbers [n, k] of the top images, 1 each unless given, at their places among the K kept; 0 for the others: [n, K]. */
function scattered(
  numbers: Float32Array | undefined,
  places: Int32Array,
  k: number,
  kept: number,
): Float32Array {
  const all = new Float32Array((places.length / k) * kept);
  places.forEach((place, i) => {
    all[Math.floor(i / k) * kept + place] = numbers?.[i] ?? 1;
  });
  return all;
}
