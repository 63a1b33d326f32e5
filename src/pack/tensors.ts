import { LensError } from '../errors.ts';

/** An array of a pack's safetensors file. F16 is kept as its bits. */
export type PackTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'F16'; readonly shape: readonly number[]; readonly data: Uint16Array };

type Data = { F32: Float32Array<ArrayBuffer>; I32: Int32Array<ArrayBuffer>; F16: Uint16Array<ArrayBuffer> };

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** A tensor as it lies in a file. */
interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const views: { [K in keyof Data]: (bytes: ArrayBuffer) => Data[K] } = {
  F32: (bytes) => new Float32Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  F16: (bytes) => new Uint16Array(bytes),
};

const list = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** A safetensors file of these arrays. */
export function encodeTensors(tensors: Readonly<Record<string, PackTensor>>): Uint8Array {
  const header: Record<string, object> = {};
  let offset = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + 8 * Math.ceil(json.length / 8);
  const bytes = new Uint8Array(start + offset).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Throws LensError `bad-file` when the bytes are no safetensors file. */
export function decodeTensors(bytes: Uint8Array, file: string): ReadonlyMap<string, Stored> {
  const bad = (cause?: unknown) => new LensError('bad-file', `${file} is not a safetensors file.`, { cause });
  if (bytes.length < 8) throw bad();
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) throw bad();
  const found = new Map<string, Stored>();
  try {
    const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    const header = JSON.parse(text) as Record<string, HeaderEntry>;
    for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
      found.set(name, {
        dtype,
        shape,
        bytes: bytes.subarray(8 + length + data_offsets[0], 8 + length + data_offsets[1]),
      });
    }
  } catch (cause) {
    throw bad(cause);
  }
  return found;
}

/**
 * One array of a file, as a fresh typed array.
 * @throws LensError `bad-file` when it is absent or of another type or shape
 */
export function takeTensor<T extends keyof Data>(
  tensors: ReadonlyMap<string, Stored>,
  file: string,
  name: string,
  dtype: T,
  shape: readonly number[],
): Data[T] {
  const tensor = tensors.get(name);
  const bad = (what: string) => new LensError('bad-file', `This pack is broken: ${what}.`);
  if (!tensor) throw bad(`${file} has no ${name}`);
  if (tensor.dtype !== dtype) throw bad(`${name} of ${file} is ${tensor.dtype} where ${dtype} belongs`);
  if (list(tensor.shape) !== list(shape)) {
    throw bad(`${name} of ${file} is ${list(tensor.shape)} where ${list(shape)} belongs`);
  }
  return views[dtype](new Uint8Array(tensor.bytes).buffer);
}
