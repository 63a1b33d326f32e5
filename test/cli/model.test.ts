import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analysisBudget, chooseBlocks, openModel } from '../../cli/model.ts';
import { chooseWeights } from '../../src/clip/checkpoint/chooseWeights.ts';
import type { PixelSource } from '../../src/engine/engine.ts';
import { type Expected, fixture, fixtureJson } from '../clip/checkpoint/fixtures.ts';
import { relativeError } from '../support/close.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-models-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A model folder of fixtures, by the names they have in it. */
function folderOf(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, name, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, typeof content === 'string' ? fixture(content) : content);
  }
  return join(root, name);
}

const inputs = fixtureJson('inputs.json') as { pixels: number[] };
const pixels: PixelSource = {
  count: 2,
  read: async (from, size) => Float32Array.from(inputs.pixels).slice(from * 3072, (from + size) * 3072),
};
const expected = (model: string): readonly number[] =>
  (fixtureJson(`${model}.json`) as Expected).image.flat();

const hf = { 'config.json': 'quick.config.json' };
const shards = Object.fromEntries(
  [1, 2, 3, 4].map((i) => [
    `model-0000${i}-of-00004.safetensors`,
    `quick-model-0000${i}-of-00004.safetensors`,
  ]),
);
const exports = {
  'onnx/vision_model.onnx': 'quick-legacy17-sdpa-vision_model_slim.onnx',
  'onnx/text_model.onnx': 'quick-legacy14-text_model_packed.onnx',
  'onnx/vision_model_fp16.onnx': 'quick-legacy14-vision_model_fp16.onnx',
  'onnx/text_model_fp16.onnx': 'quick-legacy14-text_model_fp16_packed.onnx',
};

describe('what opens from a folder', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined, 'quick' | 'open', number]>([
    ['one file', { ...hf, 'model.safetensors': 'quick-fp16.safetensors' }, undefined, 'quick', 2e-3],
    ['shards', { ...hf, ...shards }, undefined, 'quick', 2e-3],
    [
      'towers apart',
      {
        ...hf,
        'vision.safetensors': 'quick-vision.safetensors',
        'text.safetensors': 'quick-text.safetensors',
      },
      undefined,
      'quick',
      1e-4,
    ],
    [
      'OpenCLIP beside a config of Hugging Face',
      {
        'config.json': 'erf.config.json',
        'open_clip_config.json': 'open.config.json',
        'open_clip_model.safetensors': 'open.safetensors',
      },
      undefined,
      'open',
      1e-4,
    ],
    ['exports', { ...hf, ...exports }, undefined, 'quick', 1e-4],
    ['exports by name', { ...hf, ...exports }, 'onnx/vision_model_fp16.onnx', 'quick', 2e-3],
    [
      'an export beside safetensors, by name',
      { ...hf, ...exports, 'model.safetensors': 'open.safetensors' },
      'vision_model.onnx',
      'quick',
      1e-4,
    ],
  ])('%s', async (name, files, wanted, model, tolerance) => {
    const opened = await openModel(folderOf(name, files), wanted);
    expect(opened.weights.config).toMatchObject({ dim: 16, vision: { layers: 2 }, text: { layers: 2 } });
    expect(opened.hasTextTower).toBe(false); // without a tokenizer.json
    expect(opened.hash).toMatch(/^[0-9a-f]{64}$/);
    const engine = await opened.openEngine(1);
    const embeddings = await engine.embedImages(pixels);
    await engine.dispose();
    expect(relativeError(embeddings, expected(model))).toBeLessThan(tolerance);
  });

  it('says what had to be assumed of the pictures', async () => {
    const files = { ...hf, 'model.safetensors': 'quick-fp16.safetensors' };
    expect((await openModel(folderOf('unsaid', files))).notes).toEqual([
      'Nothing says how pictures are to be prepared: CLIP’s usual way is used.',
    ]);
    const said = { ...files, 'preprocessor_config.json': new TextEncoder().encode('{"size":32}') };
    expect((await openModel(folderOf('said', said))).notes).toEqual([]);
  });
});

describe('what does not open', () => {
  const model = { ...hf, 'model.safetensors': 'quick-fp16.safetensors' };
  const { 'model-00002-of-00004.safetensors': _, ...incomplete } = shards;
  it.each<[string, Readonly<Record<string, string | Uint8Array>>, string | undefined, string, RegExp]>([
    ['nothing', hf, undefined, 'unavailable', /holds no model/],
    [
      'a shard too few',
      { ...hf, ...incomplete },
      undefined,
      'bad-file',
      /model-00002-of-00004\.safetensors is missing/,
    ],
    [
      'a name that is not there',
      model,
      'model.onnx',
      'bad-request',
      /no file .* named model\.onnx; there are model\.safetensors\./,
    ],
    [
      'a text tower alone',
      { ...hf, 'model.safetensors': 'quick-text.safetensors' },
      undefined,
      'unavailable',
      /no image tower/,
    ],
    [
      'a pickle',
      { ...hf, 'pytorch_model.bin': 'pytorch_model.bin' },
      undefined,
      'unsupported',
      /PyTorch checkpoint/,
    ],
    [
      'pictures of another size',
      { ...model, 'preprocessor_config.json': new TextEncoder().encode('{"size":224}') },
      undefined,
      'bad-file',
      /pictures of 224 pixels, but its model wants 32/,
    ],
    [
      'a config cut off',
      { ...model, 'config.json': new TextEncoder().encode('{"model_type":') },
      undefined,
      'bad-file',
      /config\.json is not JSON/,
    ],
  ])('%s', async (name, files, wanted, tag, sentence) => {
    const opening = openModel(folderOf(name, files), wanted);
    await expect(opening).rejects.toMatchObject({ tag, message: expect.stringMatching(sentence) });
  });
});

describe('choosing among several files', () => {
  const chosen = (names: readonly string[], wanted?: string) =>
    chooseWeights(
      names.map((name) => ({ name })),
      wanted,
    ).map(({ name }) => name);

  it('goes for full precision, and for towers that belong together', () => {
    const names = [
      'vision_model_q8.onnx',
      'vision_model.onnx',
      'text_model_q8.onnx',
      'text_model.onnx',
      'a.json',
    ];
    expect(chosen(names)).toEqual(['vision_model.onnx', 'text_model.onnx']);
    expect(chosen(names, 'vision_model_q8.onnx')).toEqual(['vision_model_q8.onnx', 'text_model_q8.onnx']);
    expect(chosen([...names, 'model.safetensors', 'pytorch_model.bin'])).toEqual(['model.safetensors']);
    expect(chosen(['pytorch_model.bin', 'README.md'])).toEqual(['pytorch_model.bin']);
    expect(chosen(['README.md'])).toEqual([]);
  });
});

it('blocks come ascending, each that a later head reads', () => {
  const vision = { layers: 4 } as Parameters<typeof chooseBlocks>[1];
  expect(chooseBlocks('all', vision)).toEqual([0, 1, 2]);
  expect(chooseBlocks([2, 0], vision)).toEqual([0, 2]);
  expect(() => chooseBlocks([3], vision)).toThrow(/it is the last/);
});

it('an analysis may keep a quarter of the free memory, within bounds', () => {
  expect(analysisBudget(8 * 2 ** 30)).toBe(2 ** 31);
  expect(analysisBudget(2 ** 20)).toBe(384 * 2 ** 20);
  expect(analysisBudget(2 ** 40)).toBe(2 ** 32);
});
