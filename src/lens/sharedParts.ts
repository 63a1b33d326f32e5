import type { SharedParts } from './blockState.ts';
import type { SharedVectors } from './paths.ts';
import { type ImageTrace, sharedPart } from './secondOrderEffects.ts';
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
