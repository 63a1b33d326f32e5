import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../src/clip/checkpoint/safetensors.ts';
import { isLensError } from '../../../src/errors.ts';

const sample = () =>
  writeSafetensors(
    [
      { name: 'bytes', dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
      { name: 'half', dtype: 'F16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) },
      { name: 'matrix', dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      { name: 'index', dtype: 'I32', shape: [], data: Int32Array.of(-7) },
      { name: 'none', dtype: 'F32', shape: [0, 5], data: new Float32Array() },
    ],
    { made: 'by a test' },
  );

/** A file with this header, as text, and `dataLength` bytes after it. */
function withHeader(header: string, dataLength = 64): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + dataLength);
  new DataView(file.buffer).setUint32(0, json.length, true);
  file.set(json, 8);
  return file;
}

const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe('writeSafetensors and readSafetensors', () => {
  it('go round, aligned', () => {
    const file = sample();
    const { tensors, metadata } = readSafetensors(file);
    expect(metadata).toEqual({ made: 'by a test' });
    expect([...tensors.keys()].sort()).toEqual(['bytes', 'half', 'index', 'matrix', 'none']);
    const matrix = tensors.get('matrix')!;
    expect(matrix.offset % 8).toBe(0);
    expect([...new Float32Array(file.buffer, matrix.offset, 4)]).toEqual([1, 2, 3, 4]);
    expect(tensors.get('half')!.offset % 2).toBe(0);
    expect(tensors.get('index')).toMatchObject({ dtype: 'I32', shape: [], length: 4 });
    expect(file[tensors.get('bytes')!.offset]).toBe(1);
  });

  it('expose types that are no weights', () => {
    const file = withHeader(`{"position_ids":${entry([1, 8], [0, 64], 'I64')}}`);
    expect(readSafetensors(file).tensors.get('position_ids')).toMatchObject({ dtype: 'I64', length: 64 });
  });

  it('read a view into a larger buffer, at any alignment', () => {
    const file = sample();
    const padded = new Uint8Array(file.length + 3);
    padded.set(file, 3);
    expect(readSafetensors(padded.subarray(3)).tensors).toEqual(readSafetensors(file).tensors);
  });

  it('refuse to write what could not be read', () => {
    const one = { name: 'a', dtype: 'F32', shape: [1], data: new Float32Array(1) } as const;
    expect(() => writeSafetensors([one, one])).toThrow(/share a name/);
    expect(() => writeSafetensors([{ ...one, shape: [2] }])).toThrow(/does not fit/);
  });
});

describe('readSafetensors refuses, with a sentence,', () => {
  it.each([
    ['an empty file', new Uint8Array()],
    ['a web page', new TextEncoder().encode('<!doctype html><html></html>')],
    ['a header longer than the file', withHeader('{}').subarray(0, 9)],
    ['a header that is no JSON', withHeader('{"a":')],
    ['a header that is no UTF-8', withHeader('{}').fill(0xff, 8, 10)],
    ['a header that is a list', withHeader('[]')],
    ['a missing field', withHeader('{"a":{"dtype":"F32","shape":[1]}}')],
    ['an unknown type', withHeader(`{"a":${entry([1], [0, 4], 'F31')}}`)],
    ['a type named like a method', withHeader(`{"a":${entry([1], [0, 4], 'toString')}}`)],
    ['a negative size', withHeader(`{"a":${entry([-1], [0, 4])}}`)],
    ['a fractional size', withHeader(`{"a":${entry([0.5, 2], [0, 4])}}`)],
    ['a shape that overflows', withHeader(`{"a":${entry([2 ** 40, 2 ** 40], [0, 4])}}`)],
    ['a shape that does not fit its range', withHeader(`{"a":${entry([2], [0, 4])}}`)],
    ['a range that runs backwards', withHeader(`{"a":${entry([1], [8, 4])}}`)],
    ['a range outside the file', withHeader(`{"a":${entry([1], [64, 68])}}`)],
    ['overlapping tensors', withHeader(`{"a":${entry([2], [0, 8])},"b":${entry([2], [4, 12])}}`)],
    ['a name that comes twice', withHeader(`{"a":${entry([1], [0, 4])},"\\u0061":${entry([1], [4, 8])}}`)],
    ['metadata that is not text', withHeader('{"__metadata__":{"a":1}}')],
  ])('%s', (_, file) => {
    expect(() => readSafetensors(file)).toThrow(/^This safetensors file is damaged or incomplete: .+\.$/);
    expect(() => readSafetensors(file)).toThrow(expect.toSatisfy(isLensError));
  });

  it('any corruption, or reads it: never another exception', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    const cut = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(edits, cut, (changes, end) => {
        const file = sample();
        // Most of the trouble is in the header, which is nearly all of this small file.
        for (const [at, value] of changes) file[at % file.length] = value;
        expectReadOrLensError(end === undefined ? file : file.subarray(0, end % file.length));
      }),
      { numRuns: 2000 },
    );
  });

  it('any JSON as a header, or reads it', () => {
    fc.assert(fc.property(fc.json(), (json) => expectReadOrLensError(withHeader(json))));
    const tensor = fc.record({
      dtype: fc.constantFrom('F32', 'U8', 'I64'),
      shape: fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 3 }),
      data_offsets: fc.array(fc.integer({ min: -1, max: 80 }), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), tensor), (header) =>
        expectReadOrLensError(withHeader(JSON.stringify(header))),
      ),
    );
  });
});

function expectReadOrLensError(file: Uint8Array): void {
  try {
    for (const { offset, length } of readSafetensors(file).tensors.values()) {
      expect(offset + length).toBeLessThanOrEqual(file.length);
    }
  } catch (error) {
    if (!isLensError(error)) throw error;
    expect(error.tag).toBe('bad-file');
  }
}
