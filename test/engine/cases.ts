import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import type { ClipConfig } from '../../src/clip/config.ts';
import { configJson } from '../../src/clip/configJson.ts';
import { OUTPUTS } from '../../src/clip/trace.ts';
import type { ClipWeights } from '../../src/clip/weights.ts';
import type { ImageTrace } from '../../src/lens/secondOrderEffects.ts';
import { plainImageTower } from '../support/plainClip.ts';
import { generator, randomCheckpoint, TINY_TEXT } from '../support/randomClip.ts';

/** 50 tokens and heads of 64, as in ViT-B/32: where a fused attention on a GPU has gone wrong. */
export const FIFTY_TOKENS: ClipConfig = {
  vision: {
    width: 128,
    layers: 3,
    heads: 2,
    neurons: 48,
    activation: 'quick_gelu',
    layerNormEps: 1e-5,
    imageSize: 56,
    patchSize: 8,
  },
  text: TINY_TEXT,
  dim: 40,
};

export const randomWeights = (config: ClipConfig, seed = 1): ClipWeights =>
  readCheckpoint(randomCheckpoint(config, seed), configJson(config));

/** [count, 3, side, side] of noise with a different level for each picture. */
export function randomPixels(count: number, side: number, seed = 2): Float32Array {
  const random = generator(seed);
  const each = 3 * side * side;
  const pixels = new Float32Array(count * each);
  for (let image = 0; image < count; image++) {
    const level = 1.5 * random();
    for (let i = 0; i < each; i++) pixels[image * each + i] = level + random();
  }
  return pixels;
}

/** What the tower should report about every picture, from plain float64 loops. */
export function plainTraces(weights: ClipWeights, pixels: Float32Array, block: number): ImageTrace[] {
  const { imageSize, layers, heads, neurons } = weights.config.vision!;
  const each = 3 * imageSize * imageSize;
  return Array.from({ length: pixels.length / each }, (_, image) => {
    const plain = plainImageTower(weights, pixels.subarray(image * each, (image + 1) * each));
    const later = Array.from({ length: layers - 1 - block }, (_, l) => plain.blocks[block + 1 + l]!);
    const perHead = (weight: (mean: number, std: number) => number) =>
      later.flatMap(({ attentionRow, mean, std }) =>
        Array.from(attentionRow, (row) => row.reduce((sum, a, i) => sum + a * weight(mean[i]!, std[i]!), 0)),
      );
    const coefficients = later.flatMap(({ attentionRow, std }) =>
      Array.from(attentionRow).flatMap((row) =>
        Array.from({ length: neurons }, (_, n) =>
          row.reduce((sum, a, i) => sum + (a * plain.blocks[block]!.activations[i]![n]!) / std[i]!, 0),
        ),
      ),
    );
    if (coefficients.length !== later.length * heads * neurons) throw new Error(OUTPUTS.coefficients(block));
    return {
      coefficients,
      embedding: plain.embedding,
      finalMean: plain.finalMean,
      finalInvStd: 1 / plain.finalStd,
      attentionOverStd: perHead((_, std) => 1 / std),
      attentionMeanOverStd: perHead((mean, std) => mean / std),
    };
  });
}
