import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import { type Preprocessor, preprocessor } from '../src/clip/preprocess.ts';
import { loadTokenizer, type Tokenizer } from '../src/clip/tokenizer.ts';
import type { ClipWeights } from '../src/clip/weights.ts';
import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { pixelSource } from '../src/engine/pixels.ts';
import { LensError } from '../src/errors.ts';
import type { PictureSource } from '../src/images/picture.ts';
import type { JobOptions } from '../src/progress.ts';
import { fetchModelFolder, type ModelFolder } from './modelFolder.ts';
import type { ModelInfo, ModelSource, RunOptions } from './protocol.ts';

/** A model that runs. */
export interface Running {
  readonly engine: Engine;
  readonly pixelsOf: (pictures: PictureSource) => PixelSource;
}

/** A model read and checked: what it takes to start it, also again after its device was lost. */
interface Loaded {
  readonly url: string;
  readonly run: RunOptions;
  readonly hash: string;
  readonly weights: ClipWeights;
  readonly tokenizer: Tokenizer | undefined;
  readonly preprocessor: Preprocessor;
}

/** The worker's one open model. Opening another replaces it; one that cannot be read leaves it as it is. */
export class OpenModel {
  #loaded: Loaded | undefined;
  #info: ModelInfo | undefined;
  #running: Promise<Running> | undefined;
  /** Openings come one after another. */
  #last: Promise<unknown> = Promise.resolve();

  open(source: ModelSource, run: RunOptions, job: JobOptions): Promise<ModelInfo> {
    const opening = this.#last.then(() => this.#open(source, run, job));
    this.#last = opening.catch(() => {});
    return opening;
  }

  info(): ModelInfo | undefined {
    return this.#info;
  }

  /**
   * The open model, started again if its device was lost.
   * @throws LensError `bad-request` when none is open
   */
  async running(job: JobOptions): Promise<Running> {
    if (!this.#loaded) throw new LensError('bad-request', 'No model is open yet.');
    if (!this.#running) {
      job.onProgress?.({ stage: 'Starting the model', done: 0, total: 1 });
      const forget = (): void => {
        if (this.#running === started) this.#running = undefined;
      };
      const started = start(this.#loaded, forget);
      this.#running = started;
      started.catch(forget);
    }
    return this.#running;
  }

  async #open(source: ModelSource, run: RunOptions, job: JobOptions): Promise<ModelInfo> {
    if (source.kind !== 'folder') {
      throw new LensError('unavailable', 'Only the model that ships with the page opens as yet.');
    }
    const { url } = source;
    const same = this.#loaded?.url === url && sameRun(this.#loaded.run, run);
    if (!same) {
      const loaded = read(await fetchModelFolder(source, job), run);
      await this.#close(); // before the new one starts: the two might not fit together
      this.#loaded = loaded;
    }
    try {
      const { engine } = await this.running(job);
      const { hash, weights, tokenizer } = this.#loaded!;
      const bytes = [...weights.files.values()].reduce((sum, file) => sum + file.byteLength, 0);
      this.#info = {
        id: `local-${hash.slice(0, 12)}`,
        title: url.replace(/\/$/, '').split('/').at(-1) ?? url,
        config: engine.config,
        backend: engine.backend,
        hash,
        hashOf: 'whole file',
        verified: 'none',
        bytes,
        precision: weights.vision?.blocks[0]?.fc1.weight.dtype === 'F16' ? 'float16' : 'float32',
        hasTexts: tokenizer !== undefined,
        notes: [],
      };
      return this.#info;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }

  async #close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#loaded = undefined;
    await running?.then(
      ({ engine }) => engine.dispose(),
      () => {}, // it never ran
    );
  }
}

const sameRun = (a: RunOptions, b: RunOptions): boolean => a.force === b.force && a.threads === b.threads;

/** @throws LensError `bad-file` or `unsupported` for files that are no CLIP model or do not fit together */
function read(folder: ModelFolder, run: RunOptions): Loaded {
  const { url, hash } = folder;
  const weights = readCheckpoint(folder.weights, folder.config);
  const { vision, text } = weights.config;
  const tokenizer =
    text && folder.tokenizer ? loadTokenizer(folder.tokenizer, text.contextLength) : undefined;
  const prepare = preprocessor(folder.preprocessor, vision?.imageSize);
  if (vision && prepare.imageSize !== vision.imageSize) {
    throw new LensError(
      'bad-file',
      `${url} prepares pictures of ${prepare.imageSize} pixels, but its model wants ${vision.imageSize}.`,
    );
  }
  return { url, run, hash, weights, tokenizer, preprocessor: prepare };
}

async function start(loaded: Loaded, onLost: () => void): Promise<Running> {
  const { weights, tokenizer, run } = loaded;
  const { openWebEngine } = await import('../src/engine/webEngine.ts');
  const { engine, lost } = await openWebEngine({ weights, tokenizer, ...run });
  void lost.then(onLost);
  return { engine, pixelsOf: (pictures) => pixelSource(pictures, loaded.preprocessor) };
}
