import { OUTPUTS } from '../../clip/trace.ts';
import type { JobOptions } from '../../progress.ts';
import type { Results, Tensor } from '../backend.ts';
import type { PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';

/**
 * Bytes that an analysis may keep of the images. Where that is too little to recall them (`recollection.ts`), it
 * looks at all images' coefficients c [B, R, N] three times: for the mean, for
 * the norms (and the top sets), and for the signed activations. The first look keeps them, in memory (the
 * GPU's, on WebGPU), as far as the budget goes; the images beyond it go through the model again for
 * each further look. With budget 0 memory is flat in the number of images and time is three forward passes.
 */
export const DEFAULT_BUDGET_BYTES = 2 ** 30;

/** I·R·N float32: 590 MB for 2,000 images of ViT-B/32 block 9, 3.2 GB for block 0. */
export const coefficientBytes = (images: number, heads: number, neurons: number): number =>
  4 * images * heads * neurons;

/** One batch of a sweep. */
export interface CoefficientBatch {
  readonly from: number;
  readonly size: number;
  /** c [size, R, N]; the source disposes of it. */
  readonly coefficients: Tensor;
  /** The other outputs of the tower; only in the first sweep. */
  readonly rest: Results | undefined;
}

export interface SweepOptions extends JobOptions {
  readonly stage: string;
}

export class CoefficientSource {
  /** How many images' coefficients are kept; all of them, where the budget allows. */
  readonly keptImages: number;
  readonly #tower: ImageTower;
  readonly #pixels: PixelSource;
  readonly #block: number;
  readonly #batch: number;
  readonly #kept: Tensor[] = [];
  #sweeps = 0;

  constructor(tower: ImageTower, pixels: PixelSource, block: number, keptImages: number) {
    this.#tower = tower;
    this.#pixels = pixels;
    this.#block = block;
    this.#batch = tower.batchSize;
    this.keptImages = keptImages;
  }

  /** Visits every batch in order, each in a step of its own while it has the device. */
  async sweep(visit: (batch: CoefficientBatch) => Promise<void>, options: SweepOptions): Promise<void> {
    const { count } = this.#pixels;
    const first = this.#sweeps++ === 0;
    const total = { stage: options.stage, total: count };
    options.onProgress?.({ ...total, done: 0 });
    for (let from = 0, index = 0; from < count; from += this.#batch, index++) {
      const size = Math.min(this.#batch, count - from);
      await this.#visitBatch(from, size, index, first, visit, options);
      options.onProgress?.({ ...total, done: from + size });
    }
  }

  /** Lets go of what was kept. */
  release(): void {
    for (const tensor of this.#kept.splice(0)) tensor.dispose();
  }

  async #visitBatch(
    from: number,
    size: number,
    index: number,
    first: boolean,
    visit: (batch: CoefficientBatch) => Promise<void>,
    { signal }: SweepOptions,
  ): Promise<void> {
    const kept = this.#kept[index];
    if (kept) {
      await this.#tower.step(
        'long',
        () => visit({ from, size, coefficients: kept, rest: undefined }),
        signal,
      );
      return;
    }
    const pixels = await this.#pixels.read(from, size, signal);
    const name = OUTPUTS.coefficients(this.#block);
    await this.#tower.step(
      'long',
      async () => {
        const results = await this.#tower.run(pixels, { coefficients: [this.#block] }, [name]);
        const coefficients = results[name]!;
        try {
          await visit({ from, size, coefficients, rest: first ? results : undefined });
          if (first && from + size <= this.keptImages) this.#kept.push(coefficients);
        } finally {
          if (this.#kept[index] !== coefficients) coefficients.dispose();
        }
      },
      signal,
    );
  }
}
