import { OUTPUTS } from '../../clip/trace.ts';
import type { ImageTrace } from '../../lens/secondOrderEffects.ts';
import type { Results } from '../backend.ts';

/** A tower's outputs as the method's traces, image by image, but for the coefficients. */
export function lightTraces(
  results: Results,
  size: number,
  laterBlocks: readonly number[],
): Omit<ImageTrace, 'coefficients'>[] {
  const floats = (name: string): Float32Array => results[name]!.data as Float32Array;
  const embedding = floats(OUTPUTS.embedding);
  const finalMean = floats(OUTPUTS.finalMean);
  const finalInvStd = floats(OUTPUTS.finalInvStd);
  const overStd = laterBlocks.map((l) => floats(OUTPUTS.attentionOverStd(l)));
  const meanOverStd = laterBlocks.map((l) => floats(OUTPUTS.attentionMeanOverStd(l)));
  const row = (values: Float32Array, i: number): Float32Array =>
    values.slice((i * values.length) / size, ((i + 1) * values.length) / size);
  const joined = (blocks: Float32Array[], i: number): number[] => blocks.flatMap((b) => [...row(b, i)]);
  return Array.from({ length: size }, (_, i) => ({
    embedding: row(embedding, i),
    finalMean: finalMean[i]!,
    finalInvStd: finalInvStd[i]!,
    attentionOverStd: joined(overStd, i),
    attentionMeanOverStd: joined(meanOverStd, i),
  }));
}
