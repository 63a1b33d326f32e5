import { readSafetensors } from '../clip/checkpoint/safetensors.ts';
import { LensError } from '../errors.ts';

/** More than any model has: a file that claims more is not of ours. */
export const MOST = 2 ** 20;

type Shape = readonly number[];

/** A safetensors file of our own, read piece by piece: every piece is of the type and shape expected, or `bad-file` is thrown. */
export class TensorFile {
  readonly #bytes: Uint8Array;
  readonly #file: ReturnType<typeof readSafetensors>;
  readonly #kind: string;

  /**
   * @param format what its metadata must say
   * @param kind what it is, in the words of a sentence
   * @throws LensError `bad-file`
   */
  constructor(bytes: Uint8Array, format: string, kind: string) {
    this.#bytes = bytes;
    this.#file = readSafetensors(bytes);
    this.#kind = kind;
    if (this.#file.metadata.format !== format) throw this.bad(`it does not say that it is ${format}`);
  }

  bad(what: string): LensError {
    return new LensError('bad-file', `This is no ${this.#kind} that can be gone on with: ${what}.`);
  }

  /** A whole number of the metadata. */
  whole(name: string, least: number, most: number): number {
    const value = Number(this.#file.metadata[name]);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw this.bad(`${name} is missing or out of bounds`);
  }

  /** Text of the metadata; '' where there is none. */
  text(name: string): string {
    return this.#file.metadata[name] ?? '';
  }

  has(name: string): boolean {
    return this.#file.tensors.has(name);
  }

  /** Rows of a tensor whose number of rows the file itself says; 0 where it is not there. */
  rows(name: string): number {
    return this.#file.tensors.get(name)?.shape[0] ?? 0;
  }

  f32(name: string, ...shape: number[]): Float32Array {
    return this.#finite(name, new Float32Array(this.#take(name, 'F32', shape)));
  }

  f64(name: string, ...shape: number[]): Float64Array {
    return this.#finite(name, new Float64Array(this.#take(name, 'F64', shape)));
  }

  i32(name: string, ...shape: number[]): Int32Array {
    return new Int32Array(this.#take(name, 'I32', shape));
  }

  u8(name: string, ...shape: number[]): Uint8Array {
    return new Uint8Array(this.#take(name, 'U8', shape));
  }

  /** Distances of what was let go: lengths, or −Infinity where nothing was. */
  dropped(name: string, ...shape: number[]): Float64Array {
    const values = new Float64Array(this.#take(name, 'F64', shape));
    const fine = (x: number): boolean =>
      x >= 0 ? x < Number.POSITIVE_INFINITY : x === Number.NEGATIVE_INFINITY;
    if (values.every(fine)) return values;
    throw this.bad(`${name} holds what is no distance`);
  }

  lengths<T extends Float32Array | Float64Array>(name: string, values: T): T {
    if (values.every((value: number) => value >= 0)) return values;
    throw this.bad(`${name} holds a negative length`);
  }

  #finite<T extends Float32Array | Float64Array>(name: string, values: T): T {
    for (const value of values) {
      if (!Number.isFinite(value)) throw this.bad(`${name} holds what is no number`);
    }
    return values;
  }

  #take(name: string, dtype: 'F32' | 'F64' | 'I32' | 'U8', shape: Shape): ArrayBuffer {
    const tensor = this.#file.tensors.get(name);
    if (tensor?.dtype !== dtype || tensor.shape.join() !== shape.join()) {
      throw this.bad(`${name} is missing or of the wrong type or shape`);
    }
    return new Uint8Array(this.#bytes.subarray(tensor.offset, tensor.offset + tensor.length)).buffer;
  }
}
