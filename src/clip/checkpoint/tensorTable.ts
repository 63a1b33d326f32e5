import { isLensError, LensError } from '../../errors.ts';
import { widenBfloat16 } from '../float16.ts';
import type { Matrix, Tensor } from '../weights.ts';
import type { CheckpointFile } from './checkpointFile.ts';
import { ConvertedTensors } from './convertedTensors.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';

/** Key of {@link ClipWeights.files} for BF16 tensors widened to F32. */
const WIDENED_FILE = 'widened';

interface Entry extends StoredTensor {
  readonly file: CheckpointFile;
}

/** The tensors of safetensors files, asked for by name and shape, so that every shape is checked once. */
export class TensorTable {
  private readonly stored = new Map<string, Entry>();
  private readonly converted: ConvertedTensors;
  /** Asked for already: each is widened once. */
  private readonly widened = new Map<string, Tensor>();

  /**
   * @throws LensError `bad-file` for bytes that are not a safetensors file, `bad-request` when two files
   * hold tensors of one name.
   */
  constructor(private readonly sources: readonly CheckpointFile[]) {
    for (const file of sources) {
      for (const tensor of tensorsOf(file, sources.length > 1)) {
        const other = this.stored.get(tensor.name);
        if (other) throw twice(other, file.name);
        this.stored.set(tensor.name, { ...tensor, file });
      }
    }
    const bytes = sources.reduce((sum, file) => sum + file.bytes.length, 0);
    this.converted = new ConvertedTensors(WIDENED_FILE, bytes);
  }

  /** All files that tensors lie in; call it after the last tensor was asked for. */
  files(): Map<string, Uint8Array> {
    return new Map([
      ...this.sources.map(({ name, bytes }) => [name, bytes] as const),
      ...this.converted.finish(),
    ]);
  }

  names(): string[] {
    return [...this.stored.keys()];
  }

  has(name: string): boolean {
    return this.stored.has(name);
  }

  /** Name of the file that a tensor lies in. */
  fileOf(name: string): string {
    return this.find(name).file.name;
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
    const { dtype, offset, length, file } = stored;
    if (dtype === 'BF16') return this.widen(stored);
    if (dtype !== 'F32' && dtype !== 'F16') {
      throw new LensError(
        'unsupported',
        `Tensor ${name} is stored as ${dtype}; use a checkpoint in float32, float16 or bfloat16.`,
      );
    }
    return { name, dtype, shape, file: file.name, offset, length };
  }

  /** A matrix with its storage order; the shape is given as stored. */
  matrix(name: string, shape: readonly [number, number], layout: Matrix['layout']): Matrix {
    return { ...this.tensor(name, shape), layout };
  }

  private widen({ name, shape, offset, length, file }: Entry): Tensor {
    const tensor =
      this.widened.get(name) ??
      this.converted.add(name, shape, (out) => {
        const bits = new Uint8Array(file.bytes.subarray(offset, offset + length)).buffer; // aligned copy
        widenBfloat16(new Uint16Array(bits), out);
      });
    this.widened.set(name, tensor);
    return tensor;
  }

  private find(name: string): Entry {
    const stored = this.stored.get(name);
    if (stored) return stored;
    throw new LensError(
      'bad-file',
      `The checkpoint has no tensor ${name}: it is incomplete, or a variant of CLIP that is not supported. ` +
        'Use a CLIP ViT checkpoint from Hugging Face or OpenCLIP, with all of its files.',
    );
  }
}

/** With several files, a sentence about one names it. */
function tensorsOf({ name, bytes }: CheckpointFile, oneOfSeveral: boolean): StoredTensor[] {
  try {
    return [...readSafetensors(bytes).tensors.values()];
  } catch (error) {
    if (!oneOfSeveral || !isLensError(error)) throw error;
    throw new LensError(error.tag, `${name}: ${error.message}`, { cause: error });
  }
}

const twice = ({ name, file }: Entry, other: string): LensError =>
  new LensError(
    'bad-request',
    `${file.name} and ${other} both hold the tensor ${name}; give only one of them.`,
  );

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
