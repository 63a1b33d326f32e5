import type { Heatmaps } from '../src/engine/engine.ts';
import type { ChanceR2, SparseCodes } from '../src/engine/words/sparseCodes.ts';
import { isLensError, LensError } from '../src/errors.ts';
import type { AnalysisOptions, BlockAnalysis } from '../src/lens/analysis.ts';
import type { BlockSummary } from '../src/lens/blockSummary.ts';
import type { SparseCode, SparseCodeOptions } from '../src/lens/sparseCode.ts';
import type { JobOptions, Progress } from '../src/progress.ts';
import { type Connection, connect } from './connection.ts';
import { sendErrorsWhole } from './errors.ts';
import type { ExperimentRequest, ExperimentRun, KeptRun } from './experimentProtocol.ts';
import {
  type AttentionMaps,
  type BlockReference,
  type BlockSelection,
  type BlockWriters,
  FORGOTTEN_READING,
  type ImageReading,
  type ImageWithout,
  type Patch,
  type PatchMap,
  type TextMap,
  type TextMapOptions,
} from './imageProtocol.ts';
import type { PackPart, PackParts, PackSource, PicturesToPack } from './packProtocol.ts';
import { FORGOTTEN_POOL, type PoolInfo, type PoolRequest, type ShippedPool } from './poolProtocol.ts';
import type {
  LookedThrough,
  ModelInfo,
  ModelPlan,
  ModelSource,
  Projection,
  Reference,
  RunOptions,
  SetSource,
  StoredModel,
  SummaryOptions,
} from './protocol.ts';

export type * from './imageProtocol.ts';
export type { PackPart, PackParts, PackSource } from './packProtocol.ts';
export type { PoolRequest, ShippedPool } from './poolProtocol.ts';

/** A list of texts that the open model has read. */
export interface TextPool extends PoolInfo {
  readonly request: PoolRequest;
}

/**
 * The lens worker as the page sees it. Every method takes a signal and a progress callback, rejects
 * with a LensError a person can act on (`cancelled` at once when the signal fires), and may be called
 * again after any failure: a crashed worker is replaced and the model opened anew.
 */
export interface LensClient {
  /** Downloads what is missing, with progress in bytes, and starts the model in place of the one that ran. */
  open(model: ModelSource, options?: RunOptions & JobOptions): Promise<ModelInfo>;
  /** The open model as it is now: its `check` may have come to cover a text tower fetched later. */
  modelInfo(): Promise<ModelInfo | undefined>;
  /** Finds out what opening a model would take, without fetching weights. */
  plan(model: ModelSource, job?: JobOptions): Promise<ModelPlan>;
  storedModels(): Promise<readonly StoredModel[]>;
  /** Deletes what is stored of a model; one that is open goes on running. */
  forgetModel(id: string): Promise<void>;
  /** Bytes of text embeddings that are kept on the disk. */
  keptTexts(): Promise<number>;
  forgetTexts(): Promise<void>;
  /** Decodes files a person chose as a set once: thumbnails of the good, reasons for the bad. */
  lookThrough(files: readonly Blob[], job?: JobOptions): Promise<LookedThrough>;
  /** Second-order analysis of one block over a picture set. Progress counts images. */
  analyse(set: SetSource, options: AnalysisOptions, job?: JobOptions): Promise<BlockAnalysis>;
  /** As `analyse`, but only what a pack keeps of it: the rest stays in the worker. */
  summarise(set: SetSource, options: SummaryOptions, job?: JobOptions): Promise<BlockSummary>;
  /** Signed activations and norms of new pictures against a block's means and directions. */
  project(set: SetSource, block: number, reference: Reference, job?: JobOptions): Promise<Projection>;
  /** Heatmaps of one neuron on the listed pictures of a set. */
  heatmaps(
    set: SetSource,
    images: readonly number[],
    block: number,
    neuron: number,
    direction: Float32Array,
    job?: JobOptions,
  ): Promise<Heatmaps>;
  /** Un-normalised image embeddings [I, D]. */
  embedImages(set: SetSource, job?: JobOptions): Promise<Float32Array>;
  /** Unit text embeddings [texts, D]; fetches the text tower first if it is not here yet, with progress. */
  embedTexts(texts: readonly string[], job?: JobOptions): Promise<Float32Array>;
  /** The lists of texts in a folder of the page, such as `words/`. */
  shippedPools(base: string, job?: JobOptions): Promise<readonly ShippedPool[]>;
  /**
   * A list of texts, read with the open model's text tower; its embeddings stay in the worker and on disk. The
   * pool belongs to that model: open it again after another was opened. Progress counts texts.
   */
  openPool(request: PoolRequest, job?: JobOptions): Promise<TextPool>;
  /**
   * A direction in words. A pool of embeddings [P, D] crosses to the worker once: pass the same array again.
   */
  sparseCode(
    direction: Float32Array,
    pool: Float32Array | TextPool,
    options: SparseCodeOptions,
    job?: JobOptions,
  ): Promise<SparseCode>;
  /** Many directions [N, dim] in words, some tens at a time. Progress counts directions. */
  sparseCodes(
    directions: Float32Array,
    dim: number,
    pool: Float32Array | TextPool,
    options: SparseCodeOptions,
    job?: JobOptions,
  ): Promise<SparseCodes>;
  /** The R² that random directions reach with such codes over the pool; quick the second time. */
  chanceR2(
    pool: Float32Array | TextPool,
    dim: number,
    options: SparseCodeOptions,
    job?: JobOptions,
  ): Promise<ChanceR2>;
  /**
   * Reads one picture of a set against any blocks of an analysis (none is allowed too). The reading belongs to the
   * model that is open; its number is what the five methods below take. They answer within milliseconds, and read
   * the picture again by themselves when the worker has let go of it.
   */
  readImage(
    set: SetSource,
    image: number,
    blocks: readonly BlockReference[],
    job?: JobOptions,
  ): Promise<ImageReading>;
  /** The picture with the second-order effects of any neurons replaced by their means over the analysed set. */
  ablateImage(reading: number, selection: readonly BlockSelection[], job?: JobOptions): Promise<ImageWithout>;
  /** For every block read, the `count` neurons that write most at a patch (0 … G²−1, row by row). */
  patchNeurons(
    reading: number,
    patch: number,
    count: number,
    job?: JobOptions,
  ): Promise<readonly BlockWriters[]>;
  /** The picture without what the neurons of the read blocks (or of those given) write at a patch. */
  ablatePatch(
    reading: number,
    patch: Patch,
    options?: JobOptions & { readonly blocks?: readonly number[] },
  ): Promise<ImageWithout>;
  /** Where on the picture a text [D] is, by the neurons whose directions lie along it. */
  segmentImage(
    reading: number,
    text: Float32Array,
    options: TextMapOptions,
    job?: JobOptions,
  ): Promise<TextMap>;
  /**
   * Where on the picture a text is, by the direct effects of the heads of all blocks (or of those given): the
   * text-span paper's heatmap. The first call for a picture takes a forward pass.
   */
  headTextMap(
    reading: number,
    text: Float32Array,
    options?: JobOptions & { readonly blocks?: readonly number[] },
  ): Promise<PatchMap>;
  /** Where the model's CLS token looks on the picture. */
  attentionMaps(reading: number, job?: JobOptions): Promise<AttentionMaps>;
  /** A picture from an address that a person gave. Needs no model. Progress counts bytes. */
  pictureAt(address: string, job?: JobOptions): Promise<Blob>;
  /** Bytes of a pack that is elsewhere; see PackApi. */
  packFile(source: PackSource, name: string, part: PackPart): Promise<Uint8Array>;
  /** An analysis as one zip, with small copies of the pictures if they are given. */
  packZip(parts: PackParts, pictures?: PicturesToPack): Promise<Blob>;
  /** Runs an experiment with the open model, or goes on where the run of that key stopped. */
  runExperiment(request: ExperimentRequest, job?: JobOptions): Promise<ExperimentRun>;
  /** A run as far as it is: under way, stopped or finished. */
  experiment(key: string): Promise<ExperimentRun | undefined>;
  /** All runs that this browser keeps, the latest first. */
  keptExperiments(): Promise<readonly KeptRun[]>;
  forgetExperiment(key: string): Promise<void>;
  /** Ends the worker; for tests and page teardown. */
  dispose(): void;
}

const startWorker = (): Worker =>
  new Worker(new URL('./lens.worker.ts', import.meta.url), { type: 'module', name: 'lens' });

/** A client with a worker of its own, started with the first call. Keep one for the life of the page. */
export function lensClient(create: () => Worker = startWorker): LensClient {
  sendErrorsWhole();
  return new Client(create);
}

/** Requests of this many readings are remembered, to read a picture again. They hold the page's arrays, not copies. */
const KEPT_REQUESTS = 8;

type Call<T> = (api: Connection['remote'], job: number) => Promise<T>;

class Client implements LensClient {
  readonly #create: () => Worker;
  readonly #progress = new Map<number, (progress: Progress) => void>();
  #jobs = 0;
  #connection: Connection | undefined;
  /** What was opened last, to be opened again in a new worker; and in which connection it is. */
  #model: { source: ModelSource; options: RunOptions; in: Connection; hash: string } | undefined;
  #pools = new WeakMap<Float32Array | TextPool, { id: number; in: Connection }>();
  #poolCount = 0;
  readonly #readings = new Map<number, { read: (job: JobOptions) => Promise<ImageReading> }>();
  #readingCount = 0;

  constructor(create: () => Worker) {
    this.#create = create;
  }

  async open(model: ModelSource, options: RunOptions & JobOptions = {}): Promise<ModelInfo> {
    const { force, threads, precision, ...job } = options;
    const run: RunOptions = { force, threads, precision };
    const connection = this.#connect();
    const info = await this.#call(connection, job, (api, n) => api.open(model, run, n));
    if (this.#model?.hash !== info.hash) this.#readings.clear(); // their blocks are of the other model
    this.#model = { source: model, options: run, in: connection, hash: info.hash };
    return info;
  }

  modelInfo(): Promise<ModelInfo | undefined> {
    return this.#withModel({}, (api) => api.modelInfo());
  }

  plan(model: ModelSource, job: JobOptions = {}): Promise<ModelPlan> {
    return this.#call(this.#connect(), job, (api, n) => api.plan(model, n));
  }

  storedModels(): Promise<readonly StoredModel[]> {
    return this.#call(this.#connect(), {}, (api) => api.storedModels());
  }

  forgetModel(id: string): Promise<void> {
    return this.#call(this.#connect(), {}, (api) => api.forgetModel(id));
  }

  lookThrough(files: readonly Blob[], job: JobOptions = {}): Promise<LookedThrough> {
    return this.#call(this.#connect(), job, (api, n) => api.lookThrough(files, n));
  }

  analyse(set: SetSource, options: AnalysisOptions, job: JobOptions = {}): Promise<BlockAnalysis> {
    return this.#withModel(job, (api, n) => api.analyse(set, options, n));
  }

  summarise(set: SetSource, options: SummaryOptions, job: JobOptions = {}): Promise<BlockSummary> {
    return this.#withModel(job, (api, n) => api.summarise(set, options, n));
  }

  project(set: SetSource, block: number, reference: Reference, job: JobOptions = {}): Promise<Projection> {
    return this.#withModel(job, (api, n) => api.project(set, block, reference, n));
  }

  heatmaps(
    set: SetSource,
    images: readonly number[],
    block: number,
    neuron: number,
    direction: Float32Array,
    job: JobOptions = {},
  ): Promise<Heatmaps> {
    return this.#withModel(job, (api, n) => api.heatmaps(set, images, block, neuron, direction, n));
  }

  embedImages(set: SetSource, job: JobOptions = {}): Promise<Float32Array> {
    return this.#withModel(job, (api, n) => api.embedImages(set, n));
  }

  embedTexts(texts: readonly string[], job: JobOptions = {}): Promise<Float32Array> {
    return this.#withModel(job, (api, n) => api.embedTexts(texts, n));
  }

  shippedPools(base: string, job: JobOptions = {}): Promise<readonly ShippedPool[]> {
    return this.#call(this.#connect(), job, (api, n) => api.shippedPools(base, n));
  }

  async openPool(request: PoolRequest, job: JobOptions = {}): Promise<TextPool> {
    const id = ++this.#poolCount;
    const info = await this.#withModel(job, (api, n) => api.openPool(id, request, n));
    const pool: TextPool = { ...info, request };
    this.#pools.set(pool, { id, in: this.#connect() });
    return pool;
  }

  keptTexts(): Promise<number> {
    const connection = this.#connect();
    return connection.settle(connection.remote.keptTexts());
  }

  forgetTexts(): Promise<void> {
    const connection = this.#connect();
    return connection.settle(connection.remote.forgetTexts());
  }

  sparseCode(
    direction: Float32Array,
    pool: Float32Array | TextPool,
    options: SparseCodeOptions,
    job: JobOptions = {},
  ): Promise<SparseCode> {
    return this.#withPool(pool, job, (api, id, n) => api.sparseCode(direction, id, options, n));
  }

  sparseCodes(
    directions: Float32Array,
    dim: number,
    pool: Float32Array | TextPool,
    options: SparseCodeOptions,
    job: JobOptions = {},
  ): Promise<SparseCodes> {
    return this.#withPool(pool, job, (api, id, n) => api.sparseCodes(directions, dim, id, options, n));
  }

  chanceR2(
    pool: Float32Array | TextPool,
    dim: number,
    options: SparseCodeOptions,
    job: JobOptions = {},
  ): Promise<ChanceR2> {
    return this.#withPool(pool, job, (api, id, n) => api.chanceR2(id, dim, options, n));
  }

  async readImage(
    set: SetSource,
    image: number,
    blocks: readonly BlockReference[],
    job: JobOptions = {},
  ): Promise<ImageReading> {
    const id = ++this.#readingCount;
    const read = (options: JobOptions): Promise<ImageReading> =>
      this.#withModel(options, (api, n) => api.readImage(id, set, image, blocks, n));
    const reading = await read(job);
    this.#readings.set(id, { read });
    for (const oldest of this.#readings.keys()) {
      if (this.#readings.size <= KEPT_REQUESTS) break;
      this.#readings.delete(oldest);
    }
    return reading;
  }

  ablateImage(
    reading: number,
    selection: readonly BlockSelection[],
    job: JobOptions = {},
  ): Promise<ImageWithout> {
    return this.#withReading(reading, job, (api, n) => api.ablateImage(reading, selection, n));
  }

  patchNeurons(
    reading: number,
    patch: number,
    count: number,
    job: JobOptions = {},
  ): Promise<readonly BlockWriters[]> {
    return this.#withReading(reading, job, (api, n) => api.patchNeurons(reading, patch, count, n));
  }

  ablatePatch(
    reading: number,
    patch: Patch,
    { blocks, ...job }: JobOptions & { readonly blocks?: readonly number[] } = {},
  ): Promise<ImageWithout> {
    return this.#withReading(reading, job, (api, n) => api.ablatePatch(reading, patch, blocks, n));
  }

  segmentImage(
    reading: number,
    text: Float32Array,
    options: TextMapOptions,
    job: JobOptions = {},
  ): Promise<TextMap> {
    return this.#withReading(reading, job, (api, n) => api.segmentImage(reading, text, options, n));
  }

  headTextMap(
    reading: number,
    text: Float32Array,
    { blocks, ...job }: JobOptions & { readonly blocks?: readonly number[] } = {},
  ): Promise<PatchMap> {
    return this.#withReading(reading, job, (api, n) => api.headTextMap(reading, text, blocks, n));
  }

  attentionMaps(reading: number, job: JobOptions = {}): Promise<AttentionMaps> {
    return this.#withReading(reading, job, (api, n) => api.attentionMaps(reading, n));
  }

  pictureAt(address: string, job: JobOptions = {}): Promise<Blob> {
    return this.#call(this.#connect(), job, (api, n) => api.pictureAt(address, n));
  }

  packFile(source: PackSource, name: string, part: PackPart): Promise<Uint8Array> {
    return this.#call(this.#connect(), {}, (api) => api.packFile(source, name, part));
  }

  packZip(parts: PackParts, pictures?: PicturesToPack): Promise<Blob> {
    return this.#call(this.#connect(), {}, (api) => api.packZip(parts, pictures));
  }

  runExperiment(request: ExperimentRequest, job: JobOptions = {}): Promise<ExperimentRun> {
    return this.#withModel(job, (api, n) => api.runExperiment(request, n));
  }

  experiment(key: string): Promise<ExperimentRun | undefined> {
    return this.#call(this.#connect(), {}, (api) => api.experiment(key));
  }

  keptExperiments(): Promise<readonly KeptRun[]> {
    return this.#call(this.#connect(), {}, (api) => api.keptExperiments());
  }

  forgetExperiment(key: string): Promise<void> {
    return this.#call(this.#connect(), {}, (api) => api.forgetExperiment(key));
  }

  dispose(): void {
    this.#connection?.end(new LensError('cancelled', 'Cancelled.'));
    this.#connection = undefined;
    this.#model = undefined;
  }

  #connect(): Connection {
    if (!this.#connection || this.#connection.dead()) {
      this.#connection = connect(this.#create, (job, progress) => this.#progress.get(job)?.(progress));
    }
    return this.#connection;
  }

  async #withModel<T>(job: JobOptions, call: Call<T>): Promise<T> {
    const connection = this.#connect();
    const model = this.#model;
    if (model && model.in !== connection) await this.open(model.source, { ...model.options, ...job });
    return this.#call(connection, job, call);
  }

  /** Asks about a picture; one the worker has no more is read again first. */
  async #withReading<T>(id: number, job: JobOptions, call: Call<T>): Promise<T> {
    const known = this.#readings.get(id);
    if (!known) throw new LensError('bad-request', FORGOTTEN_READING);
    try {
      return await this.#withModel(job, call);
    } catch (error) {
      if (!isLensError(error) || error.message !== FORGOTTEN_READING) throw error;
    }
    await known.read(job);
    return this.#withModel(job, call);
  }

  /** Asks about a pool; one the worker does not have, or no more, is handed over or opened first. */
  async #withPool<T>(
    pool: Float32Array | TextPool,
    job: JobOptions,
    ask: (api: Connection['remote'], id: number, job: number) => Promise<T>,
  ): Promise<T> {
    const connection = this.#connect();
    const call = (id: number): Promise<T> => this.#call(connection, job, (api, n) => ask(api, id, n));
    const known = this.#pools.get(pool);
    if (known?.in === connection) {
      try {
        return await call(known.id);
      } catch (error) {
        if (!isForgottenPool(error)) throw error;
      }
    }
    const id = ++this.#poolCount;
    if (pool instanceof Float32Array) {
      this.#pools.set(pool, { id, in: connection }); // at once: messages arrive in order
      await this.#call(connection, job, (api) => api.addPool(id, pool));
    } else {
      await this.#withModel(job, (api, n) => api.openPool(id, pool.request, n));
      this.#pools.set(pool, { id, in: connection });
    }
    return call(id);
  }

  async #call<T>(connection: Connection, options: JobOptions, call: Call<T>): Promise<T> {
    const { signal, onProgress } = options;
    if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
    const job = ++this.#jobs;
    if (onProgress) this.#progress.set(job, onProgress);
    let stop: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => {
        void connection.remote.cancel(job);
        reject(new LensError('cancelled', 'Cancelled.'));
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([connection.settle(call(connection.remote, job)), aborted]);
    } catch (error) {
      // WebAssembly does not recover from a failed allocation: start afresh with the next call.
      if (isLensError(error) && error.tag === 'out-of-memory') connection.end(error);
      throw error;
    } finally {
      if (stop) signal?.removeEventListener('abort', stop);
      this.#progress.delete(job);
    }
  }
}

const isForgottenPool = (error: unknown): boolean =>
  isLensError(error) && error.tag === 'bad-request' && error.message === FORGOTTEN_POOL;
