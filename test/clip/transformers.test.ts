import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import { imageTowerGraph, PIXELS } from '../../src/clip/graph/imageTower.ts';
import { END, TOKENS, textTowerGraph } from '../../src/clip/graph/textTower.ts';
import { OUTPUTS } from '../../src/clip/trace.ts';
import { assertFinite } from '../../src/clip/values.ts';
import { relativeError } from '../support/close.ts';
import { runGraph } from '../support/runGraph.ts';

const file = (name: string) => readFileSync(new URL(`./fixtures/tiny_clip/${name}`, import.meta.url));
const json = (name: string): unknown => JSON.parse(file(name).toString());

const expected = json('expected.json') as {
  pixels: number[];
  tokens: number[][];
  ends: number[];
  image: number[][];
  text: number[][];
  logitScale: number;
};

describe("a checkpoint written by Hugging Face's transformers", () => {
  const weights = readCheckpoint(file('model.safetensors'), json('config.json'));

  it('is read with its own sizes', () => {
    expect(weights.config).toEqual({
      dim: 16,
      vision: {
        width: 32,
        layers: 2,
        heads: 4,
        neurons: 64,
        activation: 'quick_gelu',
        layerNormEps: 1e-4,
        imageSize: 16,
        patchSize: 4,
      },
      text: {
        width: 32,
        layers: 2,
        heads: 4,
        neurons: 64,
        activation: 'gelu',
        layerNormEps: 1e-5,
        vocabularySize: 50,
        contextLength: 12,
      },
    });
    expect(weights.temperature).toBeCloseTo(Math.exp(expected.logitScale), 4);
    expect(() => assertFinite(weights)).not.toThrow();
  });

  it('gives the same image embeddings', async () => {
    const pixels = { data: Float32Array.from(expected.pixels), dims: [2, 3, 16, 16] };
    const outputs = await runGraph(imageTowerGraph(weights), { [PIXELS]: pixels });
    expect(relativeError(outputs[OUTPUTS.embedding]!.data, expected.image.flat())).toBeLessThan(1e-5);
  });

  it('gives the same text embeddings', async () => {
    const outputs = await runGraph(textTowerGraph(weights), {
      [TOKENS]: { data: BigInt64Array.from(expected.tokens.flat(), BigInt), dims: [2, 6] },
      [END]: { data: BigInt64Array.from(expected.ends, BigInt), dims: [2] },
    });
    expect(relativeError(outputs[OUTPUTS.embedding]!.data, expected.text.flat())).toBeLessThan(1e-5);
  });
});
