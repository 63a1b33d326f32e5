import type { VisionConfig } from '../../clip/config.ts';
import { imageTowerGraph, PIXELS } from '../../clip/graph/imageTower.ts';
import { RESIDUAL, restOfTowerGraph } from '../../clip/graph/restOfTower.ts';
import { type Instruments, OUTPUTS } from '../../clip/trace.ts';
import type { ClipWeights } from '../../clip/weights.ts';
import type { Backend, Results } from '../backend.ts';
import type { Priority, Scheduler } from '../running/scheduler.ts';
import type { Sessions } from '../running/sessions.ts';

/** The image tower on a device. */
export class ImageTower {
  readonly config: VisionConfig;
  readonly dim: number;
  readonly batchSize: number;
  readonly #weights: ClipWeights;
  readonly #backend: Backend;
  readonly #sessions: Sessions;
  readonly #scheduler: Scheduler;
  readonly #half: boolean;

  constructor(
    weights: ClipWeights,
    config: VisionConfig,
    batchSize: number,
    backend: Backend,
    sessions: Sessions,
    scheduler: Scheduler,
  ) {
    this.#weights = weights;
    this.config = config;
    this.dim = weights.config.dim;
    this.batchSize = batchSize;
    this.#backend = backend;
    this.#sessions = sessions;
    this.#scheduler = scheduler;
    this.#half = backend.info.precision === 'float16';
  }

  /** Waits for the device, then runs `work`, alone. */
  step<T>(priority: Priority, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#scheduler.run(priority, work, signal);
  }

  /** One batch [B, 3, S, S] through the tower, inside a step. Outputs in `keepOnDevice` stay on a GPU. */
  async run(
    pixels: Float32Array,
    instruments: Instruments,
    keepOnDevice: readonly string[] = [],
  ): Promise<Results> {
    const session = await this.#sessions.get({
      key: `image ${JSON.stringify([instruments, keepOnDevice])}`,
      graph: () => imageTowerGraph(this.#weights, instruments, { half: this.#half }),
      keepOnDevice,
      keepMemory: instruments.scaled !== undefined, // megabytes an image, again and again
    });
    const side = this.config.imageSize;
    const shape = [pixels.length / (3 * side * side), 3, side, side];
    return session.run({ [PIXELS]: this.#backend.tensor('float32', pixels, shape) });
  }

  /** Residual streams [count, T, W] after a block, through the rest of the tower, inside a step: embeddings [count, D]. */
  async runRest(after: number, residual: Float32Array, count: number): Promise<Float32Array> {
    const session = await this.#sessions.get({
      key: `rest of the image tower after ${after}`,
      graph: () => restOfTowerGraph(this.#weights, after, { half: this.#half }),
    });
    const { width } = this.config;
    const shape = [count, residual.length / (count * width), width];
    const results = await session.run({ [RESIDUAL]: this.#backend.tensor('float32', residual, shape) });
    return results[OUTPUTS.embedding]!.data as Float32Array;
  }
}
