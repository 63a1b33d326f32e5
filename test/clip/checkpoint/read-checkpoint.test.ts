import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownHeads } from '../../../src/clip/checkpoint/knownHeads.ts';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { type TensorToWrite, writeSafetensors } from '../../../src/clip/checkpoint/safetensors.ts';
import type { ClipConfig } from '../../../src/clip/config.ts';
import { configJson } from '../../../src/clip/configJson.ts';
import { assertFinite, floats, matrix } from '../../../src/clip/values.ts';
import { isLensError } from '../../../src/errors.ts';
import { randomCheckpoint, TINY_TEXT, TINY_VISION } from '../../support/randomClip.ts';
import { describeWithShared, sharedPath } from '../../support/shared.ts';

const tiny: ClipConfig = { vision: TINY_VISION, text: TINY_TEXT, dim: 10 };

const zeros = (name: string, ...shape: number[]): TensorToWrite => ({
  name,
  shape,
  dtype: 'F32',
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

describe('readCheckpoint', () => {
  it('takes sizes from the config, or from the shapes', () => {
    expect(readCheckpoint(randomCheckpoint(tiny, 1), configJson(tiny)).config).toEqual(tiny);
    const wide: ClipConfig = { vision: { ...TINY_VISION, width: 128 }, dim: 10 };
    expect(readCheckpoint(randomCheckpoint(wide, 1)).config).toEqual(wide);
  });

  it('says whether the activation is known or assumed', () => {
    const wide: ClipConfig = { vision: { ...TINY_VISION, width: 128 }, dim: 10 };
    const file = randomCheckpoint(wide, 1);
    expect(readCheckpoint(file).activationBasis).toBe('assumed');
    expect(readCheckpoint(file, configJson(wide)).activationBasis).toBe('stated');
    const { hidden_act: _, ...vision } = configJson(wide).vision_config as Record<string, unknown>;
    const silent = { ...configJson(wide), vision_config: vision };
    expect(readCheckpoint(file, silent).activationBasis).toBe('stated'); // the default, left out
    expect(readCheckpoint(file, { vision_config: { image_size: 16 } }).activationBasis).toBe('assumed');
  });

  it('knows the widths whose heads are not 64 wide', () => {
    expect([768, 1024, 1280, 1408, 1664].map((width) => knownHeads('vision', width))).toEqual([
      12, 16, 16, 16, 16,
    ]);
    expect([512, 1280].map((width) => knownHeads('text', width))).toEqual([8, 20]);
  });

  it('asks for the config where only it can tell the heads', () => {
    expect(() => readCheckpoint(randomCheckpoint(tiny, 1))).toThrow(/config\.json/);
  });

  it.each([
    { vision: TINY_VISION, dim: 10 },
    { text: TINY_TEXT, dim: 10 },
  ])('reads one tower alone', (config) => {
    const weights = readCheckpoint(randomCheckpoint(config, 1), configJson(config));
    expect(Object.keys(weights.config).sort()).toEqual(Object.keys(config).sort());
    expect(weights.temperature).toBeCloseTo(100, 3);
  });

  it('copies nothing but BF16, which it widens', () => {
    const file = randomCheckpoint(tiny, 1);
    expect([...readCheckpoint(file, configJson(tiny)).files.values()]).toEqual([file]);
    expect(readCheckpoint(file, configJson(tiny)).files.get('model.safetensors')).toBe(file);
    const wide = readCheckpoint(randomCheckpoint(tiny, 1, 'BF16'), configJson(tiny));
    expect([...wide.files.keys()]).toEqual(['widened']);
    const exact = readCheckpoint(file, configJson(tiny));
    const [a, b] = [wide, exact].map((weights) => floats(weights, weights.vision!.cls)) as [
      Float32Array,
      Float32Array,
    ];
    expect(a.every((value, i) => Math.abs(value - b[i]!) <= Math.abs(b[i]!) / 128)).toBe(true);
  });

  it.each([
    ['a width', { hidden_size: 32 }],
    ['blocks', { num_hidden_layers: 3 }],
    ['heads', { num_attention_heads: 5 }],
    ['neurons', { intermediate_size: 25 }],
    ['a picture size', { image_size: 32 }],
    ['a fraction', { hidden_size: 16.5 }],
    ['text for a number', { hidden_size: 'wide' }],
  ])('refuses a config with %s that the weights do not have', (_, change) => {
    const config = configJson(tiny);
    const other = { ...config, vision_config: { ...(config.vision_config as object), ...change } };
    expect(() => readCheckpoint(randomCheckpoint(tiny, 1), other)).toThrow(
      expect.toSatisfy((error) => isLensError(error) && error.tag === 'bad-file'),
    );
  });

  it('refuses activations and architectures that are not CLIP’s', () => {
    const config = configJson(tiny);
    const relu = { ...config, vision_config: { ...(config.vision_config as object), hidden_act: 'relu' } };
    expect(() => readCheckpoint(randomCheckpoint(tiny, 1), relu)).toThrow(/relu/);
    expect(() => readCheckpoint(randomCheckpoint(tiny, 1), { model_type: 'siglip' })).toThrow(/siglip/);
    expect(() => readCheckpoint(randomCheckpoint(tiny, 1), [])).toThrow(/JSON object/);
  });

  it.each([
    ['visual.trunk.blocks.0.attn.qkv.weight', /timm/],
    ['visual.layer1.0.conv1.weight', /ResNet/],
    ['vision_model.head.probe', /SigLIP/],
    ['model.layers.0.mlp.up_proj.weight', /language model/],
    ['something.else', /something\.else/],
  ])('says what a file with %s is and what to use', (name, what) => {
    const read = () => readCheckpoint(writeSafetensors([zeros(name, 2)]));
    expect(read).toThrow(what);
    expect(read).toThrow(/openai\/clip-vit-base-patch32/);
  });

  it('says which tensor is missing', () => {
    const read = () =>
      readCheckpoint(writeSafetensors([zeros('vision_model.embeddings.class_embedding', 64)]));
    expect(read).toThrow(/visual_projection\.weight/);
  });

  it('never fails with anything but a LensError', () => {
    const file = randomCheckpoint(tiny, 1);
    const headerEnd = 8 + new DataView(file.buffer).getUint32(0, true);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(headerEnd - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
        const damaged = file.slice();
        for (const [at, value] of changes) damaged[at] = value;
        expectWeightsOrLensError(() => readCheckpoint(damaged, configJson(tiny)));
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (config) => expectWeightsOrLensError(() => readCheckpoint(file, config))),
    );
  });
});

function expectWeightsOrLensError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!isLensError(error)) throw error;
  }
}

describe('values', () => {
  it('gives matrices in the order asked for', () => {
    const weights = readCheckpoint(randomCheckpoint(tiny, 1), configJson(tiny));
    const { fc1 } = weights.vision!.blocks[0]!;
    const outIn = matrix(weights, fc1.weight, 'out-in');
    const inOut = matrix(weights, fc1.weight, 'in-out');
    expect([outIn.rows, outIn.cols]).toEqual([24, 16]);
    expect([inOut.rows, inOut.cols]).toEqual([16, 24]);
    expect(inOut.data[3 * 24 + 7]).toBe(outIn.data[7 * 16 + 3]);
  });

  it('finds weights that are not finite', () => {
    const file = randomCheckpoint(tiny, 1);
    const weights = readCheckpoint(file, configJson(tiny));
    expect(() => assertFinite(weights)).not.toThrow();
    const { offset } = weights.text!.blocks[1]!.fc2.weight;
    new DataView(file.buffer).setFloat32(offset, Number.NaN, true);
    expect(() => assertFinite(weights)).toThrow(/text_model\.encoder\.layers\.1\.mlp\.fc2\.weight/);
  });
});

interface Listing {
  hf_openai_clip_vit_base_patch32: Record<string, number[]>;
  'openclip_ViT-B-32_laion2b_s34b_b79k': Record<string, number[]>;
}

/** A file with these tensors, all zero. */
function emptyFile(listing: Record<string, number[]>): Uint8Array {
  let end = 0;
  const entries = Object.entries(listing).map(([name, shape]) => {
    const begin = end;
    end += 2 * shape.reduce((a, b) => a * b, 1);
    return [name, { dtype: 'F16', shape, data_offsets: [begin, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const file = new Uint8Array(8 + header.length + end); // zeros are never touched, so they cost no memory
  new DataView(file.buffer).setUint32(0, header.length, true);
  file.set(header, 8);
  return file;
}

describeWithShared('the tensor names of ViT-B/32', () => {
  const listing = JSON.parse(readFileSync(sharedPath('clip/tensor_listing.json'), 'utf8')) as Listing;
  const vision = { width: 768, layers: 12, heads: 12, neurons: 3072, imageSize: 224, patchSize: 32 };
  const text = { width: 512, layers: 12, heads: 8, neurons: 2048, vocabularySize: 49408, contextLength: 77 };

  it("are all read from Hugging Face's file", () => {
    const config: unknown = JSON.parse(readFileSync(sharedPath('clip/hf/config.json'), 'utf8'));
    const weights = readCheckpoint(emptyFile(listing.hf_openai_clip_vit_base_patch32), config);
    expect(weights.config).toMatchObject({ dim: 512, vision, text });
    expect(weights.config.vision?.activation).toBe('quick_gelu');
  });

  it("are all read from OpenCLIP's, with or without its config", () => {
    const file = emptyFile(listing['openclip_ViT-B-32_laion2b_s34b_b79k']);
    const plain = readCheckpoint(file);
    expect(plain.config).toMatchObject({ dim: 512, vision, text });
    expect(plain.config.vision?.activation).toBe('gelu');
    const config = {
      model_cfg: {
        embed_dim: 512,
        quick_gelu: true,
        vision_cfg: { image_size: 224, layers: 12, width: 768, patch_size: 32 },
        text_cfg: { context_length: 77, vocab_size: 49408, width: 512, heads: 8, layers: 12 },
      },
    };
    expect(readCheckpoint(file, config).config).toMatchObject({
      vision: { ...vision, activation: 'quick_gelu' },
      text: { ...text, activation: 'quick_gelu' },
    });
  });
});
