import { describe, expect, it } from 'vitest';
import { joined } from '../src/bytes.ts';

describe('joined', () => {
  it('puts arrays one after another, each with the part of its buffer that it shows', () => {
    const part = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
    const floats = Float32Array.of(1, -2);
    const bytes = joined([part, new Uint8Array(), Uint8Array.of(3, 4), floats]);
    expect([...bytes.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
    expect(new Float32Array(bytes.slice(4).buffer)).toEqual(floats);
  });

  it('is a copy, of one array too, and empty for none', () => {
    const one = Uint8Array.of(1, 2);
    const bytes = joined([one]);
    one[0] = 7;
    expect([...bytes]).toEqual([1, 2]);
    expect(joined([])).toEqual(new Uint8Array());
  });
});
