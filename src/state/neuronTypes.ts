import type { Head } from '../clip/trace.ts';
import type { AlignedNeuron } from '../lens/alignedNeurons.ts';
import type { AtomForm } from '../lens/sparseCode.ts';
import type { SimilarNeuron } from '../pack/index.ts';
import type { Loadable, Looked, NumberSource } from './data.ts';
import type { TermCount } from './view.ts';

/** One picture in a list of a neuron's pictures. */
export interface ListedImage {
  readonly image: number;
  /** Signed activation x. */
  readonly value: number;
  readonly caption: string;
}

export interface NeuronMeasures {
  readonly typicalNorm: number;
  readonly maxNorm: number;
  readonly threshold: number;
  readonly varianceShare: number;
  /** Share of the set's summed squared norms that the top-k images hold: how picky the neuron is. */
  readonly topShare: number;
  /** Share of the top-k images with a positive signed activation. */
  readonly positiveShare: number;
  /** 1 is the largest of the block's N. */
  readonly rankByTypicalNorm: number;
  readonly rankByVarianceShare: number;
}

export interface ActivationHistogram {
  readonly from: number;
  readonly to: number;
  readonly counts: Int32Array;
}

export interface HeadShare {
  readonly head: Head;
  /** Fraction of the effect along the direction; a row sums to about 1, single ones may be negative. */
  readonly share: number;
}

export type Neighbour = SimilarNeuron;

/** Both heat maps of a neuron on one picture, on the patch grid. */
export interface HeatmapPair {
  readonly gridSide: number;
  /** [G·G] */
  readonly activation: Float32Array;
  /** [G·G] sums, with clsTerm, to the effect along the direction. */
  readonly secondOrder: Float32Array;
  readonly clsTerm: number;
  /** [G·G] of a direction made elsewhere, which has this map alone: the others are empty. */
  readonly along?: Float32Array;
}

/** A direction in words, with the words themselves. */
export interface WordedCode {
  readonly terms: readonly { readonly text: string; readonly coefficient: number }[];
  readonly r2: number;
  readonly m: TermCount;
  readonly atoms: AtomForm;
}

/** What random directions reach over the same words: the part of R² that is no finding. */
export interface ChanceFit {
  readonly mean: number;
  /** Standard deviation between random directions. */
  readonly deviation: number;
}

export interface NeuronDetail {
  /** Among which images both ends and the histogram were found. */
  readonly looked: Looked;
  readonly positive: readonly ListedImage[];
  readonly negative: readonly ListedImage[];
  /** Largest norm of the centred effect first, either sign. */
  readonly strongest: readonly number[];
  readonly histogram: ActivationHistogram;
  /** In the order of the later heads: block-major. */
  readonly headShares: readonly HeadShare[];
  /** Closest directions of the same block first; itself left out. */
  readonly neighbours: readonly Neighbour[];
  /** Most opposed directions first. */
  readonly opposites: readonly Neighbour[];
  /** Of a direction made elsewhere: neurons of the model that lie along it or against it. */
  readonly aligned: readonly AlignedNeuron[];
  /** ⟨mean effect, direction⟩ over the set. */
  readonly meanAlong: number;
}

/** All that a neuron's page needs. Stable between renders while nothing in it has changed. */
export interface NeuronPage {
  readonly block: number;
  readonly neuron: number;
  /** N of the block; 0 until known. */
  readonly neurons: number;
  readonly source: NumberSource;
  /** From the overview: there early. */
  readonly measures: NeuronMeasures | undefined;
  readonly previewImages: readonly number[];
  readonly detail: Loadable<NeuronDetail>;
  /** Image → its heat maps; an image that was never asked for is absent. */
  readonly heatmaps: ReadonlyMap<number, Loadable<HeatmapPair>>;
  /** What is known of a description; `idle` until asked for. */
  readonly code: (m: TermCount, atoms: AtomForm) => Loadable<WordedCode>;
  /** Lengths of description that come ready-made; empty where each is worked out on this machine. */
  readonly readyMade: (atoms: AtomForm) => readonly number[];
  /** What R² is chance with so many words; undefined until known. */
  readonly chance: (m: TermCount, atoms: AtomForm) => ChanceFit | undefined;
  /** Asks for heat maps of pictures of the set: batched, cached, cheap to call again. Starts the engine. */
  readonly requestHeatmaps: (images: readonly number[]) => void;
  /** Asks for the description; cached, cheap to call again. */
  readonly requestSparseCode: (m: TermCount, atoms: AtomForm) => void;
}
