import {
  readSafetensors,
  type StoredTensor,
  type TensorToWrite,
  writeSafetensors,
} from '../clip/checkpoint/safetensors.ts';
import { isLensError, LensError } from '../errors.ts';

/** An array of a pack's safetensors file. F16 is kept as its bits. */
export type PackTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'F16'; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array };

const views = {
  F32: (bytes: ArrayBuffer) => new Float32Array(bytes),
  I32: (bytes: ArrayBuffer) => new Int32Array(bytes),
  F16: (bytes: ArrayBuffer) => new Uint16Array(bytes),
};
type Views = { [K in keyof typeof views]: ReturnType<(typeof views)[K]> };

/** A safetensors file of a pack, its header read and checked. */
export interface TensorFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The bytes of a safetensors file of these arrays. */
export const encodeTensors = (tensors: Readonly<Record<string, PackTensor>>): Uint8Array =>
  writeSafetensors(Object.entries(tensors).map(([name, tensor]): TensorToWrite => ({ name, ...tensor })));

/** Throws LensError `bad-file` when the bytes are no whole safetensors file. */
export function decodeTensors(bytes: Uint8Array, name: string): TensorFile {
  try {
    return { name, bytes, tensors: readSafetensors(bytes).tensors };
  } catch (cause) {
    if (!isLensError(cause)) throw cause;
    throw new LensError('bad-file', `This pack is broken: ${name} is damaged or incomplete.`, { cause });
  }
}

/**
 * A tensor that is what pack.json says it is.
 * @throws LensError `bad-file` when it is absent or of another type or shape
 */
export function checkShape(
  file: string,
  tensor: StoredTensor | undefined,
  name: string,
  dtype: PackTensor['dtype'],
  shape: readonly number[],
): StoredTensor {
  const bad = (what: string) => new LensError('bad-file', `This pack is broken: ${what}.`);
  if (!tensor) throw bad(`${file} has no ${name}`);
  if (tensor.dtype !== dtype) throw bad(`${name} of ${file} is ${tensor.dtype} where ${dtype} belongs`);
  if (list(tensor.shape) === list(shape)) return tensor;
  throw bad(`${name} of ${file} is ${list(tensor.shape)} where ${list(shape)} belongs`);
}

const list = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/**
 * One array of a file, as a typed array of its own.
 * @throws LensError `bad-file` when it is absent or of another type or shape
 */
export function takeTensor<T extends keyof Views>(
  file: TensorFile,
  name: string,
  dtype: T,
  shape: readonly number[],
): Views[T] {
  const { offset, length } = checkShape(file.name, file.tensors.get(name), name, dtype, shape);
  const copy = new Uint8Array(file.bytes.subarray(offset, offset + length)); // aligned, and lets the file go
  return views[dtype](copy.buffer) as Views[T];
}
