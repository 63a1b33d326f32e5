import { LensError } from '../src/errors.ts';

/** A float32 array of NumPy's, row-major. */
export interface Npy {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const MAGIC = '\x93NUMPY';
const latin1 = new TextDecoder('latin1');

/** Writes a float32, C-ordered .npy file (format 1.0), as `numpy.save` does. */
export function writeNpy(shape: readonly number[], data: Float32Array): Uint8Array {
  const size = shape.reduce((product, side) => product * side, 1);
  if (size !== data.length) throw new RangeError(`shape ${shape} of ${data.length} values`);
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sides}), }`;
  const start = 64 * Math.ceil((10 + header.length + 1) / 64);
  const bytes = new Uint8Array(start + 4 * size);
  bytes.fill(0x20, 10, start - 1);
  bytes.set(Uint8Array.from(MAGIC, (letter) => letter.charCodeAt(0)));
  bytes.set([1, 0], 6);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes[start - 1] = 0x0a;
  // Typed arrays are little-endian wherever Node runs.
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

/** How each type of number is read; whole numbers only where they are asked for. */
const READERS = {
  '<f4': { width: 4, read: (body: ArrayBuffer) => new Float32Array(body) },
  '<f8': { width: 8, read: (body: ArrayBuffer) => Float32Array.from(new Float64Array(body)) },
  '<i4': { width: 4, read: (body: ArrayBuffer) => Float32Array.from(new Int32Array(body)) },
  '<i8': { width: 8, read: (body: ArrayBuffer) => Float32Array.from(new BigInt64Array(body), Number) },
} as const;
type NumberType = keyof typeof READERS;
const FLOATS: readonly string[] = ['<f4', '<f8'];
const LABELS: readonly string[] = Object.keys(READERS);

/**
 * Reads a .npy file of float32 or float64, C- or Fortran-ordered.
 * @param name what to call the file in errors
 * @throws LensError `bad-file` or `unsupported`
 */
export const readNpy = (bytes: Uint8Array, name: string): Npy => readNumbers(bytes, name, FLOATS);

/** The same for class numbers: int32 and int64 are read too. */
export const readLabelsNpy = (bytes: Uint8Array, name: string): Npy => readNumbers(bytes, name, LABELS);

function readNumbers(bytes: Uint8Array, name: string, types: readonly string[]): Npy {
  const { shape, start, type, fortran } = readHeader(bytes, name, types);
  const size = shape.reduce((product, side) => product * side, 1);
  const { width, read } = READERS[type];
  if (bytes.length - start !== size * width) {
    const found = bytes.length - start;
    throw new LensError(
      'bad-file',
      `${name} is broken: its shape needs ${size * width} bytes and ${found} follow.`,
    );
  }
  const body = new Uint8Array(bytes.subarray(start)).buffer; // a copy (Buffer.slice is none), so that views are aligned
  const data = read(body);
  if (fortran && shape.length > 1) return { shape, data: rowMajor(data, shape, name) };
  return { shape, data };
}

function readHeader(bytes: Uint8Array, name: string, types: readonly string[]) {
  const bad = (what: string) => new LensError('bad-file', `${name} is not a NumPy array: ${what}.`);
  if (bytes.length < 12 || latin1.decode(bytes.subarray(0, 6)) !== MAGIC)
    throw bad('it does not begin like one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerStart = bytes[6] === 1 ? 10 : 12;
  const length = bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = headerStart + length;
  if (start > bytes.length) throw bad('its header is cut off');
  const header = latin1.decode(bytes.subarray(headerStart, start));
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sides = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (order === undefined || sides === undefined) throw bad('its header is not understood');
  if (type === undefined || !types.includes(type)) {
    const kind = type ?? 'a record';
    throw new LensError(
      'unsupported',
      `${name} holds ${kind}; save it as float32 (array.astype("float32")).`,
    );
  }
  const shape = sides.split(',').flatMap((side) => (side.trim() === '' ? [] : [Number(side)]));
  if (shape.some((side) => !Number.isSafeInteger(side))) throw bad('its shape is out of range');
  return { shape, start, type: type as NumberType, fortran: order === 'True' };
}

function rowMajor(data: Float32Array, shape: readonly number[], name: string): Float32Array {
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new LensError('unsupported', `${name} is in Fortran order; save it with numpy.ascontiguousarray.`);
  }
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[row * columns + column] = data[column * rows + row]!;
  }
  return out;
}
