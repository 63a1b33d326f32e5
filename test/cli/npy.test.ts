import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../cli/npy.ts';
import { LensError } from '../../src/errors.ts';
import { readNpy as readFixture } from '../support/npy.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

/** A .npy file by hand: header text as given, then the bytes of `data`. */
function npy(header: string, data: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}

describe('npy', () => {
  it('reads what it writes', () => {
    const values = fc.float32Array({ minLength: 24, maxLength: 24, noNaN: true });
    fc.assert(
      fc.property(values, fc.constantFrom([24], [4, 6], [2, 3, 4]), (data, shape) => {
        expect(readNpy(writeNpy(shape, data), 'a')).toEqual({ shape, data });
      }),
    );
  });

  it('begins its data at a multiple of 64 bytes, as NumPy does', () => {
    expect(writeNpy([2], new Float32Array(2)).length % 64).toBe(8);
    expect(writeNpy([0, 3], new Float32Array(0)).length % 64).toBe(0);
  });

  it('reads float64 and Fortran order', () => {
    const data = Float64Array.of(1, 2, 3, 4, 5, 6);
    const header = "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 2), }\n";
    expect([...readNpy(npy(header, data), 'a').data]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n";
  const wrong: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(0), /a\.npy is not a NumPy array: it does not begin like one\./],
    ['text', new TextEncoder().encode('0.1,0.2,0.3,0.4'), /does not begin like one/],
    ['a short body', npy(header, new Float32Array(3)), /its shape needs 16 bytes and 12 follow/],
    ['a long body', npy(header, new Float32Array(5)), /its shape needs 16 bytes and 20 follow/],
    ['half a header', npy(header, new Float32Array(4)).subarray(0, 40), /its header is cut off/],
    ['integers', npy(header.replace('<f4', '<i4'), new Int32Array(4)), /holds <i4; save it as float32/],
    ['another header', npy('{}', new Float32Array(4)), /its header is not understood/],
  ];
  it.each(wrong)('refuses %s in a sentence', (_, bytes, sentence) => {
    expect(() => readNpy(bytes, 'a.npy')).toThrow(LensError);
    expect(() => readNpy(bytes, 'a.npy')).toThrow(sentence);
  });
});

describeWithShared('npy of NumPy', () => {
  it('is read, and written byte for byte', () => {
    const path = sharedPath('reference', 'small', 'layer1_pc.npy');
    const read = readNpy(readFileSync(path), 'layer1_pc.npy');
    expect(read).toEqual(readFixture(path));
    expect(Buffer.compare(writeNpy(read.shape, read.data), readFileSync(path))).toBe(0);
  });
});
