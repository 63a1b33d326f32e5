import { describe, expect, it } from 'vitest';
import { resample } from '../../src/clip/resample.ts';
import fixture from './fixtures/preprocess.json' with { type: 'json' };

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

describe('resample', () => {
  it.each(fixture.cases)(
    'equals Pillow to the integer: $width × $height → $newWidth × $newHeight',
    ({ width, height, newWidth, newHeight, pixels, resized }) => {
      const image = { width, height, data: bytes(pixels) };
      expect(resample(image, { width: newWidth, height: newHeight })).toEqual(bytes(resized));
    },
  );

  it('gives the same bytes for a part as for the whole, cropped', () => {
    const { width, height, pixels, newWidth, newHeight, resized } = fixture.cases[1]!;
    const columns = { first: 5, count: 9 };
    const rows = { first: 11, count: 9 };
    const image = { width, height, data: bytes(pixels) };
    const part = resample(image, { width: newWidth, height: newHeight }, columns, rows);
    const whole = bytes(resized);
    for (let y = 0; y < 9; y++) {
      const start = ((11 + y) * newWidth + 5) * 3;
      expect(part.subarray(y * 27, y * 27 + 27)).toEqual(whole.subarray(start, start + 27));
    }
  });
});
