import { describe, expect, it } from 'vitest';
import { joinTowers } from '../../../src/clip/checkpoint/joinTowers.ts';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { assertFinite } from '../../../src/clip/values.ts';
import { relativeError } from '../../support/close.ts';
import {
  type Expected,
  filesOf,
  fixture,
  fixtureJson,
  imageEmbeddings,
  type Row,
  rows,
  textEmbeddings,
} from './fixtures.ts';

/** Largest error, relative to the largest value of an embedding; bfloat16 has 8 bits where float16 has 11. */
const TOLERANCE = { fp32: 1e-4, fp16: 2e-3, bf16: 2e-2 } as const;

/** Of a q8 export, the angle is checked: rounding to 8 bits is a change of the model itself. */
function expectAgreement(
  actual: Float32Array,
  rowsOf: readonly number[][],
  tolerance: Row['tolerance'],
): void {
  if (tolerance !== 'q8') {
    expect(relativeError(actual, rowsOf.flat())).toBeLessThan(TOLERANCE[tolerance]);
    return;
  }
  rowsOf.forEach((expected, i) => {
    expect(cosine(actual.subarray(i * expected.length, (i + 1) * expected.length), expected)).toBeGreaterThan(
      0.99,
    );
  });
}

function cosine(a: ArrayLike<number>, b: readonly number[]): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe.each(rows)('$files', (row) => {
  const files = filesOf(row);
  const weights = readCheckpoint(files, row.config && fixtureJson(row.config));
  const expected = fixtureJson(`${row.model}.json`) as Expected;

  it('gives the embeddings of the library that wrote it', async () => {
    if (weights.vision) expectAgreement(await imageEmbeddings(weights), expected.image, row.tolerance);
    if (weights.text) expectAgreement(await textEmbeddings(weights), expected.text, row.tolerance);
    expect(weights.vision ?? weights.text).toBeDefined();
  });

  it('has its sizes, heads and activation', () => {
    const heads = row.model === 'erf' ? 4 : 2;
    const tower = {
      width: 32,
      layers: 2,
      heads,
      neurons: 64,
      activation: row.model === 'quick' ? 'quick_gelu' : 'gelu',
      layerNormEps: expect.closeTo(1e-5, 8),
    };
    const { vision, text, dim } = weights.config;
    expect(dim).toBe(16);
    if (vision) expect(vision).toEqual({ ...tower, imageSize: 32, patchSize: 8 });
    if (text) expect(text).toEqual({ ...tower, vocabularySize: 40, contextLength: 12 });
    expect(weights.activationBasis).toBe('stated');
    if (weights.temperature) expect(weights.temperature).toBeCloseTo(expected.temperature, 1);
    expect(() => assertFinite(weights)).not.toThrow();
  });

  it('lies in its files, but for what must be converted', () => {
    const changed = row.tolerance === 'bf16' || row.tolerance === 'q8';
    for (const { name, bytes } of files) {
      const converted = changed || name.includes('fp16_packed');
      // Of a file whose weights are all converted nothing is kept.
      expect(weights.files.get(name)).toBe(converted ? undefined : bytes);
      if (name.endsWith('.onnx')) expect(weights.files.has(`${name}:converted`)).toBe(converted);
      else expect(weights.files.has('widened')).toBe(converted);
    }
  });

  it('is not read with the config of another model', () => {
    const other = row.model === 'erf' ? 'quick' : 'erf';
    if (row.files[0]!.endsWith('.onnx')) {
      expect(() => readCheckpoint(files, fixtureJson(`${other}.config.json`))).toThrow(/does not belong/);
    } else {
      const config = fixtureJson('quick.config.json') as { vision_config: object; text_config: object };
      const wrong = {
        ...config,
        vision_config: { ...config.vision_config, hidden_size: 48 },
        text_config: { ...config.text_config, hidden_size: 48 },
      };
      expect(() => readCheckpoint(files, wrong)).toThrow(/do not belong|cannot be split/);
    }
  });
});

describe('towers of several files', () => {
  it('are told by name when one of them is damaged or lies beside its weights', () => {
    const vision = { name: 'vision.safetensors', bytes: fixture('quick-vision.safetensors') };
    const text = { name: 'text.safetensors', bytes: fixture('quick-text.safetensors').slice(0, 5000) };
    expect(() => readCheckpoint([vision, text])).toThrow(
      /^text\.safetensors: This safetensors file is damaged/,
    );
    const split = { name: 'text_model.onnx', bytes: fixture('external-text_model.onnx') };
    const data = { name: 'text_model.onnx_data', bytes: new Uint8Array(5000).fill(200) };
    expect(() => readCheckpoint([data, split])).toThrow(/text_model\.onnx keeps its weights in another file/);
  });

  const parts = ['quick-text.safetensors', 'quick-legacy14-vision_model_fp16.onnx'];
  const files = parts.map((name) => ({ name, bytes: fixture(name) }));
  const config = fixtureJson('quick.config.json');
  const expected = fixtureJson('quick.json') as Expected;

  it('may come in any order and from any format', async () => {
    for (const order of [files, [...files].reverse()]) {
      const weights = readCheckpoint(order, config);
      expectAgreement(await imageEmbeddings(weights), expected.image, 'fp16');
      expectAgreement(await textEmbeddings(weights), expected.text, 'fp32');
    }
  });

  it('can be joined later, also when their files have one name', async () => {
    const vision = readCheckpoint(fixture('quick-vision.safetensors'), config);
    const text = readCheckpoint(fixture('quick-text.safetensors'), config);
    const joined = joinTowers(vision, text);
    expect([...joined.files.keys()]).toEqual(['model.safetensors', 'text/model.safetensors']);
    expectAgreement(await imageEmbeddings(joined), expected.image, 'fp32');
    expectAgreement(await textEmbeddings(joined), expected.text, 'fp32');
    expect(() => joinTowers(text, vision)).toThrow(/image tower/);
    const whole = readCheckpoint(fixture('quick-fp16.safetensors'), config);
    expect([...joinTowers(whole, whole).files.keys()]).toEqual(['model.safetensors']);
  });

  it('are refused when they are of two models, or the same', () => {
    const twice = ['quick-vision.safetensors', 'quick-legacy14-vision_model_fp16.onnx'];
    expect(() =>
      readCheckpoint(
        twice.map((name) => ({ name, bytes: fixture(name) })),
        config,
      ),
    ).toThrow(/both hold the image tower; give only one/);
    const same = { name: 'a', bytes: fixture('quick-vision.safetensors') };
    expect(() => readCheckpoint([same, { ...same, name: 'b' }], config)).toThrow(/both hold the tensor/);
    expect(() => readCheckpoint([same, same], config)).toThrow(/same name/);
    expect(() => readCheckpoint([])).toThrow(/No model file/);
  });
});
