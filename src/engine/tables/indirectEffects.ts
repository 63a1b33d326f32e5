import { OUTPUTS } from '../../clip/trace.ts';
import { matrix } from '../../clip/values.ts';
import type { ClipWeights } from '../../clip/weights.ts';
import { LensError } from '../../errors.ts';
import { indirectEffect } from '../../lens/indirectEffect.ts';
import { addScaled } from '../../lens/vectors.ts';
import type { JobOptions } from '../../progress.ts';
import type { PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';

export interface IndirectRequest {
  readonly block: number;
  /** Neurons to ablate, one at a time. */
  readonly neurons: readonly number[];
  /** Means of the activations over a set, [T, N]: see {@link meanActivations}. */
  readonly means: ArrayLike<number>;
}

/** One image with each of the neurons ablated in turn. */
export interface IndirectOnImage {
  readonly image: number;
  /** [D] un-normalised, of the untouched model */
  readonly embedding: Float32Array;
  /** [neurons, D] un-normalised, with one neuron's activations at their means */
  readonly ablated: Float32Array;
}

/**
 * Mean activation of every neuron of some blocks at every token over a set, [T, N] each, in the order of the blocks:
 * one sweep of forward passes, memory flat in the images.
 */
export async function meanActivations(
  tower: ImageTower,
  pixels: PixelSource,
  blocks: readonly number[],
  job: JobOptions,
): Promise<Float64Array[]> {
  const sums: Float64Array[] = [];
  for (let from = 0; from < pixels.count; from += tower.batchSize) {
    const size = Math.min(tower.batchSize, pixels.count - from);
    const batch = await pixels.read(from, size, job.signal);
    const results = await tower.step('long', () => tower.run(batch, { activations: blocks }), job.signal);
    for (const [i, block] of blocks.entries()) {
      const values = results[OUTPUTS.activations(block)]!.data as Float32Array;
      const each = values.length / size;
      sums[i] ??= new Float64Array(each);
      for (let b = 0; b < size; b++) addScaled(sums[i], 1 / pixels.count, values, each, 0, b * each);
    }
    job.onProgress?.({ stage: 'Mean activations', done: from + size, total: pixels.count });
  }
  if (pixels.count === 0) throw new LensError('bad-request', 'Means need at least one picture.');
  return sums;
}

/**
 * Mean-ablates one neuron after another on every image and runs the rest of the tower again
 * (prs_indirect_effect.py): what the neuron writes is replaced at every token, x + (mean − p)·w_n, behind its
 * block, and only the later blocks are run, as many neurons at a time as a batch holds.
 * @throws LensError `bad-request` for a neuron or means that do not fit; `cancelled`
 */
export async function* indirectEffects(
  tower: ImageTower,
  weights: ClipWeights,
  pixels: PixelSource,
  { block, neurons, means }: IndirectRequest,
  job: JobOptions,
): AsyncGenerator<IndirectOnImage> {
  const { width, neurons: all } = tower.config;
  const unknown = neurons.find((n) => !Number.isInteger(n) || n < 0 || n >= all);
  if (unknown !== undefined) throw new LensError('bad-request', `There is no neuron ${unknown}.`);
  const fc2 = weights.vision?.blocks[block]?.fc2.weight;
  if (!fc2) throw new LensError('bad-request', `There is no block ${block}.`);
  const writes = matrix(weights, fc2, 'in-out').data; // [N, W]
  const instruments = { activations: [block], residual: [block] };
  for (let image = 0; image < pixels.count; image++) {
    const picture = await pixels.read(image, 1, job.signal);
    const results = await tower.step('long', () => tower.run(picture, instruments), job.signal);
    const read = (name: string) => results[name]!.data as Float32Array;
    const [activations, residual] = [read(OUTPUTS.activations(block)), read(OUTPUTS.residual(block))];
    if (means.length !== activations.length)
      throw new LensError('bad-request', 'The mean activations belong to another model.');
    const ablated = new Float32Array(neurons.length * tower.dim);
    for (let from = 0; from < neurons.length; from += tower.batchSize) {
      const some = neurons.slice(from, from + tower.batchSize);
      const batch = new Float32Array(some.length * residual.length);
      some.forEach((n, b) => {
        const at = b * residual.length;
        batch.set(residual, at);
        for (let t = 0; t * width < residual.length; t++) {
          const change = means[t * all + n]! - activations[t * all + n]!;
          addScaled(batch, change, writes, width, at + t * width, n * width);
        }
      });
      const rows = await tower.step('long', () => tower.runRest(block, batch, some.length), job.signal);
      ablated.set(rows, from * tower.dim);
    }
    yield { image, embedding: read(OUTPUTS.embedding), ablated };
    job.onProgress?.({ stage: `Block ${block}: indirect effects`, done: image + 1, total: pixels.count });
  }
}

/** Changes [neurons, D] of one image at length 100: ablated less untouched. */
export function indirectChanges({ embedding, ablated }: IndirectOnImage): Float64Array[] {
  const dim = embedding.length;
  return Array.from({ length: ablated.length / dim }, (_, i) =>
    indirectEffect(embedding, ablated.subarray(i * dim, (i + 1) * dim)),
  );
}
