import type { ClipConfig } from '../src/clip/config.ts';
import type { BackendInfo, Provider } from '../src/engine/backend.ts';
import type { Heatmaps } from '../src/engine/engine.ts';
import type { AnalysisOptions, BlockAnalysis } from '../src/lens/analysis.ts';
import type { SparseCode, SparseCodeOptions } from '../src/lens/sparseCode.ts';
import type { Progress } from '../src/progress.ts';

/**
 * What the page may ask of the lens worker. Everything is structured-cloneable; large arrays are
 * transferred. Abort and progress cross as `job` numbers: see client.ts.
 */

/** A picture set as the worker can read it by itself. */
export type SetSource =
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

export interface LensApi {
  /** Loads runtime and model. `force` comes from the URL's backend= and is obeyed or refused, never replaced. */
  open(model: ModelSource, force: Provider | undefined, job: number): Promise<ModelInfo>;
  analyse(set: SetSource, options: AnalysisOptions, job: number): Promise<BlockAnalysis>;
  project(
    set: SetSource,
    block: number,
    reference: { means: Float32Array; directions: Float32Array },
    job: number,
  ): Promise<{ activations: Float32Array; norms: Float32Array; embeddings: Float32Array }>;
  /** Heatmaps of one neuron on the listed images of the set. */
  heatmaps(
    set: SetSource,
    images: readonly number[],
    block: number,
    neuron: number,
    direction: Float32Array,
    job: number,
  ): Promise<Heatmaps>;
  embedTexts(texts: readonly string[], job: number): Promise<Float32Array>;
  /** Sparse text code of a direction over a pool [P, D]; needs no model. */
  sparseCode(
    direction: Float32Array,
    pool: Float32Array,
    options: SparseCodeOptions,
    job: number,
  ): Promise<SparseCode>;
  cancel(job: number): Promise<void>;
}

/** Progress messages from worker to page. */
export type ReportProgress = (job: number, progress: Progress) => void;
