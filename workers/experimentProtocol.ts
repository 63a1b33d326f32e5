import type { BackendInfo } from '../src/engine/backend.ts';
import type { Form } from '../src/lens/form.ts';
import type { AblationFigures } from '../src/studies/ablation.ts';
import type { PairResult, TrialResult, Way } from '../src/studies/adversarial.ts';
import type { IndirectFigures } from '../src/studies/indirect.ts';
import type { SegmentationFigures } from '../src/studies/segmentation.ts';
import type { PartTable } from '../src/studies/study.ts';
import type { PoolSource } from './poolProtocol.ts';
import type { SetSource } from './protocol.ts';

export type {
  AblationFigures,
  IndirectFigures,
  PairResult,
  PartTable,
  SegmentationFigures,
  TrialResult,
  Way,
};

/** What the page's analysis of a block says, of all pictures of the set: I pictures, N neurons, D dims. */
export interface GivenAnalysis {
  readonly block: number;
  /** [N, D] */
  readonly means: Float32Array;
  /** r [N, D] */
  readonly directions: Float32Array;
  /** [N] */
  readonly thresholds: Float32Array;
  /** [N] */
  readonly varianceShares: Float32Array;
  /** [N, k], largest norm first. */
  readonly topImages: Int32Array;
}

/** Classes of a person's own pictures. */
export interface OwnLabels {
  readonly names: readonly string[];
  /** Sentences with `{}` where a name goes. */
  readonly templates: readonly string[];
  /** Class of every picture of the set; −1 for none. */
  readonly labels: readonly number[];
}

interface AnyRequest {
  /** What the run is kept under: letters and digits. */
  readonly key: string;
  /** The address of the page that shows it. */
  readonly address: string;
  readonly set: SetSource;
  /** For pictures that bring no classes of their own. */
  readonly own?: OwnLabels | undefined;
  readonly form: Form;
  /** k */
  readonly topK: number;
  readonly blocks: readonly number[];
  /** Blocks whose analysis with that k is at hand; the others are analysed first. */
  readonly analyses: readonly GivenAnalysis[];
  /** Pictures of each part of the set, the first or drawn; all of them when undefined. */
  readonly pictures: number | undefined;
  /** Names of the parts to look at; all when undefined. */
  readonly parts: readonly string[] | undefined;
  readonly seeds: readonly number[];
}

export interface AskedWords {
  readonly name: string;
  readonly source: PoolSource;
}

export interface AblationRequest extends AnyRequest {
  readonly kind: 'ablation';
  /** Undefined for a model that reads no texts, or without terms. */
  readonly words: AskedWords | undefined;
  /** m, one row of the table each. */
  readonly terms: readonly number[];
}

export interface IndirectRequest extends AnyRequest {
  readonly kind: 'indirect';
  /** Drawn a block; the pictures, too, are drawn, by the first seed. */
  readonly neurons: number;
}

export interface SegmentationRequest extends AnyRequest {
  readonly kind: 'segmentation';
  /** Chosen for a text. */
  readonly neurons: number;
  /** All blocks there are: each is tried alone too. */
  readonly every: readonly number[];
}

export interface AdversarialRequest extends AnyRequest {
  readonly kind: 'adversarial';
  /** Names of concepts of the set: seen and absent, and depicted. */
  readonly target: string;
  readonly depicted: string;
  readonly words: AskedWords;
  /** Neurons drawn a block for the words of indirect effects; 0 for no such words. */
  readonly indirectNeurons: number;
}

export type ExperimentRequest = AblationRequest | IndirectRequest | SegmentationRequest | AdversarialRequest;
export type ExperimentKind = ExperimentRequest['kind'];

/** Everything that determines the numbers of a run, as its files say it. */
export interface ExperimentAbout {
  readonly software: { readonly name: string; readonly version: string };
  readonly experiment: ExperimentKind;
  readonly form: Form;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly model: { readonly name: string; readonly hash: string };
  readonly images: { readonly name: string; readonly hash: string; readonly count: number };
  /** Blocks whose means, thresholds and directions the page had; those of the others were made in the run. */
  readonly analysesGiven: readonly number[];
}

export interface AblationTables {
  readonly kind: 'ablation';
  readonly parts: readonly PartTable<AblationFigures>[];
}

export interface IndirectTables {
  readonly kind: 'indirect';
  readonly parts: readonly PartTable<IndirectFigures>[];
}

export interface SegmentationTables {
  readonly kind: 'segmentation';
  readonly parts: readonly PartTable<SegmentationFigures>[];
}

/** A composed picture to look at, and by how much the model takes it for the target rather than the depicted class. */
export interface ShownScene {
  readonly way: Way;
  readonly others: readonly string[];
  readonly margin: number;
  /** A small picture as a data URL; absent where the browser makes none in a worker. */
  readonly picture?: string | undefined;
}

export interface AdversarialTables {
  readonly kind: 'adversarial';
  readonly parts: readonly PartTable<TrialResult>[];
  readonly pair: Omit<PairResult, 'trials'> | undefined;
  readonly shown: readonly ShownScene[];
}

export type ExperimentTables = AblationTables | IndirectTables | SegmentationTables | AdversarialTables;

/** A run, finished or as far as it is. */
export interface ExperimentRun {
  readonly key: string;
  readonly address: string;
  readonly about: ExperimentAbout;
  readonly backend: BackendInfo;
  readonly tables: ExperimentTables;
  readonly finished: boolean;
  /** How far it was when it stopped; undefined when finished. */
  readonly stage?: string | undefined;
  /** Of work, over all its sittings. */
  readonly seconds: number;
  /** Of these, those spent on the table: they grow with the pictures, what comes before does not. */
  readonly tableSeconds: number;
}

/** A run as a list of runs shows it. */
export interface KeptRun {
  readonly key: string;
  readonly address: string;
  readonly about: ExperimentAbout;
  readonly finished: boolean;
  readonly seconds: number;
  readonly tableSeconds: number;
  /** Pictures that the tables count, all parts together. */
  readonly pictures: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What the page may ask about experiments; part of `LensApi`. */
export interface ExperimentApi {
  /**
   * Runs an experiment with the open model, or goes on where the run of that key stopped. What is done is on the
   * disk, also after a cancel or a reload. Throws `bad-request` for pictures without classes, blocks without later
   * heads, words of another model.
   */
  runExperiment(request: ExperimentRequest, job: number): Promise<ExperimentRun>;
  /** A run under way, stopped or finished, as far as it is; needs no model. */
  experiment(key: string): Promise<ExperimentRun | undefined>;
  /** All runs that are kept, the latest first. */
  keptExperiments(): Promise<readonly KeptRun[]>;
  forgetExperiment(key: string): Promise<void>;
}
