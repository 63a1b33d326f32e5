import type { Head } from '../clip/trace.ts';

/** Of one block, the arrays that a scatter plot or a list of all its neurons needs. */
export interface BlockOverview {
  /** [N] root mean square over the set of the centred norm. */
  readonly typicalNorm: Float32Array;
  /** [N] largest centred norm. */
  readonly maxNorm: Float32Array;
  /** [N] smallest of the top-k norms: above it an image is significant. */
  readonly thresholds: Float32Array;
  /** [N] s1²/Σs² of the top-k effects. */
  readonly varianceShares: Float32Array;
  /** [N] share of the set's summed squared norms that the top-k images hold: how picky the neuron is. */
  readonly topShare: Float32Array;
  /** [N] share of the top-k images whose signed activation is positive; at least one half by the sign rule. */
  readonly positiveShare: Float32Array;
  /** [N, 4] images of largest positive activation; −1 where there are fewer. */
  readonly previewImages: Int32Array;
}

/** Of one block, everything else that its neurons' pages show. */
export interface BlockDetail {
  /** [N, D] unit principal directions. */
  readonly directions: Float32Array;
  /** [N, D] mean effects. */
  readonly means: Float32Array;
  /** [N, listed] images of largest positive activation, largest first; −1 where there are fewer. */
  readonly positiveImages: Int32Array;
  /** [N, listed] their activations; 0 where there is no image. */
  readonly positiveActivations: Float32Array;
  /** [N, listed] images of most negative activation, most negative first; −1 where there are fewer. */
  readonly negativeImages: Int32Array;
  readonly negativeActivations: Float32Array;
  /** [N, k] images of largest centred norm, largest first. */
  readonly topImages: Int32Array;
  /** [N, bins] how many of the images looked at have a signed activation in each of the equal bins of the range. */
  readonly histogramCounts: Int32Array;
  /** [N, 2] where the first bin begins and the last one ends. */
  readonly histogramRange: Float32Array;
  /** [N, R] share of the effect along the direction that each later head carries. */
  readonly headShares: Float32Array;
}

/**
 * Which images the ends of the signed activation and the histogram were found among: all of the set, or a neuron's
 * strongest candidates alone, beyond which nobody looked.
 */
export type Looked = 'all' | 'strongest';

/** What is kept of one block's analysis: on the page, in a pack, from one sweep or from several merged. */
export interface BlockSummary {
  readonly block: number;
  readonly images: number;
  readonly neurons: number;
  readonly dim: number;
  readonly topK: number;
  readonly listed: number;
  readonly bins: number;
  readonly looked: Looked;
  /** Neurons whose top set is not proven to be exact. */
  readonly uncertified: number;
  readonly laterHeads: readonly Head[];
  readonly overview: BlockOverview;
  readonly detail: BlockDetail;
}

/** Images in {@link BlockOverview.previewImages}. */
export const PREVIEW_IMAGES = 4;

/** Bins of the activation histograms. */
export const HISTOGRAM_BINS = 40;
