import { LensError } from '../../errors.ts';
import { widenBfloat16 } from '../float16.ts';
import type { Matrix, Tensor } from '../weights.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';

/** Keys of {@link ClipWeights.files}: the checkpoint itself, and BF16 tensors widened to F32. */
const CHECKPOINT_FILE = 'model.safetensors';
const WIDENED_FILE = 'widened';

/** The tensors of a checkpoint, asked for by name and shape, so that every shape is checked once. */
export class TensorTable {
  readonly files: ReadonlyMap<string, Uint8Array>;
  private readonly stored: ReadonlyMap<string, StoredTensor>;
  private readonly widened: ReadonlyMap<string, Tensor>;

  /** @throws LensError `bad-file` when `bytes` are not a safetensors file. */
  constructor(bytes: Uint8Array) {
    this.stored = readSafetensors(bytes).tensors;
    const widened = widen(bytes, [...this.stored.values()]);
    this.widened = widened.tensors;
    this.files = new Map([[CHECKPOINT_FILE, bytes]]);
    if (widened.tensors.size > 0) this.files = new Map([...this.files, [WIDENED_FILE, widened.bytes]]);
  }

  names(): string[] {
    return [...this.stored.keys()];
  }

  has(name: string): boolean {
    return this.stored.has(name);
  }

  isScalar(name: string): boolean {
    return this.find(name).shape.length === 0;
  }

  /**
   * Size of axis `axis` of a tensor.
   * @throws LensError `bad-file` when there is no such tensor or axis.
   */
  size(name: string, axis: number): number {
    const size = this.find(name).shape[axis];
    if (size === undefined || size === 0) throw new LensError('bad-file', `Tensor ${name} has too few axes.`);
    return size;
  }

  /**
   * A tensor of exactly this shape.
   * @throws LensError `bad-file` when it is missing or has another shape, `unsupported` when its
   * elements are not floats we read.
   */
  tensor(name: string, shape: readonly number[]): Tensor {
    const stored = this.find(name);
    if (stored.shape.join() !== shape.join()) {
      throw new LensError(
        'bad-file',
        `Tensor ${name} has shape [${stored.shape.join(', ')}] where the model's sizes ask for [${shape.join(', ')}]; ` +
          'the weights and their config.json do not belong together.',
      );
    }
    const widened = this.widened.get(name);
    if (widened) return widened;
    const { dtype, offset, length } = stored;
    if (dtype !== 'F32' && dtype !== 'F16') {
      throw new LensError(
        'unsupported',
        `Tensor ${name} is stored as ${dtype}; use a checkpoint in float32, float16 or bfloat16.`,
      );
    }
    return { name, dtype, shape, file: CHECKPOINT_FILE, offset, length };
  }

  /** A matrix with its storage order; the shape is given as stored. */
  matrix(name: string, shape: readonly [number, number], layout: Matrix['layout']): Matrix {
    return { ...this.tensor(name, shape), layout };
  }

  private find(name: string): StoredTensor {
    const stored = this.stored.get(name);
    if (stored) return stored;
    throw new LensError(
      'bad-file',
      `The checkpoint has no tensor ${name}: it is incomplete, or a variant of CLIP that is not supported. ` +
        'Use a CLIP ViT checkpoint from Hugging Face or OpenCLIP in one safetensors file.',
    );
  }
}

/**
 * Rows `first` … `first + rows` of a row-major tensor, in place: OpenCLIP keeps query, key and value
 * as three row ranges of one matrix.
 */
export function rowRange<T extends Tensor>(tensor: T, label: string, first: number, rows: number): T {
  const rowBytes = tensor.length / (tensor.shape[0] as number);
  return {
    ...tensor,
    name: `${tensor.name}[${label}]`,
    shape: [rows, ...tensor.shape.slice(1)],
    offset: tensor.offset + first * rowBytes,
    length: rows * rowBytes,
  };
}

/** Every BF16 tensor as F32, one after the other in one new file. */
function widen(file: Uint8Array, stored: readonly StoredTensor[]) {
  const bfloats = stored.filter(({ dtype }) => dtype === 'BF16');
  const out = new Float32Array(bfloats.reduce((sum, { length }) => sum + length / 2, 0));
  const tensors = new Map<string, Tensor>();
  let next = 0;
  for (const { name, shape, offset, length } of bfloats) {
    const count = length / 2;
    const bits = new Uint16Array(new Uint8Array(file.subarray(offset, offset + length)).buffer); // aligned copy
    widenBfloat16(bits, out.subarray(next, next + count));
    tensors.set(name, { name, dtype: 'F32', shape, file: WIDENED_FILE, offset: next * 4, length: count * 4 });
    next += count;
  }
  return { tensors, bytes: new Uint8Array(out.buffer) };
}
