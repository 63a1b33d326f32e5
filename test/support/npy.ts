import { readFileSync } from 'node:fs';

export type NpyData =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Int8Array
  | Uint16Array;

export interface Npy<Data extends NpyData = NpyData> {
  readonly shape: number[];
  readonly data: Data;
}

const views: Record<string, (bytes: ArrayBuffer) => NpyData> = {
  '<f4': (bytes) => new Float32Array(bytes),
  '<f8': (bytes) => new Float64Array(bytes),
  '<i4': (bytes) => new Int32Array(bytes),
  '<i8': (bytes) => new BigInt64Array(bytes),
  '<u2': (bytes) => new Uint16Array(bytes),
  '<f2': (bytes) => new Uint16Array(bytes), // the raw half-float bits
  '|u1': (bytes) => new Uint8Array(bytes),
  '|i1': (bytes) => new Int8Array(bytes),
  '|b1': (bytes) => new Uint8Array(bytes),
};

/** Reads a little-endian, C-ordered .npy file, for fixtures only; `cli/` has the careful reader. */
export function readNpy<Data extends NpyData = Float32Array>(path: string): Npy<Data> {
  const file = readFileSync(path);
  const headerStart = file[6] === 1 ? 10 : 12;
  const headerLength = file[6] === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8);
  const header = file.toString('latin1', headerStart, headerStart + headerLength);
  const descr = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  const view = views[descr];
  if (!view || header.includes("'fortran_order': True")) throw new Error(`${path}: cannot read ${header}`);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').filter((s) => s.trim() !== '');
  const body = file.subarray(headerStart + headerLength);
  const copy = new Uint8Array(body); // a fresh buffer, so that typed views are aligned
  return { shape: shape.map(Number), data: view(copy.buffer) as Data };
}
