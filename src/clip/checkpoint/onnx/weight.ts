import { LensError } from '../../../errors.ts';
import { decodeHalf, widenBfloat16 } from '../../float16.ts';
import type { Matrix, Tensor } from '../../weights.ts';
import type { ConvertedTensors } from '../convertedTensors.ts';
import { type OnnxModel, type OnnxTensor, TYPE } from './model.ts';
import { damaged } from './protobuf.ts';

/** How whole numbers stand for weights: (q − zero)·scale, with one pair for all or one an index of `axis`. */
export interface Quantisation {
  readonly scales: ArrayLike<number>;
  readonly zeros: ArrayLike<number>;
  readonly axis: number;
}

/** A constant as a graph uses it: a stored tensor and what stands between it and its use. */
export interface Weight {
  readonly tensor: OnnxTensor;
  /** Axes swapped; only of a matrix. */
  readonly transposed: boolean;
  /** Rows taken of the first axis longer than 1, in this order; undefined for all. */
  readonly rows?: readonly number[];
  readonly quantisation?: Quantisation;
}

/** A shape without its axes of size 1, which exporters add and drop freely. */
export const squeezed = (dims: readonly number[]): number[] => dims.filter((size) => size !== 1);

/** The shape in use, without axes of size 1. */
export function dimsOf({ tensor, transposed, rows }: Weight): number[] {
  const dims = squeezed(tensor.dims);
  if (rows) dims[0] = rows.length;
  return transposed ? dims.reverse() : dims;
}

/** The numbers of a small or large constant, as stored; quantised ones as their whole numbers. */
export function storedNumbers({ reader }: OnnxModel, tensor: OnnxTensor): Float32Array | Float64Array {
  const { type, storage, range, dims } = tensor;
  const count = dims.reduce((product, size) => product * size, 1);
  if (storage === 'varints') return fromVarints(reader.packed(range, count), type);
  if (storage === 'none') throw damaged(`the tensor ${tensor.name} has no elements that can be read`);
  const { buffer } = new Uint8Array(reader.bytes.subarray(range.start, range.end)); // an aligned copy
  switch (type) {
    case TYPE.float:
      return new Float32Array(buffer);
    case TYPE.float16:
      return decodeHalf(new Uint16Array(buffer));
    case TYPE.bfloat16: {
      const out = new Float32Array(count);
      widenBfloat16(new Uint16Array(buffer), out);
      return out;
    }
    case TYPE.double:
      return new Float64Array(buffer);
    case TYPE.int8:
      return new Float32Array(new Int8Array(buffer));
    case TYPE.int32:
      return new Float64Array(new Int32Array(buffer));
    case TYPE.int64:
      return Float64Array.from(new BigInt64Array(buffer), Number);
    default:
      return new Float32Array(new Uint8Array(buffer));
  }
}

/** Half floats are kept as their bits. */
function fromVarints(values: Float64Array, type: number): Float32Array | Float64Array {
  if (type === TYPE.float16) return decodeHalf(Uint16Array.from(values));
  if (type !== TYPE.bfloat16) return values;
  const out = new Float32Array(values.length);
  widenBfloat16(Uint16Array.from(values), out);
  return out;
}

/** Turns weights of a graph into tensors: byte ranges of the file where possible, else converted. */
export class WeightStore {
  constructor(
    private readonly model: OnnxModel,
    private readonly converted: ConvertedTensors,
    /** Copies all: of a quantised file so little can be used in place that keeping it would cost more. */
    private readonly copies: boolean,
  ) {}

  /**
   * A tensor of exactly this shape.
   * @throws LensError `bad-file` when the weight has another one.
   */
  tensor(name: string, weight: Weight, shape: readonly number[]): Tensor {
    if (weight.transposed || dimsOf(weight).join() !== squeezed(shape).join())
      throw misshapen(name, weight, shape);
    return this.place(name, weight, shape);
  }

  /** A matrix that maps `inputs` values to `outputs`; `weight` is used as [in, out], in whichever order it is stored. */
  matrix(name: string, weight: Weight, inputs: number, outputs: number): Matrix {
    if (dimsOf(weight).join() !== squeezed([inputs, outputs]).join()) {
      throw misshapen(name, weight, [inputs, outputs]);
    }
    return weight.transposed
      ? { ...this.place(name, weight, [outputs, inputs]), layout: 'out-in' }
      : { ...this.place(name, weight, [inputs, outputs]), layout: 'in-out' };
  }

  private place(name: string, weight: Weight, shape: readonly number[]): Tensor {
    const { type, storage, range } = weight.tensor;
    const inPlace = !this.copies && storage === 'raw' && !weight.rows && !weight.quantisation;
    if (inPlace && (type === TYPE.float || type === TYPE.float16)) {
      const dtype = type === TYPE.float ? 'F32' : 'F16';
      return {
        name,
        dtype,
        shape,
        file: this.model.file,
        offset: range.start,
        length: range.end - range.start,
      };
    }
    if (storage === 'none')
      throw damaged(`the tensor ${weight.tensor.name} has no elements that can be read`);
    return this.converted.add(name, shape, (out) => this.fill(weight, out));
  }

  private fill(weight: Weight, out: Float32Array): void {
    const { tensor, rows, quantisation } = weight;
    const numbers = storedNumbers(this.model, tensor);
    if (quantisation) dequantise(numbers, tensor.dims, quantisation);
    if (!rows) {
      out.set(numbers);
      return;
    }
    const length = out.length / rows.length;
    rows.forEach((row, at) => {
      out.set(numbers.subarray(row * length, (row + 1) * length), at * length);
    });
  }
}

/** In place; runs of numbers that share a scale and a zero point are done at once. */
function dequantise(
  numbers: Float32Array | Float64Array,
  dims: readonly number[],
  { scales, zeros, axis }: Quantisation,
): void {
  const alone = scales.length === 1 && zeros.length === 1;
  const run = alone ? numbers.length : dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const size = dims[axis] ?? 1;
  for (let start = 0, at = 0; start < numbers.length; start += run, at = (at + 1) % size) {
    const scale = scales[scales.length === 1 ? 0 : at] as number;
    const zero = zeros[zeros.length === 1 ? 0 : at] as number;
    for (let i = start; i < start + run; i++) numbers[i] = ((numbers[i] as number) - zero) * scale;
  }
}

const misshapen = (name: string, weight: Weight, shape: readonly number[]): LensError =>
  new LensError(
    'bad-file',
    `${name} of this ONNX file has the shape [${dimsOf(weight).join(', ')}] where its other weights ask for ` +
      `[${shape.join(', ')}].`,
  );
