import { LensError } from '../errors.ts';
import type { AnalysisOptions, BlockAnalysis } from './analysis.ts';
import { type CentredShared, centreEffects, centreShared } from './centredEffects.ts';
import { centredNorms } from './centredNorms.ts';
import { headShares } from './headShares.ts';
import { type BlockPaths, pathVectors } from './paths.ts';
import { principalDirection } from './principalDirection.ts';
import { effect, effectScale, type ImageTrace, sharedPart } from './secondOrderEffects.ts';
import { signedActivations } from './signedActivations.ts';
import { topSet } from './topSet.ts';
import { meanRow } from './vectors.ts';

/**
 * The whole analysis of a block, one neuron after another in plain float64 loops: the readable
 * truth that the engine's passes are tested against, and fast enough for small sets.
 * Holds I·R numbers of one neuron at a time, besides the traces and the result.
 *
 * @param traces one per image, in the order of the set.
 * @throws LensError `bad-request` when k does not fit the set or the block does not fit the paths.
 */
export function analyseBlockInPlainLoops(
  paths: BlockPaths,
  traces: readonly ImageTrace[],
  options: AnalysisOptions,
): BlockAnalysis {
  if (options.block !== paths.block) {
    throw new LensError('bad-request', `The paths are of block ${paths.block}, not ${options.block}.`);
  }
  const analysis = emptyAnalysis(paths, traces.length, options);
  traces.forEach((trace, i) => {
    analysis.embeddings.set(Float32Array.from(trace.embedding), i * paths.dim);
  });
  const shared = sharedOverSet(paths, traces);
  const scales = traces.map(effectScale);
  for (let neuron = 0; neuron < paths.neurons; neuron++) {
    analyseNeuron(analysis, paths, shared, scaledCoefficients(traces, scales, paths, neuron), neuron);
  }
  return analysis;
}

/** An analysis of the right sizes with zeros for numbers. */
export function emptyAnalysis(paths: BlockPaths, images: number, options: AnalysisOptions): BlockAnalysis {
  const { neurons, dim, heads } = paths;
  return {
    options,
    images,
    neurons,
    dim,
    laterHeads: heads,
    embeddings: new Float32Array(images * dim),
    means: new Float32Array(neurons * dim),
    norms: new Float32Array(images * neurons),
    thresholds: new Float32Array(neurons),
    topImages: new Int32Array(neurons * options.topK),
    directions: new Float32Array(neurons * dim),
    varianceShares: new Float32Array(neurons),
    activations: new Float32Array(images * neurons),
    headShares: new Float32Array(neurons * heads.length),
  };
}

/** e over the set, centred. */
export function sharedOverSet(
  paths: BlockPaths,
  traces: readonly Omit<ImageTrace, 'coefficients'>[],
): CentredShared {
  const parts = new Float64Array(traces.length * paths.dim);
  traces.forEach((trace, i) => {
    parts.set(sharedPart(paths.shared, trace), i * paths.dim);
  });
  return centreShared(parts, traces.length, paths.shared.basis, paths.dim);
}

/** ĉ of one neuron over the set, [I, R]. */
function scaledCoefficients(
  traces: readonly ImageTrace[],
  scales: readonly number[],
  paths: BlockPaths,
  neuron: number,
): Float64Array {
  const heads = paths.heads.length;
  const scaled = new Float64Array(traces.length * heads);
  traces.forEach((trace, i) => {
    for (let r = 0; r < heads; r++) {
      scaled[i * heads + r] = scales[i]! * trace.coefficients[r * paths.neurons + neuron]!;
    }
  });
  return scaled;
}

/**
 * Fills in everything about one neuron, from its ĉ [I, R] and the block's shared part. The engine
 * may call this too, with coefficients it gathered elsewhere.
 */
export function analyseNeuron(
  analysis: BlockAnalysis,
  paths: BlockPaths,
  shared: CentredShared,
  scaled: ArrayLike<number>,
  neuron: number,
): void {
  const { images, neurons, dim, options } = analysis;
  const heads = paths.heads.length;
  const vectors = pathVectors(paths, neuron, neuron + 1);
  const effects = centreEffects(scaled, vectors, shared);
  const norms = centredNorms(effects);
  const top = topSet(norms, options.topK);
  const { direction, varianceShare } = principalDirection(effects, top.images);
  const activations = signedActivations(effects, direction);
  analysis.means.set(effect(meanRow(scaled, images, heads), vectors, shared.mean), neuron * dim);
  analysis.thresholds[neuron] = top.threshold;
  analysis.topImages.set(top.images, neuron * options.topK);
  analysis.directions.set(direction, neuron * dim);
  analysis.varianceShares[neuron] = varianceShare;
  analysis.headShares.set(headShares(effects, direction, activations, top.images), neuron * heads);
  for (let i = 0; i < images; i++) {
    analysis.norms[i * neurons + neuron] = norms[i]!;
    analysis.activations[i * neurons + neuron] = activations[i]!;
  }
}
