import type { FileRole } from '../src/clip/catalogue.ts';
import type { ClipConfig } from '../src/clip/config.ts';
import type { BackendInfo, Precision, Provider } from '../src/engine/backend.ts';
import type { RunPlan } from '../src/engine/checks/plan.ts';
import type { SelfCheck } from '../src/engine/checks/selfCheck.ts';
import type { Heatmaps } from '../src/engine/engine.ts';
import type { AnalysisOptions, BlockAnalysis } from '../src/lens/analysis.ts';
import type { BlockSummary } from '../src/lens/blockSummary.ts';
import type { Progress } from '../src/progress.ts';
import type { ExperimentApi } from './experimentProtocol.ts';
import type { ImageApi } from './imageProtocol.ts';
import type { LookedThrough } from './lookThrough.ts';
import type { PackApi, PackSource } from './packProtocol.ts';
import type { PoolApi } from './poolProtocol.ts';

export type { LookedThrough } from './lookThrough.ts';

/**
 * What the page may ask of the lens worker. Everything is structured-cloneable; arrays that come back
 * are transferred. Abort and progress cross as `job` numbers: see client.ts.
 */

/** A picture set as the worker can read it by itself. */
export type SetSource =
  /** A shipped set's folder of sheets; the first `count` of its pictures (or all, if it has fewer). */
  | { readonly kind: 'sheets'; readonly url: string; readonly count: number }
  | { readonly kind: 'files'; readonly files: readonly Blob[] }
  /** The pictures that a pack brings. */
  | { readonly kind: 'pack'; readonly source: PackSource };

/** Where a model is to be had from. */
export type ModelSource =
  /** A folder in Hugging Face's layout that ships with the page: config.json, model.safetensors, …; read whole, not stored. */
  | { readonly kind: 'folder'; readonly url: string }
  /** An entry of src/clip/catalogue.ts. */
  | { readonly kind: 'catalogue'; readonly id: string }
  /** A .safetensors or .onnx file, a hub's repository or file page, or a folder of such files. */
  | { readonly kind: 'url'; readonly url: string }
  /** Files or the content of a folder that a person chose; never stored. */
  | { readonly kind: 'files'; readonly files: readonly File[] }
  /** A model of {@link LensApi.storedModels}: asks no server unless something of it is missing. */
  | { readonly kind: 'stored'; readonly id: string };

export interface ModelInfo {
  /** URL-safe name: the catalogue's, a shipped folder's, or `local-` and the first 12 digits of the hash. */
  readonly id: string;
  readonly title: string;
  readonly config: ClipConfig;
  readonly backend: BackendInfo;
  /** SHA-256, hex, of what {@link hashOf} says. It names the model: the same however it was fetched from one source. */
  readonly hash: string;
  /**
   * `whole file`: the one weight file. `image tower` and `text tower`: the tower's tensors alone, as one
   * safetensors file. `all files`: of several weight files, the hash of the list of their hashes.
   */
  readonly hashOf: 'whole file' | 'image tower' | 'text tower' | 'all files';
  /** What was held against numbers known beforehand: the files' SHA-256, their sizes, or nothing. */
  readonly verified: 'sha256' | 'size' | 'none';
  /** Of the weights that were read, bytes. */
  readonly bytes: number;
  /** How the weights are stored, e.g. `float32`, `float16`, `int8`. */
  readonly precision: string;
  /** Whether texts can be read: text tower and tokenizer are here, or can be fetched. */
  readonly hasTexts: boolean;
  /** Why they cannot. */
  readonly noTexts?: string | undefined;
  /** Sentences on what was assumed, such as pre-processing, and what could not be kept. */
  readonly notes: readonly string[];
  /** Its outputs against published ones; undefined until it was made. */
  readonly check?: SelfCheck | undefined;
  /** What running it takes on this backend, estimated before it was started; undefined without an image tower. */
  readonly plan?: Pick<RunPlan, 'gpuBytes' | 'heapBytes' | 'secondsPerImage' | 'sentences'> | undefined;
}

/** What it would take to open a model. Nothing of its weights was fetched but a header. */
export interface ModelPlan {
  readonly title: string;
  readonly files: readonly PlannedFile[];
  /** Still to be fetched before pictures can be looked at: image tower, config and tokenizer. */
  readonly bytesToDownload: number;
  /** Still to be fetched when texts are first read; undefined where that is not known. */
  readonly textBytesToDownload: number | undefined;
  /** Already here, of a complete or an interrupted download. */
  readonly bytesStored: number;
  /** What the browser says this page may still store; undefined where it does not say. */
  readonly quotaFree: number | undefined;
  readonly needs: ModelNeeds;
  /** Whether its outputs can be held against published ones, a sentence; undefined where its sizes are not known yet. */
  readonly selfCheck: string | undefined;
  readonly licence: string | undefined;
  /** BibTeX. */
  readonly citation: string | undefined;
  /** Sentences; empty when nothing is in the way. */
  readonly problems: readonly string[];
}

export interface PlannedFile {
  readonly name: string;
  readonly role: FileRole;
  /** Undefined where nobody said. */
  readonly bytes: number | undefined;
}

/** Estimates from the image tower's sizes. */
export interface ModelNeeds {
  readonly gpuBytes: number;
  readonly wasmBytes: number;
  /** What it will be like without a GPU. */
  readonly processor: string;
}

/** A model, or a part of one, that this browser keeps. */
export interface StoredModel {
  /** As {@link ModelInfo.id}; for an interrupted first download, a name that only the store knows. */
  readonly id: string;
  readonly title: string;
  /** On the disk, those included that other models share. */
  readonly bytes: number;
  /** Its files on the disk; one of the same name in several models is there once. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Whether it opens, for pictures, without a download. */
  readonly complete: boolean;
  readonly towers: readonly ('vision' | 'text')[];
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  readonly url: string;
}

/** How a model is to be run. */
export interface RunOptions {
  /** From the URL's backend=: obeyed or refused, never replaced. */
  readonly force?: Provider | undefined;
  /** WASM threads; the machine's unless told. */
  readonly threads?: number | undefined;
  /** Of the image tower's matrix products: refused where it cannot be had; chosen by the model's size unless told. */
  readonly precision?: Precision | undefined;
}

/** Means and directions of a block, [N, D] each, that new images are measured against. */
export interface Reference {
  readonly means: Float32Array;
  readonly directions: Float32Array;
}

/** Images measured against a {@link Reference}: x and norms [I, N], embeddings [I, D]. */
export interface Projection {
  readonly activations: Float32Array;
  readonly norms: Float32Array;
  readonly embeddings: Float32Array;
}

/** An analysis of which only the summary is wanted: with how many bins its histograms are made. */
export interface SummaryOptions extends AnalysisOptions {
  readonly bins: number;
}

export interface LensApi extends PoolApi, PackApi, ImageApi, ExperimentApi {
  /** Once, before anything else: where progress goes. */
  connect(report: ReportProgress): void;
  /** Loads runtime and model; at once when that model already runs that way. */
  open(model: ModelSource, options: RunOptions, job: number): Promise<ModelInfo>;
  /** The open model as it is now: a text tower that came later has been checked too. */
  modelInfo(): Promise<ModelInfo | undefined>;
  /** Finds out what opening would take. */
  plan(model: ModelSource, job: number): Promise<ModelPlan>;
  storedModels(): Promise<readonly StoredModel[]>;
  /** Deletes what is stored of a model; one that is open goes on running. */
  forgetModel(id: string): Promise<void>;
  /** Decodes files a person chose as a set once; needs no model. */
  lookThrough(files: readonly Blob[], job: number): Promise<LookedThrough>;
  analyse(set: SetSource, options: AnalysisOptions, job: number): Promise<BlockAnalysis>;
  /** As `analyse`, but what a pack keeps of it: small, and made off the page's thread. */
  summarise(set: SetSource, options: SummaryOptions, job: number): Promise<BlockSummary>;
  project(set: SetSource, block: number, reference: Reference, job: number): Promise<Projection>;
  /** Heatmaps of one neuron on the listed images of the set. */
  heatmaps(
    set: SetSource,
    images: readonly number[],
    block: number,
    neuron: number,
    direction: Float32Array,
    job: number,
  ): Promise<Heatmaps>;
  /** Un-normalised embeddings [I, D] of the set's pictures. */
  embedImages(set: SetSource, job: number): Promise<Float32Array>;
  /** Unit text embeddings [texts, D]; fetches the text tower first if it is not here yet, with progress. */
  embedTexts(texts: readonly string[], job: number): Promise<Float32Array>;
  cancel(job: number): void;
}

/** Progress messages from worker to page. */
export type ReportProgress = (job: number, progress: Progress) => void;
