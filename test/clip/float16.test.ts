import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHalf, encodeHalf, floatToHalf, halfToFloat, widenBfloat16 } from '../../src/clip/float16.ts';

describe('half floats', () => {
  it('survive the way to float32 and back, all 65,536 of them', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const isNaN16 = (bits: number) => (bits & 0x7fff) > 0x7c00;
    const back = encodeHalf(decodeHalf(all));
    expect(all.every((bits) => back[bits] === bits || (isNaN16(bits) && isNaN16(back[bits]!)))).toBe(true);
  });

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.9, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [1 + 1 / 2048, 0x3c00],
    [1 + 3 / 2048, 0x3c02],
    [-0, 0x8000],
  ])('%d is %d', (value, bits) => {
    expect(floatToHalf(value)).toBe(bits);
  });

  it('round to the nearest', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const bits = floatToHalf(value);
        const gap = (other: number) => Math.abs(halfToFloat(other) - value);
        const neighbours = [bits - 1, bits + 1].filter((other) => (other & 0x7fff) <= 0x7c00 && other >= 0);
        return neighbours.every((other) => gap(bits) <= gap(other));
      }),
    );
  });
});

it('bfloat16 widens to the float with the same upper bits', () => {
  const out = new Float32Array(3);
  widenBfloat16(Uint16Array.of(0x3f80, 0xc049, 0x7f80), out);
  expect([...out]).toEqual([1, -3.140625, Number.POSITIVE_INFINITY]);
});
