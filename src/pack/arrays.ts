import { LensError } from '../errors.ts';

/** The arrays a scatter plot or a list of all neurons of a block needs; small, loaded first. */
export interface BlockOverview {
  /** [N] mean over the set of the centred norm. */
  readonly meanNorm: Float32Array;
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

/** Everything a neuron's page needs of a block. */
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
  /** [N, bins] how many images have a signed activation in each of the equal bins of the range. */
  readonly histogramCounts: Int32Array;
  /** [N, 2] smallest and largest signed activation over the set; half a unit around them where they are equal. */
  readonly histogramRange: Float32Array;
  /** [N, R] share of the effect along the direction that each later head carries. */
  readonly headShares: Float32Array;
}

/** The text pool a pack may bring along. */
export interface PackTexts {
  readonly words: readonly string[];
  /** [P, D] text embeddings, rounded to half precision in the file. */
  readonly embeddings: Float32Array;
}

/** Images in {@link BlockOverview.previewImages}. */
export const PREVIEW_IMAGES = 4;

/** Sizes that array shapes are made of. */
export interface BlockSizes {
  readonly images: number;
  readonly neurons: number;
  readonly dim: number;
  readonly topK: number;
  readonly listed: number;
  readonly bins: number;
  readonly heads: number;
}

type Kind = 'float' | 'image' | 'image-or-none' | 'count';
/** What an array holds, and how many of it a neuron has. */
type Layout = readonly [kind: Kind, columns: (sizes: BlockSizes) => number | undefined];

const perNeuron = () => undefined;

export const overviewLayout = {
  meanNorm: ['float', perNeuron],
  maxNorm: ['float', perNeuron],
  thresholds: ['float', perNeuron],
  varianceShares: ['float', perNeuron],
  topShare: ['float', perNeuron],
  positiveShare: ['float', perNeuron],
  previewImages: ['image-or-none', () => PREVIEW_IMAGES],
} as const satisfies Record<keyof BlockOverview, Layout>;

export const detailLayout = {
  directions: ['float', (s) => s.dim],
  means: ['float', (s) => s.dim],
  positiveImages: ['image-or-none', (s) => s.listed],
  positiveActivations: ['float', (s) => s.listed],
  negativeImages: ['image-or-none', (s) => s.listed],
  negativeActivations: ['float', (s) => s.listed],
  topImages: ['image', (s) => s.topK],
  histogramCounts: ['count', (s) => s.bins],
  histogramRange: ['float', () => 2],
  headShares: ['float', (s) => s.heads],
} as const satisfies Record<keyof BlockDetail, Layout>;

/** Shape of an array of a block: [N] or [N, columns]. */
export function shapeOf([, columns]: Layout, sizes: BlockSizes): number[] {
  const width = columns(sizes);
  return width === undefined ? [sizes.neurons] : [sizes.neurons, width];
}

/** Smallest and largest whole number an array of a kind may hold; floats only have to be finite. */
function boundsOf(kind: Kind, sizes: BlockSizes): readonly [number, number] {
  if (kind === 'image') return [0, sizes.images - 1];
  if (kind === 'image-or-none') return [-1, sizes.images - 1];
  if (kind === 'count') return [0, sizes.images];
  return [-Number.MAX_VALUE, Number.MAX_VALUE];
}

/**
 * Checks that every value of an array is one its kind may have.
 * @throws LensError `bad-file` naming the array
 */
export function checkValues(
  name: string,
  [kind]: Layout,
  values: Float32Array | Int32Array,
  sizes: BlockSizes,
): void {
  const [smallest, largest] = boundsOf(kind, sizes);
  for (const value of values) {
    if (value >= smallest && value <= largest) continue; // false for NaN too
    throw new LensError('bad-file', `This pack is broken: ${name} holds ${value}, which it must not.`);
  }
}
