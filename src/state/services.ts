import type { ModelInfo, ModelSource, SetSource } from '../../workers/protocol.ts';
import type { Provider } from '../engine/backend.ts';
import type { Heatmaps } from '../engine/engine.ts';
import type { AnalysisOptions, BlockAnalysis } from '../lens/analysis.ts';
import type { SparseCode, SparseCodeOptions } from '../lens/sparseCode.ts';
import type { Pack } from '../pack/index.ts';
import type { JobOptions } from '../progress.ts';
import type { PictureSet } from './data.ts';

/** The address bar, as far as the store needs it. */
export interface HistoryPort {
  hash(): string;
  push(hash: string): void;
  replace(hash: string): void;
  /** Calls back when the person goes back, forward, or edits the address. */
  listen(changed: () => void): void;
}

/** What a projection of new pictures onto known directions gives; I images, N neurons. */
export interface Projection {
  /** [I, N] signed activations. */
  readonly activations: Float32Array;
  /** [I, N] norms of the centred effects. */
  readonly norms: Float32Array;
  /** [I, D] */
  readonly embeddings: Float32Array;
}

/** The engine behind the worker, as the store calls it. */
export interface LensClient {
  open(model: ModelSource, force: Provider | undefined, job?: JobOptions): Promise<ModelInfo>;
  analyse(set: SetSource, options: AnalysisOptions, job?: JobOptions): Promise<BlockAnalysis>;
  project(
    set: SetSource,
    block: number,
    reference: { means: Float32Array; directions: Float32Array },
    job?: JobOptions,
  ): Promise<Projection>;
  heatmaps(
    set: SetSource,
    images: readonly number[],
    block: number,
    neuron: number,
    direction: Float32Array,
    job?: JobOptions,
  ): Promise<Heatmaps>;
  embedTexts(texts: readonly string[], job?: JobOptions): Promise<Float32Array>;
  sparseCode(
    direction: Float32Array,
    pool: Float32Array,
    options: SparseCodeOptions,
    job?: JobOptions,
  ): Promise<SparseCode>;
}

/** What the store needs of the outside; tests give their own. */
export interface Services {
  openPack(url: string): Promise<Pack>;
  openPictures(url: string): Promise<PictureSet>;
  /** Loads the worker's client on first use: the page must be useful before. */
  client(): Promise<LensClient>;
  /** Absolute URL of something that ships with the page; a worker knows no page to be relative to. */
  url(path: string): string;
  /** Milliseconds, never going back. */
  now(): number;
  /** Lets the browser draw and answer before the next piece of work. */
  pause(): Promise<void>;
  hash(data: Blob): Promise<string>;
}
