import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import { emptyAnalysis, sharedOverSet } from '../../lens/analyseBlock.ts';
import type { AnalysisOptions, BlockAnalysis } from '../../lens/analysis.ts';
import type { CentredEffects, CentredShared } from '../../lens/centredEffects.ts';
import { headShares } from '../../lens/headShares.ts';
import { principalDirection } from '../../lens/principalDirection.ts';
import { effect, effectScale, type ImageTrace } from '../../lens/secondOrderEffects.ts';
import { alongDirection, signedActivations } from '../../lens/signedActivations.ts';
import { topSet } from '../../lens/topSet.ts';
import type { JobOptions } from '../../progress.ts';
import type { PixelSource } from '../engine.ts';
import { breather } from '../running/breathe.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { lightTraces } from '../towers/traces.ts';
import type { BlockPasses, NeuronVectors } from './blockPasses.ts';
import { type CoefficientBatch, CoefficientSource, coefficientBytes } from './coefficientSource.ts';
import { StrongestEffects } from './strongest.ts';

export interface LookInputs {
  readonly tower: ImageTower;
  /** The block's passes, prepared; asked for once the request is known to be sound. */
  readonly passes: () => Promise<BlockPasses>;
  readonly pixels: PixelSource;
  /** Most bytes of coefficients to keep between the sweeps. */
  readonly budget: number;
}

/**
 * Second-order analysis of one block of a set too large to recall: three sweeps over the coefficients (mean; norms and the strongest
 * effects; signed activations) and, between the last two, the principal direction of every neuron.
 * Never forms an [images, neurons, D] array. Memory, besides model and result ([I, N] twice, [N, D]
 * twice): I·R·N floats of coefficients or the budget, whichever is less; N·k·R for the strongest effects;
 * N·R·(R+d_h) for the block's paths.
 */
export async function analyseInLooks(
  inputs: LookInputs,
  options: AnalysisOptions,
  job: JobOptions,
): Promise<BlockAnalysis> {
  const { count } = inputs.pixels;
  const passes = await inputs.passes();
  const { paths } = passes;
  const fitting = Math.floor(inputs.budget / coefficientBytes(1, paths.heads.length, paths.neurons));
  const source = new CoefficientSource(inputs.tower, inputs.pixels, options.block, Math.min(count, fitting));
  try {
    return await new Analysis(passes, count, source, options, job).run();
  } finally {
    source.release();
  }
}

/** @throws LensError `bad-request` unless the top set fits the image set */
export function checkTopK(topK: number, images: number): void {
  if (Number.isInteger(topK) && topK >= 1 && topK <= images) return;
  throw new LensError(
    'bad-request',
    `The top set must hold between 1 and ${images} images (the size of the set), not ${topK}.`,
  );
}

/** One analysis under way: its sweeps in order, each filling its part of the result. */
class Analysis {
  readonly #passes: BlockPasses;
  readonly #source: CoefficientSource;
  readonly #job: JobOptions;
  readonly #result: BlockAnalysis;
  /** 100/(s‖r‖) of every image. */
  readonly #scales: Float32Array;
  /** mean ĉ [R, N]. */
  readonly #mean: Float64Array;
  readonly #strongest: StrongestEffects;
  readonly #traces: Omit<ImageTrace, 'coefficients'>[] = [];

  constructor(
    passes: BlockPasses,
    images: number,
    source: CoefficientSource,
    options: AnalysisOptions,
    job: JobOptions,
  ) {
    const { paths } = passes;
    this.#passes = passes;
    this.#source = source;
    this.#job = job;
    this.#result = emptyAnalysis(paths, images, options);
    this.#scales = new Float32Array(images);
    this.#mean = new Float64Array(paths.heads.length * paths.neurons);
    this.#strongest = new StrongestEffects(paths.neurons, options.topK, paths.heads.length);
  }

  async run(): Promise<BlockAnalysis> {
    await this.#meanSweep();
    const shared = sharedOverSet(this.#passes.paths, this.#traces);
    const centred = centredShared(shared);
    const mean = Float32Array.from(this.#mean);
    await this.#normSweep(mean, centred);
    const along = await this.#directions(shared);
    await this.#activationSweep(mean, centred, along);
    return this.#result;
  }

  async #meanSweep(): Promise<void> {
    const { block } = this.#result.options;
    const { dim } = this.#result;
    const later = this.#passes.laterBlocks;
    await this.#source.sweep(
      async ({ from, size, coefficients, rest }) => {
        const traces = lightTraces(rest!, size, later);
        this.#result.embeddings.set(rest![OUTPUTS.embedding]!.data as Float32Array, from * dim);
        traces.forEach((trace, i) => {
          this.#scales[from + i] = effectScale(trace);
        });
        this.#traces.push(...traces);
        const sums = await this.#passes.sum(coefficients, this.#scalesOf(from, size));
        for (let i = 0; i < sums.length; i++) this.#mean[i]! += sums[i]! / this.#result.images;
      },
      { ...this.#job, stage: this.#stage(`Block ${block}: images through the model`, 1) },
    );
  }

  async #normSweep(mean: Float32Array, centred: Float32Array): Promise<void> {
    const { neurons, norms } = this.#result;
    const heads = this.#passes.paths.heads.length;
    await this.#source.sweep(
      async (batch) => {
        const { from, size } = batch;
        const measured = await this.#passes.norms(this.#measure(batch, mean, centred));
        norms.set(measured.norms, from * neurons);
        for (let n = 0; n < neurons; n++) {
          for (let b = 0; b < size; b++) {
            const norm = measured.norms[b * neurons + n]!;
            this.#strongest.offer(n, from + b, norm, measured.centred, (n * size + b) * heads);
          }
        }
      },
      { ...this.#job, stage: this.#stage('Effect sizes', 2) },
    );
  }

  /** Fills in what depends on one neuron alone; returns y [R, N] = U_n·r_n of every neuron. */
  async #directions(shared: CentredShared): Promise<Float32Array> {
    const { neurons } = this.#result;
    const along = new Float32Array(this.#passes.paths.heads.length * neurons);
    const breathe = breather(this.#job.signal);
    const stage = 'Principal directions';
    for await (const neuron of this.#passes.vectors(this.#job.signal)) {
      this.#direction(neuron, shared, along);
      this.#job.onProgress?.({ stage, done: neuron.index + 1, total: neurons });
      await breathe();
    }
    return along;
  }

  #direction(neuron: NeuronVectors, shared: CentredShared, along: Float32Array): void {
    const { index: n, vectors } = neuron;
    const { options, neurons, images, dim } = this.#result;
    const heads = this.#passes.paths.heads.length;
    const norms = Float32Array.from({ length: images }, (_, i) => this.#result.norms[i * neurons + n]!);
    const top = topSet(norms, options.topK);
    const effects: CentredEffects = {
      images: options.topK,
      heads,
      dim,
      coefficients: this.#strongest.coefficients(n, top.images),
      vectors,
      gram: neuron.gram,
      cross: neuron.cross,
      shared: sharedOf(shared, top.images),
    };
    const all = Int32Array.from(top.images.keys());
    const { direction, varianceShare } = principalDirection(effects, all);
    const own = Float64Array.from({ length: heads }, (_, r) => this.#mean[r * neurons + n]!);
    this.#result.means.set(effect(own, vectors, shared.mean), n * dim);
    this.#result.thresholds[n] = top.threshold;
    this.#result.topImages.set(top.images, n * options.topK);
    this.#result.directions.set(direction, n * dim);
    this.#result.varianceShares[n] = varianceShare;
    const activations = signedActivations(effects, direction);
    this.#result.headShares.set(headShares(effects, direction, activations, all), n * heads);
    alongDirection(vectors, direction).forEach((y, r) => {
      along[r * neurons + n] = y;
    });
  }

  async #activationSweep(mean: Float32Array, centred: Float32Array, along: Float32Array): Promise<void> {
    const { activations, neurons, directions } = this.#result;
    await this.#source.sweep(
      async (batch) => {
        const x = await this.#passes.activations({
          ...this.#measure(batch, mean, centred),
          along,
          directions,
        });
        activations.set(x, batch.from * neurons);
      },
      { ...this.#job, stage: this.#stage('Signed activations', 3) },
    );
  }

  #measure({ from, size, coefficients }: CoefficientBatch, mean: Float32Array, centred: Float32Array) {
    const { dim } = this.#result;
    return {
      coefficients,
      scales: this.#scalesOf(from, size),
      pivot: mean,
      shared: centred.subarray(from * dim, (from + size) * dim),
    };
  }

  #scalesOf(from: number, size: number): Float32Array {
    return this.#scales.subarray(from, from + size);
  }

  /** The screen is told what the size of the set means for its time. */
  #stage(name: string, sweep: number): string {
    const again = this.#result.images - this.#source.keptImages;
    return again === 0 ? name : `${name} (look ${sweep} of 3; ${again} pictures do not fit in memory)`;
  }
}

/** ε [I, D] in full, from its coordinates. */
function centredShared({ images, dim, rank, basis, coordinates }: CentredShared): Float32Array {
  const full = new Float32Array(images * dim);
  const row = new Float64Array(dim);
  for (let i = 0; i < images; i++) {
    row.fill(0);
    for (let q = 0; q < rank; q++) {
      const factor = coordinates[i * rank + q]!;
      for (let d = 0; d < dim; d++) row[d]! += factor * basis[q * dim + d]!;
    }
    full.set(row, i * dim);
  }
  return full;
}

/** The shared part of the chosen images alone. */
function sharedOf(shared: CentredShared, images: Int32Array): CentredShared {
  const { rank } = shared;
  const coordinates = new Float64Array(images.length * rank);
  images.forEach((image, i) => {
    coordinates.set(shared.coordinates.subarray(image * rank, (image + 1) * rank), i * rank);
  });
  return { ...shared, images: images.length, coordinates };
}
