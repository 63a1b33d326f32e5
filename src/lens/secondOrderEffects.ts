import type { BlockPaths, SharedVectors } from './paths.ts';
import { addScaled, norm, rowTimes } from './vectors.ts';

/** What the instrumented tower reports about one image, for the neurons of one block. */
export interface ImageTrace {
  /** c [R, N] */
  readonly coefficients: ArrayLike<number>;
  /** r [D], un-normalised */
  readonly embedding: ArrayLike<number>;
  /** m */
  readonly finalMean: number;
  /** 1/s */
  readonly finalInvStd: number;
  /** S1 [R] = Σ_i a/sd of every later head. */
  readonly attentionOverStd: ArrayLike<number>;
  /** S2 [R] = Σ_i a·mu/sd of every later head. */
  readonly attentionMeanOverStd: ArrayLike<number>;
}

/** The released code's factor in front of every effect. */
export const EFFECT_UNITS = 100;

/** 100/(s·‖r‖): turns coefficients c into ĉ, the weights of U_n in the effect. */
export function effectScale(trace: Pick<ImageTrace, 'embedding' | 'finalInvStd'>): number {
  return (EFFECT_UNITS * trace.finalInvStd) / norm(trace.embedding);
}

/** e(I) [D]: the part of the effect that is the same for every neuron of the block. */
export function sharedPart(shared: SharedVectors, trace: Omit<ImageTrace, 'coefficients'>): Float64Array {
  const dim = shared.constant.length;
  const heads = shared.overStd.length / dim;
  const inner = rowTimes(trace.attentionOverStd, shared.overStd, heads, dim);
  addScaled(inner, 1, rowTimes(trace.attentionMeanOverStd, shared.meanOverStd, heads, dim), dim);
  addScaled(inner, 1, shared.constant, dim);
  addScaled(inner, trace.finalMean, shared.finalMean, dim);
  const scale = EFFECT_UNITS / norm(trace.embedding);
  const part = inner.map((x) => x * trace.finalInvStd * scale);
  addScaled(part, scale, shared.finalBias, dim);
  return part;
}

/**
 * phi_n(I) = ĉ·U_n + e [D], from ĉ [R], U_n [R, D] and e [D]: what the released
 * prs_second_order_neurons_hook.py returns, summed over later heads.
 */
export function effect(
  scaled: ArrayLike<number>,
  vectors: ArrayLike<number>,
  shared: ArrayLike<number>,
): Float64Array {
  const dim = shared.length;
  const phi = rowTimes(scaled, vectors, vectors.length / dim, dim);
  addScaled(phi, 1, shared, dim);
  return phi;
}

/** All effects of one image, [N, D]: for exports and checks, never for a whole set. */
export function effectsOfImage(
  paths: BlockPaths,
  vectorsOf: (neuron: number) => ArrayLike<number>,
  trace: ImageTrace,
): Float32Array {
  const { neurons, dim, heads } = paths;
  const scale = effectScale(trace);
  const shared = sharedPart(paths.shared, trace);
  const effects = new Float32Array(neurons * dim);
  const scaled = new Float64Array(heads.length);
  for (let n = 0; n < neurons; n++) {
    for (let r = 0; r < heads.length; r++) scaled[r] = scale * trace.coefficients[r * neurons + n]!;
    effects.set(effect(scaled, vectorsOf(n), shared), n * dim);
  }
  return effects;
}
