import type { VisionConfig } from '../clip/config.ts';
import { imageTowerGraph, PIXELS } from '../clip/graph/imageTower.ts';
import type { Instruments } from '../clip/trace.ts';
import type { ClipWeights } from '../clip/weights.ts';
import type { Backend, Results } from './backend.ts';
import type { Priority, Scheduler } from './scheduler.ts';
import type { Sessions } from './sessions.ts';

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
    });
    const side = this.config.imageSize;
    const shape = [pixels.length / (3 * side * side), 3, side, side];
    return session.run({ [PIXELS]: this.#backend.tensor('float32', pixels, shape) });
  }
}
