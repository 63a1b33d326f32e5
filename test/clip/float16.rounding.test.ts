import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHalf, encodeHalf, floatToHalf, halfToFloat } from '../../src/clip/float16.ts';

describe('half precision', () => {
  it('gives back every finite half exactly', () => {
    const all = Array.from({ length: 65536 }, (_, bits) => bits);
    const lost = all.filter(
      (bits) => !Number.isNaN(halfToFloat(bits)) && floatToHalf(halfToFloat(bits)) !== bits,
    );
    expect(lost).toEqual([]);
  });

  it('rounds to the nearest half, ties to the even one', () => {
    const float = fc.float({ noNaN: true, min: -65504, max: 65504 });
    fc.assert(
      fc.property(float, (value) => {
        const bits = floatToHalf(value);
        const error = Math.abs(halfToFloat(bits) - value);
        for (const near of [bits - 1, bits + 1]) {
          const other = halfToFloat(near & 0xffff);
          if (Number.isFinite(other)) expect(error).toBeLessThanOrEqual(Math.abs(other - value));
        }
      }),
    );
    expect(halfToFloat(floatToHalf(1 + 1 / 2048))).toBe(1);
    expect(halfToFloat(floatToHalf(1 + 3 / 2048))).toBe(1 + 2 / 1024);
    expect(floatToHalf(2 ** -25)).toBe(0);
    expect(floatToHalf(1.5 * 2 ** -25)).toBe(1);
  });

  it('overflows to infinity at 65520', () => {
    expect(halfToFloat(floatToHalf(65519))).toBe(65504);
    expect(halfToFloat(floatToHalf(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(halfToFloat(floatToHalf(-1e9))).toBe(Number.NEGATIVE_INFINITY);
    expect(halfToFloat(floatToHalf(Number.NaN))).toBeNaN();
  });

  it('works on arrays', () => {
    expect([...decodeHalf(encodeHalf(Float32Array.of(0.5, -2, 0)))]).toEqual([0.5, -2, 0]);
  });
});
