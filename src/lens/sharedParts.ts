import type { SharedParts } from './blockState.ts';
import type { SharedVectors } from './paths.ts';
import { EFFECT_UNITS, type ImageTrace, sharedPart } from './secondOrderEffects.ts';
import { norm } from './vectors.ts';

/** What a state keeps of an image so that its e can be had again: 2R + 3 floats. */
export function sharedParts(trace: Omit<ImageTrace, 'coefficients'>): SharedParts {
  const heads = trace.attentionOverStd.length;
  const parts = new Float32Array(2 * heads + 3);
  parts.set(Array.from(trace.attentionOverStd), 0);
  parts.set(Array.from(trace.attentionMeanOverStd), heads);
  parts.set([trace.finalMean, trace.finalInvStd, norm(trace.embedding)], 2 * heads);
  return parts;
}

/** e [D] of an image again. */
export function sharedOf(shared: SharedVectors, parts: SharedParts): Float64Array {
  const heads = (parts.length - 3) / 2;
  return sharedPart(shared, {
    attentionOverStd: parts.subarray(0, heads),
    attentionMeanOverStd: parts.subarray(heads, 2 * heads),
    finalMean: parts[2 * heads]!,
    finalInvStd: parts[2 * heads + 1]!,
    embedding: parts.subarray(2 * heads + 2), // one number, as long as the embedding
  });
}

/** What every e is a weighted sum of, [2R + 3, D]: for many images at once, e is {@link sharedWeights} times these rows. */
export function sharedRows({
  overStd,
  meanOverStd,
  finalMean,
  constant,
  finalBias,
}: SharedVectors): Float32Array {
  const rows = new Float32Array(2 * overStd.length + 3 * constant.length);
  let at = 0;
  for (const part of [overStd, meanOverStd, finalMean, constant, finalBias]) {
    rows.set(part, at);
    at += part.length;
  }
  return rows;
}

/** [2R + 3] the weights of {@link sharedRows} in one image's e. */
export function sharedWeights(parts: SharedParts): Float32Array {
  const heads = (parts.length - 3) / 2;
  const scale = EFFECT_UNITS / parts[2 * heads + 2]!;
  const inner = scale * parts[2 * heads + 1]!;
  const weights = Float32Array.from(parts, (part) => inner * part);
  weights[2 * heads + 1] = inner;
  weights[2 * heads + 2] = scale;
  return weights;
}
