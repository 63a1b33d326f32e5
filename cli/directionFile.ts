import { basename } from 'node:path';
import { readSafetensors, type StoredTensor } from '../src/clip/checkpoint/safetensors.ts';
import { decodeHalf } from '../src/clip/float16.ts';
import { shortly } from '../src/clip/shortly.ts';
import { isLensError, LensError } from '../src/errors.ts';
import { sha256 } from '../src/images/hash.ts';
import { unitRows } from '../src/lens/givenDirections.ts';
import { readBytes } from './folder.ts';
import { readNpy } from './npy.ts';

/** Directions of the joint space, read from somebody's file. */
export interface GivenDirections {
  readonly count: number;
  /** [k, D], each of length 1, its sign as in the file. */
  readonly rows: Float32Array;
  /** SHA-256 of the file. */
  readonly hash: string;
}

export interface DirectionFile {
  readonly path: string;
  /** Which tensor of a safetensors file; needed where several would do. */
  readonly tensor?: string | undefined;
  /** Whether the directions are the columns: [D, k], as a linear decoder's weight is stored. */
  readonly transpose: boolean;
}

/** Every direction is compared with every other: 16,384 of 768 numbers are 2·10¹¹ products, some minutes. */
export const MOST_DIRECTIONS = 2 ** 14;

/** What is asked of the file's shape. */
export interface JointSpace {
  /** D */
  readonly dim: number;
  /** Of the image tower's residual stream, whose vectors are often mistaken for such directions. */
  readonly width: number;
}

const refuse = (sentence: string) => new LensError('bad-request', sentence);
const list = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/**
 * Reads directions from a .npy or .safetensors file.
 * @throws LensError `unavailable`, `bad-file`, `unsupported` (another type of number) or `bad-request` (another
 * shape, rows that are zero or no numbers, too many), naming the file
 */
export async function readDirections(file: DirectionFile, space: JointSpace): Promise<GivenDirections> {
  const name = basename(file.path);
  const bytes = await readBytes(file.path);
  const { shape, data } = matrixOf(bytes, name, file, space);
  checkShape(shape, name, file, space);
  const rows = file.transpose ? transposed(data, shape[0]!, shape[1]!) : data;
  const unit = naming(name, () => unitRows(rows, space.dim));
  return { count: unit.length / space.dim, rows: unit, hash: await sha256(bytes) };
}

/** Runs `work`, whose errors then say which file they are about. */
function naming<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isLensError(error)) throw error;
    throw new LensError(error.tag, `${name}: ${error.message}`, { cause: error });
  }
}

interface Matrix {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function matrixOf(
  bytes: Uint8Array,
  name: string,
  { tensor, transpose }: DirectionFile,
  space: JointSpace,
): Matrix {
  if (name.endsWith('.safetensors')) return tensorMatrix(bytes, name, tensor, transpose, space.dim);
  if (tensor !== undefined)
    throw refuse(`--tensor names a tensor of a safetensors file, which ${name} is not.`);
  return readNpy(bytes, name);
}

function tensorMatrix(
  bytes: Uint8Array,
  name: string,
  wanted: string | undefined,
  transpose: boolean,
  dim: number,
): Matrix {
  const { tensors } = naming(name, () => readSafetensors(bytes));
  const stored = wanted === undefined ? onlyMatrix(tensors, name, transpose, dim) : tensors.get(wanted);
  if (!stored) throw refuse(`${name} has no tensor ${shortly(wanted)}; it has ${some(tensors.keys())}.`);
  return { shape: stored.shape, data: floatsOf(bytes, stored, name) };
}

function onlyMatrix(
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  transpose: boolean,
  dim: number,
): StoredTensor {
  const matrices = [...tensors.values()].filter(({ shape }) => shape.length === 2);
  const fitting = matrices.filter(({ shape }) => shape[transpose ? 0 : 1] === dim);
  const [first, second] = fitting.length > 0 ? fitting : matrices;
  if (!first) throw refuse(`${name} has no matrix; directions are [k, ${dim}], one a row.`);
  if (!second) return first;
  const candidates = (fitting.length > 0 ? fitting : matrices).map((tensor) => tensor.name);
  throw refuse(`${name} has several matrices: say which with --tensor, of ${some(candidates)}.`);
}

/** A few names of somebody's file, as they may stand in a sentence. */
function some(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, 6).map(shortly).join(', ');
  return all.length > 6 ? `${shown} and ${all.length - 6} more` : shown || 'none';
}

function floatsOf(bytes: Uint8Array, { dtype, offset, length }: StoredTensor, name: string): Float32Array {
  const { buffer } = new Uint8Array(bytes.subarray(offset, offset + length)); // a copy, so that views are aligned
  if (dtype === 'F32') return new Float32Array(buffer);
  if (dtype === 'F64') return Float32Array.from(new Float64Array(buffer));
  if (dtype === 'F16') return decodeHalf(new Uint16Array(buffer));
  if (dtype === 'BF16') return bfloats(new Uint16Array(buffer));
  throw new LensError('unsupported', `${name} holds ${dtype}; save the directions as float32.`);
}

/** bfloat16 is the upper half of a float32. */
function bfloats(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (upper) => upper << 16).buffer);
}

function checkShape(
  shape: readonly number[],
  name: string,
  { transpose }: DirectionFile,
  { dim, width }: JointSpace,
): void {
  const found = `${name} has shape ${list(shape)}`;
  const [rows, columns] = transpose ? [shape[1], shape[0]] : shape;
  const wanted = transpose ? `[${dim}, k] with --transpose` : `[k, ${dim}], one direction a row`;
  if (shape.length !== 2) throw refuse(`${found}; directions are ${wanted}.`);
  if (columns !== dim) {
    if (rows === dim) {
      throw refuse(
        `${found}: the directions are its ${transpose ? 'rows; leave out' : 'columns; add'} --transpose.`,
      );
    }
    const why =
      columns === width
        ? `its rows are as wide as this model's residual stream, not as its joint space of ${dim} dimensions, ` +
          'where directions are looked for'
        : `this model's joint space has ${dim} dimensions, so directions are ${wanted}`;
    throw refuse(`${found}; ${why}.`);
  }
  if (rows === 0 || rows === undefined) throw refuse(`${found}: there is no direction in it.`);
  if (rows > MOST_DIRECTIONS) {
    const most = MOST_DIRECTIONS.toLocaleString('en-GB');
    throw refuse(`${found}; a pack takes at most ${most} directions. Save a part of them.`);
  }
}

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = data[row * columns + column]!;
  }
  return out;
}

const LONGEST_NAME = 200;

/**
 * Names of directions, a line each in their order; a blank line for one without a name.
 * @throws LensError `unavailable`, or `bad-request` when there are not `count` of them
 */
export async function readNames(path: string, count: number): Promise<readonly string[]> {
  const name = basename(path);
  const text = new TextDecoder().decode(await readBytes(path));
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (lines.length !== count) {
    throw refuse(`${name} has ${lines.length} lines, and there should be ${count}: one for each direction.`);
  }
  const names = lines.map((line) => line.trim());
  const long = names.findIndex((line) => line.length > LONGEST_NAME);
  if (long >= 0) throw refuse(`Line ${long + 1} of ${name} is longer than ${LONGEST_NAME} letters.`);
  const control = names.findIndex((line) => /\p{Cc}/u.test(line));
  if (control >= 0) throw refuse(`Line ${control + 1} of ${name} holds characters that are not text.`);
  return names;
}
