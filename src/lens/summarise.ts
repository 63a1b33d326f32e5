import type { BlockAnalysis } from './analysis.ts';
import {
  type BlockDetail,
  type BlockOverview,
  type BlockSummary,
  HISTOGRAM_BINS,
  PREVIEW_IMAGES,
} from './blockSummary.ts';
import { histogram } from './histogram.ts';
import { largest } from './topSet.ts';

/**
 * The `k` largest of `values` that are above zero: their indices, largest first, ties by index, −1
 * where there are fewer. For the most negative ones give negated values.
 */
export function largestPositive(values: Float32Array, k: number): Int32Array {
  const indices = new Int32Array(k).fill(-1);
  const ranked = largest(values, Math.min(k, values.length));
  indices.set(ranked.map((index) => (values[index]! > 0 ? index : -1)));
  return indices;
}

/** Column `n` of a row-major [rows, columns] array, into `out` of length rows. */
function column(matrix: Float32Array, columns: number, n: number, out: Float32Array): Float32Array {
  for (let row = 0; row < out.length; row++) out[row] = matrix[row * columns + n]!;
  return out;
}

/** `values` at `indices`; 0 where the index is −1. */
const pick = (values: Float32Array, indices: Int32Array): Float32Array =>
  Float32Array.from(indices, (index) => (index < 0 ? 0 : values[index]!));

function norms(all: Float32Array, top: Int32Array) {
  let squares = 0;
  let max = 0;
  for (const norm of all) {
    squares += norm * norm;
    if (norm > max) max = norm;
  }
  let topSquares = 0;
  for (const image of top) topSquares += all[image]! ** 2;
  return { typical: Math.sqrt(squares / all.length), max, topShare: squares > 0 ? topSquares / squares : 0 };
}

function positiveShare(activations: Float32Array, top: Int32Array): number {
  let positive = 0;
  for (const image of top) if (activations[image]! > 0) positive++;
  return positive / top.length;
}

/**
 * What is kept of an analysis. Pure. `listed` is cut to the number of images.
 * @param listed images at each end of the signed activation, [N, listed]
 */
export function summarise(
  analysis: BlockAnalysis,
  listed: number = analysis.options.listed,
  bins: number = HISTOGRAM_BINS,
): BlockSummary {
  const { images, neurons, dim } = analysis;
  const ends = Math.min(listed, images);
  const topK = analysis.topImages.length / neurons;
  const overview = {
    typicalNorm: new Float32Array(neurons),
    maxNorm: new Float32Array(neurons),
    thresholds: analysis.thresholds,
    varianceShares: analysis.varianceShares,
    topShare: new Float32Array(neurons),
    positiveShare: new Float32Array(neurons),
    previewImages: new Int32Array(neurons * PREVIEW_IMAGES),
  } satisfies BlockOverview;
  const detail = {
    directions: analysis.directions,
    means: analysis.means,
    positiveImages: new Int32Array(neurons * ends),
    positiveActivations: new Float32Array(neurons * ends),
    negativeImages: new Int32Array(neurons * ends),
    negativeActivations: new Float32Array(neurons * ends),
    topImages: analysis.topImages,
    histogramCounts: new Int32Array(neurons * bins),
    histogramRange: new Float32Array(neurons * 2),
    headShares: analysis.headShares,
  } satisfies BlockDetail;

  const values = new Float32Array(images);
  const negated = new Float32Array(images);
  for (let n = 0; n < neurons; n++) {
    const top = analysis.topImages.subarray(n * topK, (n + 1) * topK);
    const norm = norms(column(analysis.norms, neurons, n, values), top);
    overview.typicalNorm[n] = norm.typical;
    overview.maxNorm[n] = norm.max;
    overview.topShare[n] = norm.topShare;

    column(analysis.activations, neurons, n, values);
    for (let i = 0; i < images; i++) negated[i] = -values[i]!;
    const positive = largestPositive(values, ends);
    const negative = largestPositive(negated, ends);
    const { low, high, counts } = histogram(values, bins);
    overview.positiveShare[n] = positiveShare(values, top);
    overview.previewImages.fill(-1, n * PREVIEW_IMAGES, (n + 1) * PREVIEW_IMAGES);
    overview.previewImages.set(positive.subarray(0, PREVIEW_IMAGES), n * PREVIEW_IMAGES);
    detail.positiveImages.set(positive, n * ends);
    detail.positiveActivations.set(pick(values, positive), n * ends);
    detail.negativeImages.set(negative, n * ends);
    detail.negativeActivations.set(pick(values, negative), n * ends);
    detail.histogramCounts.set(counts, n * bins);
    detail.histogramRange.set([low, high], n * 2);
  }
  const { block } = analysis.options;
  return {
    block,
    images,
    neurons,
    dim,
    topK,
    listed: ends,
    bins,
    looked: 'all',
    uncertified: 0,
    laterHeads: analysis.laterHeads,
    overview,
    detail,
  };
}
