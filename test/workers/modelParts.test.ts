import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CATALOGUE, catalogueModel } from '../../src/clip/catalogue.ts';
import { byteCount, merged, without } from '../../src/clip/checkpoint/byteRanges.ts';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import { readSafetensors, type StoredTensor } from '../../src/clip/checkpoint/safetensors.ts';
import { subsetFile, towerRanges } from '../../src/clip/checkpoint/towerRanges.ts';
import { sizesOf } from '../../src/clip/checkpoint/towerSizes.ts';
import { configJson } from '../../src/clip/configJson.ts';
import { publishedFor } from '../../src/clip/published.ts';
import { loadTokenizer } from '../../src/clip/tokenizer.ts';
import { floats } from '../../src/clip/values.ts';
import { vocabularyTokenizer } from '../../src/clip/vocabulary.ts';
import { textParameters, visionParameters } from '../../src/engine/checks/plan.ts';
import { httpUrl, readAddress } from '../../workers/models/address.ts';
import { needsOf } from '../../workers/models/plan.ts';
import { Sha256 } from '../../workers/models/sha256.ts';
import { randomCheckpoint, TINY_TEXT, TINY_VISION } from '../support/randomClip.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

const positive = z.number().int().positive();
const tower = { width: positive, layers: positive, heads: positive, neurons: positive };
const activation = z.enum(['gelu', 'quick_gelu']);
const entry = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(5),
  edition: z.string().min(5),
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  revision: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  outputsOf: z.string(),
  precision: z.enum(['float32', 'float16', 'int8']),
  config: z.strictObject({
    dim: positive,
    vision: z.strictObject({
      ...tower,
      activation,
      layerNormEps: z.literal(1e-5),
      imageSize: positive,
      patchSize: positive,
    }),
    text: z.strictObject({
      ...tower,
      activation,
      layerNormEps: z.literal(1e-5),
      vocabularySize: positive,
      contextLength: positive,
    }),
  }),
  files: z.array(
    z.strictObject({
      role: z.enum(['weights', 'vision', 'text', 'config', 'preprocessor', 'tokenizer']),
      url: z.url({ protocol: /^https$/ }),
      bytes: positive.optional(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    }),
  ),
  licence: z.string().min(3),
  citation: z.string().regex(/^@\w+\{[\s\S]+\}$/),
  trainingData: z.string().endsWith('.'),
});

describe('the catalogue', () => {
  it('has the shape it claims, with names that are one each', () => {
    for (const model of CATALOGUE) expect(entry.parse(model)).toEqual(model);
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
    expect(catalogueModel('openai-vit-b-32')?.config.vision.activation).toBe('quick_gelu');
    expect(catalogueModel('laion-vit-b-32')?.config.vision.activation).toBe('gelu');
    expect(catalogueModel('toString')).toBeUndefined();
  });

  it('names files at the pinned commit, a tokenizer, and weights for both towers', () => {
    for (const { files, revision } of CATALOGUE) {
      const roles = files.map(({ role }) => role).join();
      expect(['weights,tokenizer', 'vision,text,tokenizer']).toContain(roles);
      for (const { url, role } of files)
        if (revision && role !== 'tokenizer') expect(url).toContain(`/${revision}/`);
    }
  });

  it('states sizes that the byte counts bear out', () => {
    for (const model of CATALOGUE) {
      const weights = model.files.find(({ role, bytes }) => role === 'weights' && bytes !== undefined);
      if (!weights) continue;
      const payload =
        4 *
        (visionParameters(model.config.vision, model.config.dim) +
          textParameters(model.config.text, model.config.dim) +
          1);
      const header = weights.bytes! - payload;
      expect(header, model.id).toBeGreaterThan(10_000);
      expect(header, model.id).toBeLessThan(200_000);
    }
  });

  it('has the sizes of the published values of the models that have some', () => {
    const claims = CATALOGUE.map(({ outputsOf, config }) => publishedFor(outputsOf, config));
    const stated = claims.filter((claim) => typeof claim !== 'string' && claim.stated);
    expect(stated.length).toBeGreaterThanOrEqual(4);
    const { config } = catalogueModel('openai-vit-b-32')!;
    expect(
      publishedFor('openai/clip-vit-base-patch32', { dim: config.dim, vision: config.vision }),
    ).toMatchObject({ stated: true });
  });
});

describe('byte ranges', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(200), fc.nat(40)).map(([begin, length]): [number, number] => [begin, begin + length]),
    { maxLength: 12 },
  );
  const set = (list: readonly (readonly [number, number])[]): Set<number> =>
    new Set(list.flatMap(([begin, end]) => Array.from({ length: end - begin }, (_, i) => begin + i)));

  it('merge and subtract as sets of bytes do', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        expect(byteCount(merged(a))).toBe(set(a).size);
        expect(set(merged(a))).toEqual(set(a));
        const left = without(a, b);
        expect(set(left)).toEqual(new Set([...set(a)].filter((byte) => !set(b).has(byte))));
        expect(byteCount(left)).toBe(set(left).size);
      }),
    );
  });

  it('read through small gaps only', () => {
    expect(
      merged(
        [
          [0, 10],
          [12, 20],
          [30, 31],
        ],
        2,
      ),
    ).toEqual([
      [0, 20],
      [30, 31],
    ]);
  });
});

/** Tensors of these shapes, float32, one after the other. */
function laidOut(shapes: Readonly<Record<string, readonly number[]>>): StoredTensor[] {
  let offset = 50_000;
  return Object.entries(shapes).map(([name, shape]) => {
    const length = 4 * shape.reduce((a, b) => a * b, 1);
    offset += length;
    return { name, dtype: 'F32', shape, offset: offset - length, length };
  });
}

describe('towers of a file', () => {
  const config = { vision: TINY_VISION, text: TINY_TEXT, dim: 8 };
  const file = randomCheckpoint(config, 5);

  it.each(['vision', 'text'] as const)('the %s tower alone reads as in the whole file', (name) => {
    const part = towerRanges(readSafetensors(file).tensors.values())[name]!;
    const subset = subsetFile(part.tensors);
    const bytes = new Uint8Array(subset.length);
    bytes.set(subset.header);
    for (const { from, to, length } of subset.copies) bytes.set(file.subarray(from, from + length), to);
    const whole = readCheckpoint(file, configJson(config));
    const alone = readCheckpoint(bytes, configJson(config));
    expect(alone.config).toEqual({ dim: 8, [name]: config[name] });
    expect(alone.temperature).toBe(whole.temperature);
    for (const tensor of ['position', 'projection'] as const) {
      expect(floats(alone, alone[name]![tensor])).toEqual(floats(whole, whole[name]![tensor]));
    }
  });

  it('refuses what is no CLIP, before it is fetched', () => {
    expect(() => towerRanges(laidOut({ 'vision_model.head.probe': [1], 'vision_model.x': [2] }))).toThrow(
      /SigLIP/,
    );
    expect(() => towerRanges(laidOut({ 'model.layers.0.x': [1] }))).toThrow(/language model/);
  });
});

describeWithShared('towers of real checkpoints', () => {
  const listing = JSON.parse(readFileSync(sharedPath('clip', 'tensor_listing.json'), 'utf8')) as Record<
    string,
    Record<string, number[]>
  >;
  it.each([
    ['hf_openai_clip_vit_base_patch32', 'vision_model.embeddings.class_embedding'],
    ['openclip_ViT-B-32_laion2b_s34b_b79k', 'visual.class_embedding'],
  ])('%s: every tensor in one tower, the temperature in both', (name, cls) => {
    const tensors = laidOut(listing[name]!);
    const { vision, text } = towerRanges(tensors);
    expect(vision!.tensors.length + text!.tensors.length).toBe(tensors.length + 1);
    expect(vision!.tensors.map((tensor) => tensor.name)).toContain(cls);
    const { config } = catalogueModel('openai-vit-b-32')!;
    expect(byteCount(vision!.ranges)).toBe(4 * (visionParameters(config.vision, 512) + 1));
    expect(byteCount(text!.ranges)).toBe(4 * (textParameters(config.text, 512) + 1));
  });
});

describe('sha256 in pieces', () => {
  it('is that of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
        const hash = new Sha256();
        for (const piece of pieces) hash.update(piece);
        expect(hash.digest()).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
      }),
    );
  });
});

describe('addresses', () => {
  const commit = 'c237dc49a33fc61debc9276459120b7eac67e7ef';
  it.each([
    [
      'https://huggingface.co/openai/clip-vit-base-patch32',
      undefined,
      'https://huggingface.co/openai/clip-vit-base-patch32/resolve/main/',
      false,
    ],
    [
      `https://huggingface.co/o/n/tree/${commit}`,
      undefined,
      `https://huggingface.co/o/n/resolve/${commit}/`,
      true,
    ],
    [
      `https://huggingface.co/o/n/blob/${commit}/model.safetensors?download=true#x`,
      `https://huggingface.co/o/n/resolve/${commit}/model.safetensors?download=true`,
      `https://huggingface.co/o/n/resolve/${commit}/`,
      true,
    ],
    [
      'https://huggingface.co/o/n/resolve/main/onnx/vision_model_fp16.onnx',
      'https://huggingface.co/o/n/resolve/main/onnx/vision_model_fp16.onnx',
      'https://huggingface.co/o/n/resolve/main/',
      false,
    ],
    [
      'https://huggingface.co/o/n/resolve/refs/pr/66/model.safetensors',
      'https://huggingface.co/o/n/resolve/refs%2Fpr%2F66/model.safetensors',
      'https://huggingface.co/o/n/resolve/refs%2Fpr%2F66/',
      false,
    ],
    [
      'http://localhost:8000/a/b/clip.safetensors',
      'http://localhost:8000/a/b/clip.safetensors',
      'http://localhost:8000/a/b/',
      false,
    ],
    ['http://localhost:8000/a/b', undefined, 'http://localhost:8000/a/b/', false],
  ])('%s', (text, file, base, pinned) => {
    expect(readAddress(text)).toMatchObject({ base, pinned, ...(file && { file }) });
    expect(readAddress(text).file).toBe(file);
  });

  it.each([
    ['file:///etc/passwd', 'bad-request'],
    ['javascript:alert(1)', 'bad-request'],
    ['https://me:secret@example.test/model.safetensors', 'bad-request'],
    ['clip', 'bad-request'],
    ['https://huggingface.co/docs', 'bad-request'],
    ['https://huggingface.co/o/n/resolve/main/pytorch_model.bin', 'unsupported'],
    ['https://example.test/ViT-B-32.pt', 'unsupported'],
  ])('%s is refused', (text, tag) => {
    expect(() => readAddress(text)).toThrow(expect.objectContaining({ tag }));
  });

  it('never throws anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl({ withFragments: true, withQueryParameters: true })),
        (text) => {
          try {
            expect(readAddress(text).base).toMatch(/^https?:\/\/.*\/$/);
          } catch (error) {
            expect((error as { tag?: string }).tag).toMatch(/^(bad-request|unsupported)$/);
          }
        },
      ),
    );
    expect(httpUrl('https://a.test/b#c').href).toBe('https://a.test/b');
  });
});

describe('needs', () => {
  it('are the engine’s own plan: on a processor at least the 554 MB measured for ViT-B/32', () => {
    const { config } = catalogueModel('openai-vit-b-32')!;
    const needs = needsOf({ dim: config.dim, vision: config.vision }, 0);
    expect(needs.wasmBytes).toBeGreaterThan(500e6);
    expect(needs.wasmBytes).toBeLessThan(2000e6);
    expect(needs.processor).toContain('a picture');
    expect(needs.problems).toEqual([]);
  });

  it('are known of a file by its header', () => {
    const { tensors } = readSafetensors(randomCheckpoint({ vision: TINY_VISION, dim: 8 }, 5));
    const { heads: _, ...sizes } = TINY_VISION; // not to be seen in shapes
    expect(sizesOf([...tensors.values()])).toMatchObject({ dim: 8, vision: sizes });
    expect(sizesOf([])).toBeUndefined();
  });
});

describeWithShared('a tokenizer of vocab.json and merges.txt', () => {
  it('gives the ids of tokenizer.json', () => {
    const text = (name: string): string => readFileSync(sharedPath('clip', 'hf', name), 'utf8');
    const made = vocabularyTokenizer(JSON.parse(text('vocab.json')), text('merges.txt'));
    const own = loadTokenizer(made, 77);
    const real = loadTokenizer(JSON.parse(text('tokenizer.json')), 77);
    for (const line of [
      'a photo of a cat',
      "It's 1,234 naïve Neuroscientists' t-shirts!!",
      '日本 ñ 🙂',
      '',
    ]) {
      expect(own.encode(line).ids).toEqual(real.encode(line).ids);
    }
  });
});
