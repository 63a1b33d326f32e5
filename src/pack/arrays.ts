import { LensError } from '../errors.ts';
import { type BlockDetail, type BlockOverview, PREVIEW_IMAGES } from '../lens/blockSummary.ts';

/** The text pool a pack may bring along. */
export interface PackTexts {
  readonly words: readonly string[];
  /** [P, D] text embeddings, rounded to half precision in the file. */
  readonly embeddings: Float32Array;
}

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
  typicalNorm: ['float', perNeuron],
  maxNorm: ['float', perNeuron],
  thresholds: ['float', perNeuron],
  varianceShares: ['float', perNeuron],
  topShare: ['float', perNeuron],
  positiveShare: ['float', perNeuron],
  previewImages: ['image-or-none', () => PREVIEW_IMAGES],
} as const satisfies Record<keyof BlockOverview, Layout>;

const { typicalNorm, ...sinceVersion1 } = overviewLayout;
/** Version 1 stated the mean of the norms in place of their root mean square. */
export const overviewLayoutOfVersion1 = { meanNorm: typicalNorm, ...sinceVersion1 };

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
