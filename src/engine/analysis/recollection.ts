import { tokenCount, type VisionConfig } from '../../clip/config.ts';
import { OUTPUTS } from '../../clip/trace.ts';
import { EFFECT_UNITS, type ImageTrace } from '../../lens/secondOrderEffects.ts';
import type { JobOptions } from '../../progress.ts';
import type { Results } from '../backend.ts';
import type { PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { lightTraces } from '../towers/traces.ts';

/** Images of a chunk at most, and bytes of one block's: enough for fast products, little enough for any buffer. */
const CHUNK_IMAGES = 256;
const CHUNK_BYTES = 32 * 2 ** 20;

/** What is kept of some images in a row. */
export interface Chunk {
  readonly from: number;
  readonly size: number;
  /** a/sd [size, R, T] of all heads after the first recalled block. */
  readonly readers: Float32Array;
  /** By block: what its MLP read, [size, T, W]. */
  readonly inputs: Map<number, Float32Array>;
}

/**
 * What one sweep of forward passes leaves of an image set, from which the coefficients of some blocks can
 * be computed again: c = readers·activation(inputs·W₁ + b₁), a third of one block's work, where another
 * forward pass is all blocks'. T·W + R·T floats an image and block, where c itself takes R·N.
 */
export class Recollection {
  readonly images: number;
  readonly blocks: readonly number[];
  readonly chunks: Chunk[] = [];
  /** r [I, D] */
  readonly embeddings: Float32Array;
  readonly #config: VisionConfig;
  readonly #first: number;
  readonly #traces: Omit<ImageTrace, 'coefficients'>[] = [];
  /** Σ_images ĉ [R, N] by block. */
  readonly #sums = new Map<number, Float64Array>();

  private constructor(config: VisionConfig, dim: number, images: number, blocks: readonly number[]) {
    this.images = images;
    this.blocks = blocks;
    this.#config = config;
    this.#first = Math.min(...blocks);
    this.embeddings = new Float32Array(images * dim);
  }

  /** Bytes kept of an image set for so many blocks, the first of them `first`. */
  static bytes(config: VisionConfig, images: number, first: number, blocks: number): number {
    const readers = (config.layers - 1 - first) * config.heads;
    return 4 * images * tokenCount(config) * (blocks * config.width + readers);
  }

  /** One sweep over the set; the device is free for others between batches. */
  static async gather(
    tower: ImageTower,
    pixels: PixelSource,
    blocks: readonly number[],
    { stage, signal, onProgress }: JobOptions & { stage: string },
  ): Promise<Recollection> {
    const { count } = pixels;
    const kept = new Recollection(tower.config, tower.dim, count, blocks);
    const each = 4 * tokenCount(tower.config) * tower.config.width;
    const most = Math.min(CHUNK_IMAGES, Math.floor(CHUNK_BYTES / each));
    const chunk = Math.max(1, Math.floor(most / tower.batchSize)) * tower.batchSize;
    onProgress?.({ stage, done: 0, total: count });
    for (let from = 0; from < count; from += tower.batchSize) {
      const size = Math.min(tower.batchSize, count - from);
      if (from % chunk === 0) kept.#begin(from, Math.min(chunk, count - from));
      const batch = await pixels.read(from, size, signal);
      kept.#keep(await tower.step('long', () => tower.run(batch, { recall: blocks }), signal), from, size);
      onProgress?.({ stage, done: from + size, total: count });
    }
    return kept;
  }

  /** Mean ĉ [R, N] of a block. */
  mean(block: number): Float32Array {
    return Float32Array.from(this.#sums.get(block)!, (sum) => (EFFECT_UNITS * sum) / this.images);
  }

  /** Traces as seen from the neurons of `block`: its later heads are the last ones kept. */
  traces(block: number): Omit<ImageTrace, 'coefficients'>[] {
    const skipped = (block - this.#first) * this.#config.heads;
    if (skipped === 0) return this.#traces;
    return this.#traces.map((trace) => ({
      ...trace,
      attentionOverStd: Array.from(trace.attentionOverStd).slice(skipped),
      attentionMeanOverStd: Array.from(trace.attentionMeanOverStd).slice(skipped),
    }));
  }

  /** Lets go of what is kept of a block. */
  forget(block: number): void {
    for (const { inputs } of this.chunks) inputs.delete(block);
    this.#sums.delete(block);
  }

  #begin(from: number, size: number): void {
    const { layers, heads, width } = this.#config;
    const tokens = tokenCount(this.#config);
    this.chunks.push({
      from,
      size,
      readers: new Float32Array(size * (layers - 1 - this.#first) * heads * tokens),
      inputs: new Map(this.blocks.map((block) => [block, new Float32Array(size * tokens * width)])),
    });
  }

  #keep(results: Results, from: number, size: number): void {
    const floats = (name: string) => results[name]!.data as Float32Array;
    const chunk = this.chunks.at(-1)!;
    const put = (target: Float32Array, values: Float32Array) =>
      target.set(values, (from - chunk.from) * (values.length / size));
    put(chunk.readers, floats(OUTPUTS.readers));
    for (const block of this.blocks) {
      put(chunk.inputs.get(block)!, floats(OUTPUTS.mlpInput(block)));
      const batch = floats(OUTPUTS.coefficientSum(block));
      const sums = this.#sums.get(block) ?? new Float64Array(batch.length);
      for (let i = 0; i < batch.length; i++) sums[i]! += batch[i]!;
      this.#sums.set(block, sums);
    }
    const { layers } = this.#config;
    const later = Array.from({ length: layers - 1 - this.#first }, (_, i) => this.#first + 1 + i);
    this.#traces.push(...lightTraces(results, size, later));
    const embeddings = floats(OUTPUTS.embedding);
    this.embeddings.set(embeddings, from * (embeddings.length / size));
  }
}
