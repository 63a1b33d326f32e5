import { LensError } from '../../errors.ts';
import type { Tensor } from '../weights.ts';

/** Bytes that converting may add to a byte of a file: int8 → float32 is 4, and tables may be shared. */
const GROWTH = 6;
const SMALL = 2 ** 20;

/**
 * The float32 tensors that cannot be used as a file stores them, one after the other in one new file.
 * They are placed when asked for, and computed once all are known.
 */
export class ConvertedTensors {
  private readonly jobs: { readonly start: number; readonly count: number; fill(out: Float32Array): void }[] =
    [];
  private count = 0;

  constructor(
    private readonly file: string,
    private readonly sourceBytes: number,
  ) {}

  /**
   * Room for a tensor; `fill` gets its values, row-major, when {@link finish} is called.
   * @throws LensError `bad-file` when a file would grow out of all proportion.
   */
  add(name: string, shape: readonly number[], fill: (out: Float32Array) => void): Tensor {
    const count = shape.reduce((product, size) => product * size, 1);
    const start = this.count;
    if (4 * (start + count) > GROWTH * this.sourceBytes + SMALL) {
      throw new LensError('bad-file', `${this.file} would unpack to far more than its own size.`);
    }
    this.count += count;
    this.jobs.push({ start, count, fill });
    return { name, dtype: 'F32', shape, file: this.file, offset: 4 * start, length: 4 * count };
  }

  /** The new file under its key; nothing when all tensors are used in place. */
  finish(): [string, Uint8Array][] {
    if (this.count === 0) return [];
    const values = new Float32Array(this.count);
    for (const { start, count, fill } of this.jobs) fill(values.subarray(start, start + count));
    return [[this.file, new Uint8Array(values.buffer)]];
  }
}
