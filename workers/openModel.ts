import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import { activationNotes, pictureSettings } from '../src/clip/pictureSettings.ts';
import { assertFinite, towerTensors } from '../src/clip/values.ts';
import type { RunPlan } from '../src/engine/checks/plan.ts';
import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { pixelSource } from '../src/engine/pixels.ts';
import { LensError } from '../src/errors.ts';
import type { PictureSource } from '../src/images/picture.ts';
import type { JobOptions } from '../src/progress.ts';
import { fetchModelFolder } from './modelFolder.ts';
import { readChosenFiles } from './models/chosenFiles.ts';
import { fetchModel } from './models/fetchModel.ts';
import type { LateText, LoadedModel } from './models/loaded.ts';
import { precisionOf, tokenizerOf } from './models/readModel.ts';
import type { Recipe } from './models/recipe.ts';
import type { Patience } from './models/remoteFile.ts';
import type { ModelStore } from './models/store.ts';
import type { ModelInfo, ModelSource, RunOptions } from './protocol.ts';

/** A model that runs. */
export interface Running {
  readonly engine: Engine;
  readonly pixelsOf: (pictures: PictureSource) => PixelSource;
  readonly plan: RunPlan | undefined;
}

/** Where models that must be fetched come from: the store, and the recipe of a source. */
export interface Larder {
  readonly store: () => Promise<ModelStore>;
  readonly recipe: (source: StoredSource, job: JobOptions) => Promise<Recipe>;
  readonly patience?: Patience;
}

export type StoredSource = Extract<ModelSource, { kind: 'catalogue' | 'url' | 'stored' }>;

interface Opened {
  readonly source: ModelSource;
  readonly run: RunOptions;
  readonly model: LoadedModel;
  info?: ModelInfo;
  /** Fetched once, also for an engine that is started again. */
  text?: Promise<LateText>;
}

/** The worker's one open model. Opening another replaces it; one that cannot be read leaves it as it is. */
export class OpenModel {
  readonly #larder: Larder;
  #opened: Opened | undefined;
  #running: Promise<Running> | undefined;
  /** Openings come one after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(larder: Larder) {
    this.#larder = larder;
  }

  open(source: ModelSource, run: RunOptions, job: JobOptions): Promise<ModelInfo> {
    const opening = this.#last.then(() => this.#open(source, run, job));
    this.#last = opening.catch(() => {});
    return opening;
  }

  info(): ModelInfo | undefined {
    return this.#opened?.info;
  }

  /**
   * The open model, started again if its device was lost.
   * @throws LensError `bad-request` when none is open
   */
  async running(job: JobOptions): Promise<Running> {
    if (!this.#opened) throw new LensError('bad-request', 'No model is open yet.');
    if (!this.#running) {
      job.onProgress?.({ stage: 'Starting the model', done: 0, total: 1 });
      const forget = (): void => {
        if (this.#running === started) this.#running = undefined;
      };
      const started = this.#start(this.#opened, forget);
      this.#running = started;
      started.catch(forget);
    }
    return this.#running;
  }

  async #open(source: ModelSource, run: RunOptions, job: JobOptions): Promise<ModelInfo> {
    if (job.signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
    const opened = this.#opened;
    const same = opened && sameSource(opened.source, source) && sameRun(opened.run, run);
    if (!same) {
      // What ships with the page is no larger than the runtime, which starts meanwhile; of others only the plan says if they can run.
      if (source.kind === 'folder') void prepareRuntime(run);
      const model = await this.#load(source, job);
      await this.#close(); // before the new one starts: the two might not fit together
      this.#opened = { source, run, model };
    }
    try {
      const running = await this.running(job);
      const info = this.#opened!.info ?? (await this.#describe(this.#opened!, running, job));
      this.#opened!.info = info;
      return info;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async #load(source: ModelSource, job: JobOptions): Promise<LoadedModel> {
    if (source.kind === 'folder') return readFolder(source.url, job);
    if (source.kind === 'files') return readChosenFiles(source.files, job);
    const recipe = await this.#larder.recipe(source, job);
    return fetchModel(recipe, await this.#larder.store(), job, this.#larder.patience);
  }

  async #describe({ model }: Opened, { engine, plan }: Running, job: JobOptions): Promise<ModelInfo> {
    const { config, backend } = engine;
    job.onProgress?.({ stage: 'Checking the model', done: 0, total: 1 });
    return {
      ...model.facts,
      config,
      backend,
      check: await engine.selfCheck(model.outputsOf, model.exactness),
      plan: plan && {
        gpuBytes: plan.gpuBytes,
        heapBytes: plan.heapBytes,
        secondsPerImage: plan.secondsPerImage,
        sentences: plan.sentences,
      },
    };
  }

  async #start(opened: Opened, onLost: () => void): Promise<Running> {
    const { weights, tokenizer, preprocessor, loadText } = opened.model;
    const { openWebEngine } = await webEngine();
    const { engine, lost, plan } = await openWebEngine({
      weights,
      tokenizer,
      ...(loadText && { loadText: (job: JobOptions) => this.#loadText(opened, () => engine, job) }),
      ...opened.run,
    });
    void lost.then(onLost);
    return { engine, pixelsOf: (pictures) => pixelSource(pictures, preprocessor), plan };
  }

  async #loadText(opened: Opened, engine: () => Engine, job: JobOptions): Promise<LateText> {
    opened.text ??= opened.model.loadText!(job).catch((error: unknown) => {
      opened.text = undefined;
      throw error;
    });
    const text = await opened.text;
    setTimeout(() => void this.#checkAgain(opened, text, engine()), 0); // once the engine has it
    return text;
  }

  /** With the text tower the check covers more. The texts that were asked for need not wait for it. */
  async #checkAgain(opened: Opened, { verified, weights }: LateText, engine: Engine): Promise<void> {
    const { model, info } = opened;
    if (!info) return;
    const check = await engine.selfCheck(model.outputsOf, model.exactness).catch(() => info.check);
    const config = { ...info.config, ...(weights.config.text && { text: weights.config.text }) };
    opened.info = { ...info, config, verified, check };
  }

  async #close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#opened = undefined;
    await running?.then(
      ({ engine }) => engine.dispose(),
      () => {}, // it never ran
    );
  }
}

/** The runtime is imported dynamically: see `webBackend`. */
const webEngine = () => import('../src/engine/webEngine.ts');

/** Where this fails, the start that follows tells it. */
const prepareRuntime = (run: RunOptions): Promise<void> =>
  webEngine()
    .then((engine) => engine.prepareRuntime(run))
    .catch(() => {});

const sameRun = (a: RunOptions, b: RunOptions): boolean =>
  a.force === b.force && a.threads === b.threads && a.precision === b.precision;

function sameSource(a: ModelSource, b: ModelSource): boolean {
  if (a.kind !== b.kind || a.kind === 'files' || b.kind === 'files') return false;
  const name = (source: typeof a | typeof b): string => ('url' in source ? source.url : source.id);
  return name(a) === name(b);
}

/** @throws LensError `bad-file` or `unsupported` for files that are no CLIP model or do not fit together */
async function readFolder(url: string, job: JobOptions): Promise<LoadedModel> {
  const folder = await fetchModelFolder({ url }, job);
  const weights = readCheckpoint(folder.weights, folder.config);
  assertFinite(weights);
  const tokenizer = tokenizerOf(folder.tokenizer, weights);
  const { preprocessor, notes } = pictureSettings(folder.preprocessor, folder.config, weights, url);
  const name = url.replace(/\/$/, '').split('/').at(-1) ?? url;
  return {
    facts: {
      id: name, // a folder ships with the page, under the name that views have for it
      title: name,
      hash: folder.hash,
      hashOf: 'whole file',
      verified: 'none',
      bytes: folder.weights.byteLength,
      precision: precisionOf(towerTensors(weights)),
      hasTexts: tokenizer !== undefined,
      noTexts: tokenizer ? undefined : 'This model has no text tower or no tokenizer.',
      notes: [...notes, ...activationNotes(weights)],
    },
    weights,
    tokenizer,
    preprocessor,
  };
}
