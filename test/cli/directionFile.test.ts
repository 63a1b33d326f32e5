import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MOST_DIRECTIONS, readDirections, readNames } from '../../cli/directionFile.ts';
import { writeNpy } from '../../cli/npy.ts';
import { type TensorToWrite, writeSafetensors } from '../../src/clip/checkpoint/safetensors.ts';
import { encodeHalf } from '../../src/clip/float16.ts';
import { LensError } from '../../src/errors.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-directions-'));
afterAll(() => rmSync(root, { recursive: true }));
let files = 0;
function file(bytes: Uint8Array | string, ending: string): string {
  const path = join(root, `mine-${files++}${ending}`);
  writeFileSync(path, bytes);
  return path;
}

const SPACE = { dim: 2, width: 6 };
const npy = (shape: number[], values: number[]) => file(writeNpy(shape, Float32Array.from(values)), '.npy');
const safetensors = (...tensors: TensorToWrite[]) => file(writeSafetensors(tensors), '.safetensors');
const floats = (name: string, shape: number[]): TensorToWrite => ({
  name,
  shape,
  dtype: 'F32',
  data: new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(1),
});
const read = (path: string, options: { tensor?: string; transpose?: boolean } = {}) =>
  readDirections({ path, transpose: false, ...options }, SPACE);

const THREE = [3, 4, 0, -2, 1, 0];
const UNIT = [0.6, 0.8, 0, -1, 1, 0];

/** A .npy file of two numbers whose header claims another shape. */
function claiming(shape: string): Uint8Array {
  const bytes = Buffer.from(writeNpy([1, 2], new Float32Array(2)));
  bytes.write(`${shape}, }`, bytes.indexOf('(1, 2)'), 'latin1');
  return bytes;
}

describe('directions from a file', () => {
  const close = (rows: Float32Array) => {
    expect(rows.length).toBe(UNIT.length);
    rows.forEach((value, i) => {
      expect(value).toBeCloseTo(UNIT[i]!, 2);
    });
  };

  it('are its rows at length 1', async () => {
    const { count, rows, hash } = await read(npy([3, 2], THREE));
    expect(count).toBe(3);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    close(rows);
  });

  it('or its columns, where that is said', async () => {
    close((await read(npy([2, 3], [3, 0, 1, 4, -2, 0]), { transpose: true })).rows);
  });

  it('may be in half precision, and among other tensors', async () => {
    const shape = [3, 2];
    const half = encodeHalf(Float32Array.from(THREE));
    const upper = Uint16Array.from(new Uint32Array(Float32Array.from(THREE).buffer), (bits) => bits >>> 16);
    close(
      (await read(safetensors({ name: 'W_dec', shape, dtype: 'F16', data: half }, floats('b', [2])))).rows,
    );
    close(
      (await read(safetensors({ name: 'W_dec', shape, dtype: 'BF16', data: upper }, floats('e', [6, 3]))))
        .rows,
    );
    const two = safetensors({ name: 'W_dec', shape, dtype: 'F16', data: half }, floats('W_enc', [3, 2]));
    close((await read(two, { tensor: 'W_dec' })).rows);
  });

  const cases: [string, () => string, Parameters<typeof read>[1], RegExp][] = [
    [
      'of another space',
      () => npy([1, 3], [1, 2, 3]),
      {},
      /mine-\d+\.npy has shape \[1, 3\]; this model's joint space has 2 dimensions, so directions are \[k, 2\], one direction a row\.$/,
    ],
    [
      'of the residual stream',
      () => npy([1, 6], THREE),
      {},
      /as wide as this model's residual stream, not as its joint space of 2/,
    ],
    [
      'turned',
      () => npy([2, 3], THREE),
      {},
      /has shape \[2, 3\]: the directions are its columns; add --transpose\.$/,
    ],
    ['turned twice', () => npy([3, 2], THREE), { transpose: true }, /its rows; leave out --transpose/],
    ['as a list', () => npy([2], [1, 2]), {}, /has shape \[2\]; directions are \[k, 2\]/],
    ['as a cube', () => npy([1, 1, 2], [1, 2]), {}, /has shape \[1, 1, 2\]; directions are/],
    ['none', () => npy([0, 2], []), {}, /there is no direction in it/],
    [
      'too many',
      () => npy([MOST_DIRECTIONS + 1, 2], new Array(2 * MOST_DIRECTIONS + 2).fill(1)),
      {},
      /at most 16,384 directions\. Save a part/,
    ],
    [
      'zero',
      () => npy([2, 2], [1, 1, 0, 0]),
      {},
      /^mine-\d+\.npy: Direction 1 is zero: a zero vector points nowhere\. Leave such rows out\.$/,
    ],
    [
      'that are no numbers',
      () => npy([1, 2], [1, Number.NaN]),
      {},
      /Direction 0 holds values that are no numbers\.$/,
    ],
    ['in no array', () => file('0.1,0.2', '.npy'), {}, /is not a NumPy array/],
    [
      'cut off',
      () => file(writeNpy([3, 2], Float32Array.from(THREE)).subarray(0, 140), '.npy'),
      {},
      /is broken: its shape needs 24 bytes/,
    ],
    [
      'of a huge shape',
      () => file(claiming('(999999999, 2)'), '.npy'),
      {},
      /is broken: its shape needs 7999999992 bytes and 8 follow/,
    ],
    [
      'in broken safetensors',
      () => file('x'.repeat(99), '.safetensors'),
      {},
      /^mine-\d+\.safetensors: This safetensors file is damaged/,
    ],
    [
      'in one of two matrices',
      () => safetensors(floats('W_enc', [3, 2]), floats('W_dec', [3, 2])),
      {},
      /several matrices: say which with --tensor, of "W_enc", "W_dec"\.$/,
    ],
    ['in no matrix', () => safetensors(floats('b', [2])), {}, /has no matrix/],
    [
      'in a tensor that is not there',
      () => safetensors(floats('W', [3, 2])),
      { tensor: 'D' },
      /has no tensor "D"; it has "W"\.$/,
    ],
    [
      'of whole numbers',
      () => safetensors({ name: 'W', shape: [1, 2], dtype: 'I32', data: new Int32Array(2) }),
      {},
      /holds I32; save the directions as float32/,
    ],
    [
      'in a tensor of an array',
      () => npy([3, 2], THREE),
      { tensor: 'W' },
      /--tensor names a tensor of a safetensors file/,
    ],
    ['nowhere', () => join(root, 'none.npy'), {}, /none\.npy is not there/],
  ];
  it.each(cases)('%s are refused in a sentence', async (_, path, options, sentence) => {
    const error = await read(path(), options).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(LensError);
    expect((error as LensError).message).toMatch(sentence);
    expect((error as LensError).message).toMatch(/^[^\n]+\.$/);
  });
});

describe('names of directions', () => {
  it('are lines; a blank one is no name', async () => {
    expect(await readNames(file('cat\n\n dog ☃\r\n', '.txt'), 3)).toEqual(['cat', '', 'dog ☃']);
  });

  it.each([
    ['cat\ndog\n', /has 2 lines, and there should be 3: one/],
    [`a\n${'b'.repeat(201)}\nc`, /Line 2 of mine-\d+\.txt is longer than 200 letters/],
    ['a\nb\u0007\nc', /Line 2 .* not text/],
  ])('%j are refused', async (text, sentence) => {
    await expect(readNames(file(text, '.txt'), 3)).rejects.toThrow(sentence);
  });
});
