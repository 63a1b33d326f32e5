import { LensError } from '../errors.ts';
import { decodeHalf } from './float16.ts';
import type { ClipWeights, DType, Linear, Matrix, Norm, Tensor } from './weights.ts';

/** The numbers of a tensor, row-major, as a new array that the caller may keep or change. */
export function floats(weights: Pick<ClipWeights, 'files'>, tensor: Tensor): Float32Array {
  const file = weights.files.get(tensor.file);
  if (!file) throw new LensError('unavailable', `The weight file ${tensor.file} is not loaded.`);
  // Not `file.slice`: on a Node Buffer that is a view of the whole file's memory.
  const bytes = new Uint8Array(file.subarray(tensor.offset, tensor.offset + tensor.length)).buffer;
  return tensor.dtype === 'F16' ? decodeHalf(new Uint16Array(bytes)) : new Float32Array(bytes);
}

/** A dense row-major matrix. */
export interface DenseMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/**
 * A stored matrix as a dense one with its axes in the order asked for, whatever the file's order:
 * 'in-out' has one row per input (y = x · M), 'out-in' one row per output.
 */
export function matrix(weights: ClipWeights, stored: Matrix, order: Matrix['layout']): DenseMatrix {
  const [rows, cols] = stored.shape as readonly [number, number];
  const data = floats(weights, stored);
  return stored.layout === order ? { data, rows, cols } : transpose({ data, rows, cols });
}

function transpose({ data, rows, cols }: DenseMatrix): DenseMatrix {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) out[c * rows + r] = data[r * cols + c] as number;
  }
  return { data: out, rows: cols, cols: rows };
}

/**
 * Checks that no weight is NaN or infinite: a training run that diverged, or damage that kept the shape.
 * Looks at the files' bytes where they lie.
 * @throws LensError `bad-file` naming the first tensor that is not finite.
 */
export function assertFinite(weights: ClipWeights): void {
  for (const tensor of towerTensors(weights)) {
    const file = weights.files.get(tensor.file);
    if (!file) throw new LensError('unavailable', `The weight file ${tensor.file} is not loaded.`);
    if (!allFinite(file.subarray(tensor.offset, tensor.offset + tensor.length), tensor.dtype)) {
      throw new LensError('bad-file', `Tensor ${tensor.name} holds values that are not finite numbers.`);
    }
  }
}

/** Bytes looked at in one go where they must be moved to be aligned. */
const CHUNK = 2 ** 16;

function allFinite(bytes: Uint8Array, dtype: DType): boolean {
  const size = dtype === 'F16' ? 2 : 4;
  const check = dtype === 'F16' ? halvesAreFinite : floatsAreFinite;
  if (bytes.byteOffset % size === 0) return check(bytes);
  const scratch = new Uint8Array(CHUNK);
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const part = bytes.subarray(at, at + CHUNK);
    scratch.set(part);
    if (!check(scratch.subarray(0, part.length))) return false;
  }
  return true;
}

/** All exponent bits are set in infinities and NaN, and in nothing else. */
function floatsAreFinite({ buffer, byteOffset, length }: Uint8Array): boolean {
  const bits = new Int32Array(buffer, byteOffset, length / 4);
  for (let i = 0; i < bits.length; i++) {
    if (((bits[i] as number) & 0x7f800000) === 0x7f800000) return false;
  }
  return true;
}

function halvesAreFinite({ buffer, byteOffset, length }: Uint8Array): boolean {
  const bits = new Uint16Array(buffer, byteOffset, length / 2);
  for (let i = 0; i < bits.length; i++) {
    if (((bits[i] as number) & 0x7c00) === 0x7c00) return false;
  }
  return true;
}

/** Every tensor of the towers there are, in one order. */
export function towerTensors({ vision, text }: Pick<ClipWeights, 'vision' | 'text'>): Tensor[] {
  const norm = ({ gain, bias }: Norm) => [gain, bias];
  const linear = ({ weight, bias }: Linear) => [weight, bias];
  const blocks = [...(vision?.blocks ?? []), ...(text?.blocks ?? [])];
  return [
    ...(vision ? [vision.patch, vision.cls, vision.position, vision.projection] : []),
    ...(vision ? [...norm(vision.preNorm), ...norm(vision.postNorm)] : []),
    ...(text ? [text.token, text.position, text.projection, ...norm(text.finalNorm)] : []),
    ...blocks.flatMap((b) => [b.norm1, b.norm2].flatMap(norm)),
    ...blocks.flatMap((b) => [b.query, b.key, b.value, b.out, b.fc1, b.fc2].flatMap(linear)),
  ];
}
