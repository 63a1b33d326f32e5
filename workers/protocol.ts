import type { ClipConfig } from '../src/clip/config.ts';
import type { BackendInfo, Provider } from '../src/engine/backend.ts';
import type { Heatmaps } from '../src/engine/engine.ts';
import type { AnalysisOptions, BlockAnalysis } from '../src/lens/analysis.ts';
import type { SparseCode, SparseCodeOptions } from '../src/lens/sparseCode.ts';
import type { BlockSummary } from '../src/pack/index.ts';
import type { Progress } from '../src/progress.ts';

/**
 * What the page may ask of the lens worker. Everything is structured-cloneable; arrays that come back
 * are transferred. Abort and progress cross as `job` numbers: see client.ts.
 */

/** A picture set as the worker can read it by itself. */
export type SetSource =
  /** A shipped set's folder of sheets; the first `count` of its pictures (or all, if it has fewer). */
  | { readonly kind: 'sheets'; readonly url: string; readonly count: number }
  | { readonly kind: 'files'; readonly files: readonly Blob[] };

export interface ModelSource {
  /** Base URL of a Hugging Face layout folder: config.json, preprocessor_config.json, tokenizer.json, model.safetensors. */
  readonly url: string;
}

export interface ModelInfo {
  readonly config: ClipConfig;
  readonly backend: BackendInfo;
  /** sha256 of model.safetensors, hex. */
  readonly hash: string;
}

/** How a model is to be run. */
export interface RunOptions {
  /** From the URL's backend=: obeyed or refused, never replaced. */
  readonly force?: Provider | undefined;
  /** WASM threads; the machine's unless told. */
  readonly threads?: number | undefined;
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

export interface LensApi {
  /** Once, before anything else: where progress goes. */
  connect(report: ReportProgress): void;
  /** Loads runtime and model; at once when that model already runs that way. */
  open(model: ModelSource, options: RunOptions, job: number): Promise<ModelInfo>;
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
  /** Unit text embeddings [texts, D]. */
  embedTexts(texts: readonly string[], job: number): Promise<Float32Array>;
  /** Hands over a text pool [P, D] once, under a number; needs no model. The last few are kept. */
  addPool(pool: number, embeddings: Float32Array): void;
  /** Sparse text code of a direction over a pool; needs no model. Throws `bad-request` for a pool not kept. */
  sparseCode(
    direction: Float32Array,
    pool: number,
    options: SparseCodeOptions,
    job: number,
  ): Promise<SparseCode>;
  cancel(job: number): void;
}

/** What `sparseCode` says of a pool that the worker does not keep: hand it over again. */
export const FORGOTTEN_POOL = 'This text pool is not in the worker.';

/** Progress messages from worker to page. */
export type ReportProgress = (job: number, progress: Progress) => void;
