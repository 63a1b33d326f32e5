import {
  parseSafetensorsHeader,
  type SafetensorsFile,
  safetensorsHeaderLength,
} from '../clip/checkpoint/safetensors.ts';
import { isLensError, LensError } from '../errors.ts';
import type { BlockDetail } from '../lens/blockSummary.ts';
import { type BlockSizes, checkValues, columnsOf, type listLayout, vectorLayout } from './arrays.ts';
import { endsEarly, type PackFiles } from './files.ts';
import {
  decodeCode,
  decodeRow,
  decodeWords,
  MOST_WORD_BYTES,
  type NeuronRow,
  type ReadyCode,
  readColumn,
} from './neuronRows.ts';
import { checkShape } from './tensors.ts';

/** What acting on other images takes, [N, D] each. */
export type Vectors = Pick<BlockDetail, 'directions' | 'means'>;

/** Headers of these files have 300 bytes or so: one request brings them whole. */
const FIRST_BYTES = 2048;

/** One block of a pack, read by ranges. Everything is checked against pack.json before it is believed. */
export class BlockFile {
  readonly #files: PackFiles;
  readonly #name: string;
  readonly #sizes: BlockSizes;
  #header: Promise<SafetensorsFile> | undefined;

  constructor(files: PackFiles, name: string, sizes: BlockSizes) {
    this.#files = files;
    this.#name = name;
    this.#sizes = sizes;
  }

  /** A neuron's lists and words: two short ranges. */
  async neuron(neuron: number): Promise<NeuronRow> {
    const { width } = columnsOf(this.#sizes);
    const [row, words] = await Promise.all([
      this.#rows('neurons', 'F32', width, neuron, neuron + 1),
      this.#sizes.codes.length > 0 ? this.#wordRows(neuron, neuron + 1) : undefined,
    ]);
    return decodeRow(
      floats(row),
      words ? decodeWords(words) : [],
      this.#sizes,
      `neuron ${neuron} of ${this.#name}`,
    );
  }

  /** The descriptions of `terms` words of all neurons: two long ranges. @throws LensError `bad-request` for another length */
  async codes(terms: number): Promise<ReadyCode[]> {
    const { neurons, codes } = this.#sizes;
    if (!codes.includes(terms)) {
      throw new LensError('bad-request', `This pack has no descriptions of ${terms} words.`);
    }
    const { width } = columnsOf(this.#sizes);
    const [bytes, words] = await Promise.all([
      this.#rows('neurons', 'F32', width, 0, neurons),
      this.#wordRows(0, neurons),
    ]);
    const rows = floats(bytes);
    const length = words.length / neurons;
    return Array.from({ length: neurons }, (_, n) => {
      const own = decodeWords(words.subarray(n * length, (n + 1) * length));
      const row = rows.subarray(n * width, (n + 1) * width);
      return decodeCode(row, own, terms, this.#sizes, `neuron ${n} of ${this.#name}`);
    });
  }

  /** [D] one neuron's direction. */
  async direction(neuron: number): Promise<Float32Array> {
    const bytes = await this.#rows('directions', 'F32', this.#sizes.dim, neuron, neuron + 1);
    return this.#checked('directions', floats(bytes));
  }

  async vectors(): Promise<Vectors> {
    const { neurons, dim } = this.#sizes;
    const read = async (name: keyof Vectors) =>
      this.#checked(name, floats(await this.#rows(name, 'F32', dim, 0, neurons)));
    const [directions, means] = await Promise.all([read('directions'), read('means')]);
    return { directions, means };
  }

  /** The whole block. */
  async detail(): Promise<BlockDetail> {
    const { neurons } = this.#sizes;
    const { width } = columnsOf(this.#sizes);
    const [vectors, bytes] = await Promise.all([
      this.vectors(),
      this.#rows('neurons', 'F32', width, 0, neurons),
    ]);
    const rows = floats(bytes);
    const column = (name: keyof typeof listLayout) =>
      readColumn(rows, neurons, name, this.#sizes, this.#name);
    return {
      ...vectors,
      positiveImages: Int32Array.from(column('positiveImages')),
      positiveActivations: column('positiveActivations'),
      negativeImages: Int32Array.from(column('negativeImages')),
      negativeActivations: column('negativeActivations'),
      topImages: Int32Array.from(column('topImages')),
      histogramCounts: Int32Array.from(column('histogramCounts')),
      histogramRange: column('histogramRange'),
      headShares: column('headShares'),
    };
  }

  /** The words of neurons [from, to) as they lie in the file. */
  async #wordRows(from: number, to: number): Promise<Uint8Array> {
    const { tensors } = await this.#head();
    const width = tensors.get('words')?.shape[1] ?? 0;
    if (width > MOST_WORD_BYTES) {
      throw new LensError('bad-file', `This pack is broken: the words of ${this.#name} are too long.`);
    }
    return this.#rows('words', 'U8', width, from, to);
  }

  #checked(name: keyof Vectors, values: Float32Array): Float32Array {
    checkValues(`${name} of ${this.#name}`, vectorLayout[name], values, this.#sizes);
    return values;
  }

  /** Rows [from, to) of an array [N, columns]. */
  async #rows(
    name: string,
    dtype: 'F32' | 'U8',
    columns: number,
    from: number,
    to: number,
  ): Promise<Uint8Array> {
    const { neurons } = this.#sizes;
    if (!Number.isInteger(from) || from < 0 || to > neurons) {
      throw new LensError('bad-request', `There is no neuron ${from}: this block has ${neurons}.`);
    }
    const { tensors } = await this.#head();
    const { offset } = checkShape(this.#name, tensors.get(name), name, dtype, [neurons, columns]);
    const row = columns * (dtype === 'F32' ? 4 : 1);
    return this.#files.range(this.#name, offset + from * row, offset + to * row);
  }

  #head(): Promise<SafetensorsFile> {
    this.#header ??= this.#readHead().catch((error) => {
      this.#header = undefined; // a failed fetch is tried again
      throw error;
    });
    return this.#header;
  }

  async #readHead(): Promise<SafetensorsFile> {
    const first = await this.#files.start(this.#name, FIRST_BYTES);
    try {
      const length = safetensorsHeaderLength(first, Number.MAX_SAFE_INTEGER);
      const end = 8 + length;
      const bytes = end <= first.length ? first : await this.#files.range(this.#name, 0, end);
      // Where the file ends is not known: rows that are not there are missed when they are asked for.
      return parseSafetensorsHeader(bytes.subarray(8, end), Number.MAX_SAFE_INTEGER);
    } catch (cause) {
      if (!isLensError(cause) || cause.tag !== 'bad-file') throw cause;
      throw new LensError('bad-file', endsEarly(this.#name).message, { cause });
    }
  }
}

/** As floats, whatever the bytes are aligned to. */
/** A Buffer would share its pool with a slice: copied. */
const floats = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
