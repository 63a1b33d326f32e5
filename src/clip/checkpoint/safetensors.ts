import { LensError } from '../../errors.ts';
import { shortly } from '../shortly.ts';
import { duplicateKey } from './duplicateKey.ts';

/** Bytes of one element of every type the format names and whose elements are whole bytes. */
const ELEMENT_SIZE = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type StoredType = keyof typeof ELEMENT_SIZE;

/** Where a tensor lies in a safetensors file. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Byte range, counted from the start of the file. */
  readonly offset: number;
  readonly length: number;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The header's `__metadata__`, empty when there is none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Read in a blink, whatever it holds; ViT-B/32's header has 48 KB, and no CLIP's has more than 0.2 MB. */
const MAX_HEADER_BYTES = 2 * 2 ** 20;

const bad = (what: string): LensError =>
  new LensError('bad-file', `This safetensors file is damaged or incomplete: ${what}.`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads the header of a safetensors file and checks everything it claims against the file's length.
 * Nothing is copied: the tensors stay where they are in `bytes`.
 * @throws LensError `bad-file` for anything that is not a whole, consistent safetensors file.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const headerLength = safetensorsHeaderLength(bytes, bytes.length);
  return parseSafetensorsHeader(bytes.subarray(8, 8 + headerLength), bytes.length);
}

/**
 * Length of the JSON header, from a file's first 8 bytes: for those who read a file piece by piece.
 * The header itself is bytes 8 … 8 + length of the file.
 * @throws LensError `bad-file` when it cannot be the start of a safetensors file of `fileLength` bytes.
 */
export function safetensorsHeaderLength(start: Uint8Array, fileLength: number): number {
  if (start.length < 8) throw bad('it has fewer than 8 bytes');
  const view = new DataView(start.buffer, start.byteOffset, 8);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER_BYTES) throw bad('it does not begin with the length of a header of at most 2 MB');
  if (8 + length > fileLength) throw bad('it ends within its header');
  return length;
}

/**
 * Parses and checks the JSON header of a file of `fileLength` bytes.
 * @throws LensError `bad-file`
 */
export function parseSafetensorsHeader(header: Uint8Array, fileLength: number): SafetensorsFile {
  const json = parseJson(header);
  const dataStart = 8 + header.length;
  const tensors = new Map<string, StoredTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = checkMetadata(value);
    else tensors.set(name, checkTensor(name, value, dataStart, fileLength));
  }
  refuseOverlap(tensors);
  return { tensors, metadata };
}

function parseJson(header: Uint8Array): Record<string, unknown> {
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(header);
    json = JSON.parse(text);
  } catch (cause) {
    throw new LensError('bad-file', bad('its header is not JSON').message, { cause });
  }
  if (!isRecord(json)) throw bad('its header is not a JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) throw bad(`its header names ${shortly(twice)} twice`);
  return json;
}

function checkMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw bad('its metadata is not an object');
  for (const entry of Object.values(value)) {
    if (typeof entry !== 'string') throw bad('its metadata holds something other than text');
  }
  return value as Record<string, string>;
}

function checkTensor(name: string, value: unknown, dataStart: number, fileLength: number): StoredTensor {
  const label = `tensor ${shortly(name)}`;
  if (!isRecord(value)) throw bad(`${label} is not described by an object`);
  const { dtype, shape, data_offsets: range } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_SIZE, dtype)) {
    throw bad(`${label} has an unknown element type`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) throw bad(`${label} has no valid shape`);
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isCount)) {
    throw bad(`${label} has no valid byte range`);
  }
  const [begin, end] = range as [number, number];
  if (begin > end || dataStart + end > fileLength) throw bad(`${label} lies outside the file`);
  const length = byteLength(dtype as StoredType, shape);
  if (length !== end - begin) throw bad(`${label} has a byte range that does not fit its shape`);
  return { name, dtype: dtype as StoredType, shape, offset: dataStart + begin, length };
}

/** Not exact beyond 2^53, where it cannot equal a byte range of a real file either. */
function byteLength(dtype: StoredType, shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, ELEMENT_SIZE[dtype]);
}

function refuseOverlap(tensors: ReadonlyMap<string, StoredTensor>): void {
  const inOrder = [...tensors.values()].filter((t) => t.length > 0).sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const tensor of inOrder) {
    if (tensor.offset < end) throw bad(`tensor ${shortly(tensor.name)} overlaps another`);
    end = tensor.offset + tensor.length;
  }
}

/** A tensor to be written; F16 and BF16 are given as their bits. */
export type TensorToWrite = { readonly name: string; readonly shape: readonly number[] } & (
  | { readonly dtype: 'F64'; readonly data: Float64Array }
  | { readonly dtype: 'F32'; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly data: Int32Array }
  | { readonly dtype: 'F16' | 'BF16' | 'U16'; readonly data: Uint16Array }
  | { readonly dtype: 'U8'; readonly data: Uint8Array }
);

/**
 * Writes a safetensors file: the header padded to 8 bytes, wide elements first, so that every tensor
 * is aligned to its element size and can be viewed in place.
 * @throws LensError `bad-request` when a name comes twice or data does not fit its shape.
 */
export function writeSafetensors(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const inOrder = [...tensors].sort((a, b) => ELEMENT_SIZE[b.dtype] - ELEMENT_SIZE[a.dtype]);
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata]);
  let end = 0;
  for (const { name, dtype, shape, data } of inOrder) {
    if (byteLength(dtype, shape) !== data.byteLength || name === '__metadata__') {
      throw new LensError('bad-request', `Tensor ${shortly(name)} does not fit its name or shape.`);
    }
    const begin = end;
    end += data.byteLength;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const header = encodeHeader(entries);
  const file = new Uint8Array(header.length + end);
  file.set(header);
  let offset = header.length;
  for (const { data } of inOrder) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** Length and JSON of a header, padded so that the data begin at a multiple of 8 bytes. */
export function encodeHeader(entries: readonly [string, unknown][]): Uint8Array {
  if (new Set(entries.map(([name]) => name)).size < entries.length) {
    throw new LensError('bad-request', 'Two tensors of a safetensors file may not share a name.');
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + padded).fill(0x20, 8);
  new DataView(header.buffer).setUint32(0, padded, true);
  header.set(json, 8);
  return header;
}
