import { LensError } from '../errors.ts';
import { type BlockDetail, type BlockOverview, PREVIEW_IMAGES } from '../lens/blockSummary.ts';
import { SIMILAR } from './similar.ts';

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
  /** Lengths of the descriptions that the pack brings. */
  readonly codes: readonly number[];
  /** Neurons listed beside each direction, where the block holds directions made elsewhere. */
  readonly aligned?: number;
}

type Kind =
  | 'float'
  | 'image'
  | 'image-or-none'
  | 'count'
  | 'neuron-or-none'
  | 'word-or-none'
  | 'elsewhere-or-none';
/** What an array holds, and how many of it a neuron has. */
export type Layout = readonly [kind: Kind, columns: (sizes: BlockSizes) => number | undefined];
export type Layouts = Readonly<Record<string, Layout>>;
export type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;

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

/** What acting on other images takes: large, and no neuron's page needs more than a row of the directions. */
export const vectorLayout = {
  directions: ['float', (s) => s.dim],
  means: ['float', (s) => s.dim],
} as const satisfies Layouts;

/** A neuron's lists. */
export const listLayout = {
  positiveImages: ['image-or-none', (s) => s.listed],
  positiveActivations: ['float', (s) => s.listed],
  negativeImages: ['image-or-none', (s) => s.listed],
  negativeActivations: ['float', (s) => s.listed],
  topImages: ['image', (s) => s.topK],
  histogramCounts: ['count', (s) => s.bins],
  histogramRange: ['float', () => 2],
  headShares: ['float', (s) => s.heads],
} as const satisfies Layouts;

/** The whole of a block in one version-1 file, and what is read of one of version 2. */
export const detailLayout = { ...vectorLayout, ...listLayout } as const satisfies Record<
  keyof BlockDetail,
  Layout
>;

/** Lists made for the page of a neuron, so that it needs no other neuron's vectors; since version 2. */
export const madeLayout = {
  /** ⟨mean, direction⟩ */
  meanAlong: ['float', () => 1],
  similar: ['neuron-or-none', () => SIMILAR],
  similarCosines: ['float', () => SIMILAR],
  opposite: ['neuron-or-none', () => SIMILAR],
  oppositeCosines: ['float', () => SIMILAR],
} as const satisfies Layouts;

/** Names of a description's columns. */
export const codeNames = (terms: number) => ({
  words: `code${terms}Words`,
  weights: `code${terms}Weights`,
  r2: `code${terms}R2`,
});

/** Of a direction made elsewhere: neurons of the model that lie along it, in blocks of another pack. */
export const alignedLayout = {
  alignedBlocks: ['elsewhere-or-none', (s) => s.aligned],
  alignedNeurons: ['elsewhere-or-none', (s) => s.aligned],
  alignedCosines: ['float', (s) => s.aligned],
} as const satisfies Layouts;

/** Everything of the file's `neurons` array, column by column: all lists of a neuron stand side by side. */
export function columnLayout(sizes: BlockSizes): Layouts {
  const codes = sizes.codes.flatMap((terms): [string, Layout][] => {
    const names = codeNames(terms);
    return [
      [names.words, ['word-or-none', () => terms]],
      [names.weights, ['float', () => terms]],
      [names.r2, ['float', () => 1]],
    ];
  });
  const { headShares, ...lists } = listLayout;
  const aligned = sizes.aligned ? alignedLayout : {};
  return { ...lists, ...madeLayout, ...aligned, ...Object.fromEntries(codes), headShares };
}

/** Where a column begins and ends in a row of `neurons`. */
export type Columns = Readonly<Record<string, readonly [begin: number, end: number]>>;

export function columnsOf(sizes: BlockSizes): { readonly columns: Columns; readonly width: number } {
  const columns: Record<string, [number, number]> = {};
  let width = 0;
  for (const [name, [, count]] of Object.entries(columnLayout(sizes))) {
    const begin = width;
    width += count(sizes) ?? 1;
    columns[name] = [begin, width];
  }
  return { columns, width };
}

/** Shape of an array of a block: [N] or [N, columns]. */
export function shapeOf([, columns]: Layout, sizes: BlockSizes): number[] {
  const width = columns(sizes);
  return width === undefined ? [sizes.neurons] : [sizes.neurons, width];
}

/** Smallest and largest whole number an array of a kind may hold; floats only have to be finite. */
function boundsOf(kind: Kind, sizes: BlockSizes): readonly [number, number] {
  switch (kind) {
    case 'image':
      return [0, sizes.images - 1];
    case 'image-or-none':
      return [-1, sizes.images - 1];
    case 'count':
      return [0, sizes.images];
    case 'neuron-or-none':
      return [-1, sizes.neurons - 1];
    case 'word-or-none':
      return [-1, Math.max(0, ...sizes.codes) - 1];
    case 'elsewhere-or-none':
      return [-1, 2 ** 24 - 1];
    case 'float':
      return [-Number.MAX_VALUE, Number.MAX_VALUE];
  }
}

/**
 * Checks that every value of an array is one its kind may have.
 * @throws LensError `bad-file` naming the array
 */
export function checkValues(
  name: string,
  [kind]: Layout,
  values: ArrayLike<number>,
  sizes: BlockSizes,
): void {
  const [smallest, largest] = boundsOf(kind, sizes);
  const whole = kind !== 'float';
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= smallest && value <= largest && (!whole || Number.isInteger(value))) continue; // false for NaN too
    throw new LensError('bad-file', `This pack is broken: ${name} holds ${value}, which it must not.`);
  }
}
