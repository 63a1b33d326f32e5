import type { ClipWeights, Matrix, Tensor } from '../clip/weights.ts';
import { LensError } from '../errors.ts';

/** The numbers of a stored tensor as float32, row-major in its own shape. Always a fresh array. */
export function floats(weights: ClipWeights, tensor: Tensor): Float32Array {
  const file = weights.files.get(tensor.file);
  if (!file || tensor.offset + tensor.length > file.byteLength) {
    throw new LensError(
      'bad-file',
      `The weight file is cut short: "${tensor.name}" is missing. Load it again.`,
    );
  }
  const bytes = file.slice(tensor.offset, tensor.offset + tensor.length); // aligned copy
  if (tensor.dtype === 'F32') return new Float32Array(bytes.buffer, 0, bytes.byteLength / 4);
  return Float32Array.from(new Uint16Array(bytes.buffer, 0, bytes.byteLength / 2), halfToFloat);
}

/** The numbers of a matrix as [in, out], whatever order the file stores. */
export function inOut(weights: ClipWeights, matrix: Matrix): Float32Array {
  const stored = floats(weights, matrix);
  if (matrix.layout === 'in-out') return stored;
  const [out = 0, inner = 0] = matrix.shape;
  const turned = new Float32Array(stored.length);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < inner; i++) turned[i * out + o] = stored[o * inner + i]!;
  }
  return turned;
}

/** One IEEE 754 half-precision number from its bits. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
