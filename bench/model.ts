import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import { configJson } from '../src/clip/configJson.ts';
import type { ClipWeights } from '../src/clip/weights.ts';
import { generator, randomCheckpoint, VIT_B_32 } from '../test/support/randomClip.ts';

/** ViT-B/32 with random weights: the arithmetic is the same as with trained ones. */
export const randomVitB32 = (): ClipWeights =>
  readCheckpoint(randomCheckpoint(VIT_B_32, 1), configJson(VIT_B_32));

/** Noise, [count, 3, 224, 224]. */
export function noise(count: number): Float32Array {
  const random = generator(7);
  return Float32Array.from({ length: count * 3 * 224 * 224 }, () => 1.5 * random());
}
