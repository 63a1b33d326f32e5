import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import { type Preprocessor, preprocessor } from '../src/clip/preprocess.ts';
import { loadTokenizer } from '../src/clip/tokenizer.ts';
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

/** What is needed to run a model again after its device was lost, without fetching it again. */
interface Loaded {
  readonly folder: ModelFolder;
  readonly run: RunOptions;
}

/** The worker's one open model. Opening another replaces it; a failed opening leaves the old one. */
export class OpenModel {
  #loaded: Loaded | undefined;
  #running: Promise<Running> | undefined;

  async open(source: ModelSource, run: RunOptions, job: JobOptions): Promise<ModelInfo> {
    const same =
      this.#loaded?.folder.url === source.url &&
      this.#loaded.run.force === run.force &&
      this.#loaded.run.threads === run.threads;
    if (!same) {
      const folder = await fetchModelFolder(source, job);
      await this.#close();
      this.#loaded = { folder, run };
    }
    const { engine } = await this.running(job);
    return { config: engine.config, backend: engine.backend, hash: this.#loaded!.folder.hash };
  }

  /**
   * The open model, started again if its device was lost.
   * @throws LensError `bad-request` when none was opened
   */
  async running(job: JobOptions): Promise<Running> {
    if (!this.#loaded) throw new LensError('bad-request', 'No model is open yet.');
    if (!this.#running) {
      job.onProgress?.({ stage: 'Starting the model', done: 0, total: 1 });
      const started = start(this.#loaded, () => {
        if (this.#running === started) this.#running = undefined;
      });
      this.#running = started;
      started.catch(() => {
        if (this.#running === started) this.#running = undefined;
      });
    }
    return this.#running;
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

async function start({ folder, run }: Loaded, onLost: () => void): Promise<Running> {
  const weights = readCheckpoint(folder.weights, folder.config);
  const { vision, text } = weights.config;
  const tokenizer =
    text && folder.tokenizer ? loadTokenizer(folder.tokenizer, text.contextLength) : undefined;
  const prepare: Preprocessor = preprocessor(folder.preprocessor, vision?.imageSize);
  if (vision && prepare.imageSize !== vision.imageSize) {
    throw new LensError(
      'bad-file',
      `${folder.url} prepares pictures of ${prepare.imageSize} pixels, but its model wants ${vision.imageSize}.`,
    );
  }
  const { openWebEngine } = await import('../src/engine/webEngine.ts');
  const { engine, lost } = await openWebEngine({ weights, tokenizer, ...run });
  void lost.then(onLost);
  return { engine, pixelsOf: (pictures) => pixelSource(pictures, prepare) };
}
