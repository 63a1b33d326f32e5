import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import { effectScale, sharedPart } from '../../lens/secondOrderEffects.ts';
import { dot } from '../../lens/vectors.ts';
import type { JobOptions } from '../../progress.ts';
import type { PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { lightTraces } from '../towers/traces.ts';
import type { BlockPasses } from './blockPasses.ts';

/** Means and directions [N, D] that images are measured against. */
interface Reference {
  readonly means: Float32Array;
  readonly directions: Float32Array;
}

interface Projected {
  /** [B, N] */
  readonly activations: Float32Array;
  /** [B, N] */
  readonly norms: Float32Array;
  /** [B, D] */
  readonly embeddings: Float32Array;
}

/**
 * Signed activations and norms of new images against means that came from elsewhere (a pack): there
 * the mean is a D-vector, not coefficients. Every batch is centred on itself first, and only the batch
 * mean's distance to the given mean is formed in full, [N, D]: no difference of large numbers.
 */
export async function project(
  tower: ImageTower,
  passes: BlockPasses,
  pixels: PixelSource,
  reference: Reference,
  job: JobOptions,
): Promise<Projected> {
  const { neurons, dim } = passes.paths;
  for (const values of [reference.means, reference.directions]) {
    if (values.length === neurons * dim) continue;
    throw new LensError('bad-request', 'The means and directions belong to another model.');
  }
  const { count } = pixels;
  const result = {
    activations: new Float32Array(count * neurons),
    norms: new Float32Array(count * neurons),
    embeddings: new Float32Array(count * dim),
  };
  const priority = count <= 2 * tower.batchSize ? 'short' : 'long';
  const along = await tower.step(priority, () => passes.along(reference.directions), job.signal);
  for (let from = 0; from < count; from += tower.batchSize) {
    const size = Math.min(tower.batchSize, count - from);
    const batch = await pixels.read(from, size, job.signal);
    const work = () => projectBatch(tower, passes, batch, size, { ...reference, along });
    const done = await tower.step(priority, work, job.signal);
    result.activations.set(done.activations, from * neurons);
    result.norms.set(done.norms, from * neurons);
    result.embeddings.set(done.embeddings, from * dim);
    job.onProgress?.({ stage: 'Measuring pictures', done: from + size, total: count });
  }
  return result;
}

async function projectBatch(
  tower: ImageTower,
  passes: BlockPasses,
  pixels: Float32Array,
  size: number,
  reference: Reference & { along: Float32Array },
): Promise<Projected> {
  const { block, shared, dim, neurons } = passes.paths;
  const name = OUTPUTS.coefficients(block);
  const results = await tower.run(pixels, { coefficients: [block] }, [name]);
  const coefficients = results[name]!;
  try {
    const traces = lightTraces(results, size, passes.laterBlocks);
    const scales = Float32Array.from(traces, effectScale);
    const pivot = (await passes.sum(coefficients, scales)).map((sum) => sum / size);
    const { mean, centred } = centre(
      traces.map((trace) => sharedPart(shared, trace)),
      dim,
    );
    const offset = await passes.effects(pivot, mean);
    for (let i = 0; i < offset.length; i++) offset[i]! -= reference.means[i]!;

    const batch = { coefficients, scales, pivot, shared: centred };
    const measured = await passes.norms(batch, { vectors: offset, along: await passes.along(offset) });
    const activations = await passes.activations({ ...batch, ...reference });
    for (let n = 0; n < neurons; n++) {
      const ofOffset = dot(offset, reference.directions, dim, n * dim, n * dim);
      for (let b = 0; b < size; b++) activations[b * neurons + n]! += ofOffset;
    }
    const embeddings = results[OUTPUTS.embedding]!.data as Float32Array;
    return { activations, norms: measured.norms, embeddings };
  } finally {
    coefficients.dispose();
  }
}

/** Mean of the rows, and the rows less their mean [rows, dim]. */
function centre(rows: readonly Float64Array[], dim: number): { mean: Float32Array; centred: Float32Array } {
  const mean = new Float64Array(dim);
  for (const row of rows)
    row.forEach((x, d) => {
      mean[d]! += x / rows.length;
    });
  const centred = new Float32Array(rows.length * dim);
  rows.forEach((row, i) => {
    centred.set(
      row.map((x, d) => x - mean[d]!),
      i * dim,
    );
  });
  return { mean: Float32Array.from(mean), centred };
}
