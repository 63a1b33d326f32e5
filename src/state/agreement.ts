import { cosine } from '../lens/vectors.ts';
import type { BlockDetail, BlockOverview } from './data.ts';

/** How two analyses of the same block differ: one that was shipped, one made on this machine. */
export interface Agreement {
  /** Largest |live − shipped| / shipped over neurons, of the typical norm of the centred effect; undefined where the
   * shipped numbers are of a pack of version 1, which state the mean norm. */
  readonly typicalNormError: number | undefined;
  /** The same of the thresholds. */
  readonly thresholdError: number;
  /** Largest ‖live − shipped‖ / ‖shipped‖ of the mean effects. */
  readonly meanEffectError: number;
  /** Smallest and median |cosine| of directions, where the variance share says there is one direction. */
  readonly cosineSmallest: number;
  readonly cosineMedian: number;
  /** How many neurons those two are over. */
  readonly cosineNeurons: number;
  /** Neurons whose top-k sets hold the same images in any order, as a share of all. */
  readonly equalTopSets: number;
  /** Images common to both top-k sets, as a share, over all neurons. */
  readonly sharedTopImages: number;
}

/** Below this share of variance a principal direction is one of several equals: signs and order may flip. */
export const LEAST_VARIANCE_SHARE = 0.3;

interface Numbers {
  readonly overview: BlockOverview;
  readonly detail: BlockDetail;
}

/** Compares two analyses of one block, N neurons each; the second is of a pack of `packVersion`. Pure. */
export function agreementOf(live: Numbers, shipped: Numbers, packVersion = 2): Agreement {
  const neurons = shipped.overview.typicalNorm.length;
  const dim = shipped.detail.directions.length / neurons;
  const topK = shipped.detail.topImages.length / neurons;
  const cosines: number[] = [];
  let meanEffectError = 0;
  let equal = 0;
  let shared = 0;
  for (let n = 0; n < neurons; n++) {
    if (shipped.overview.varianceShares[n]! > LEAST_VARIANCE_SHARE) {
      const [ours, theirs] = [live, shipped].map(({ detail }) => row(detail.directions, n, dim));
      cosines.push(Math.abs(cosine(ours!, theirs!)));
    }
    const error = relativeError(row(live.detail.means, n, dim), row(shipped.detail.means, n, dim));
    if (error > meanEffectError) meanEffectError = error;
    const common = commonCount(row(live.detail.topImages, n, topK), row(shipped.detail.topImages, n, topK));
    shared += common;
    if (common === topK) equal++;
  }
  cosines.sort((a, b) => a - b);
  return {
    typicalNormError:
      packVersion > 1
        ? largestRelativeError(live.overview.typicalNorm, shipped.overview.typicalNorm)
        : undefined,
    thresholdError: largestRelativeError(live.overview.thresholds, shipped.overview.thresholds),
    meanEffectError,
    cosineSmallest: cosines[0] ?? Number.NaN,
    cosineMedian: cosines[Math.floor(cosines.length / 2)] ?? Number.NaN,
    cosineNeurons: cosines.length,
    equalTopSets: equal / neurons,
    sharedTopImages: shared / (neurons * topK),
  };
}

function row<T extends Float32Array | Int32Array>(matrix: T, n: number, columns: number): T {
  return matrix.subarray(n * columns, (n + 1) * columns) as T;
}

function relativeError(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let size = 0;
  for (let d = 0; d < b.length; d++) {
    difference += (a[d]! - b[d]!) ** 2;
    size += b[d]! ** 2;
  }
  return size > 0 ? Math.sqrt(difference / size) : Math.sqrt(difference);
}

function largestRelativeError(live: Float32Array, shipped: Float32Array): number {
  let largest = 0;
  for (let n = 0; n < shipped.length; n++) {
    const size = Math.abs(shipped[n]!);
    const error = size > 0 ? Math.abs(live[n]! - shipped[n]!) / size : Math.abs(live[n]!);
    if (error > largest || Number.isNaN(error)) largest = error;
  }
  return largest;
}

function commonCount(a: Int32Array, b: Int32Array): number {
  const inB = new Set(b);
  let common = 0;
  for (const image of a) if (inB.has(image)) common++;
  return common;
}
