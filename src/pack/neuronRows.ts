import { LensError } from '../errors.ts';
import type { AlignedNeuron } from '../lens/alignedNeurons.ts';
import type { BlockSummary } from '../lens/blockSummary.ts';
import { dot } from '../lens/vectors.ts';
import { type Arrays, type BlockSizes, checkValues, codeNames, columnLayout, columnsOf } from './arrays.ts';
import { similarNeurons } from './similar.ts';
import type { BlockCodes } from './wordCodes.ts';

/** Another neuron of the block, and how its direction lies to this one's. */
export interface SimilarNeuron {
  readonly neuron: number;
  readonly cosine: number;
}

/** A direction in words. */
export interface ReadyCode {
  readonly terms: readonly { readonly text: string; readonly coefficient: number }[];
  readonly r2: number;
}

/** All that a pack tells of one neuron beyond the block's overview. */
export interface NeuronRow {
  readonly positiveImages: Int32Array;
  readonly positiveActivations: Float32Array;
  readonly negativeImages: Int32Array;
  readonly negativeActivations: Float32Array;
  readonly topImages: Int32Array;
  readonly histogramCounts: Int32Array;
  readonly histogramRange: Float32Array;
  readonly headShares: Float32Array;
  /** ⟨mean effect, direction⟩ */
  readonly meanAlong: number;
  readonly similar: readonly SimilarNeuron[];
  readonly opposite: readonly SimilarNeuron[];
  /** By number of words. */
  readonly codes: ReadonlyMap<number, ReadyCode>;
  /** Of a direction made elsewhere: the model's neurons that lie along it or against it, nearest first. */
  readonly aligned: readonly AlignedNeuron[];
}

/** Numbers in `neurons` are float32: whole ones are exact up to here. */
export const LARGEST_WHOLE = 2 ** 24;

/**
 * All lists of all neurons side by side, [N, width].
 * @throws LensError `bad-file` for values that are no numbers, `bad-request` for more images than float32 can count
 */
export function encodeRows(
  summary: BlockSummary,
  codes: BlockCodes | undefined,
  sizes: BlockSizes,
  aligned: AlignedLists | undefined,
) {
  if (sizes.images >= LARGEST_WHOLE || sizes.neurons >= LARGEST_WHOLE) {
    throw new LensError('bad-request', `A pack can count up to ${LARGEST_WHOLE - 1} images.`);
  }
  const { neurons } = sizes;
  const { columns, width } = columnsOf(sizes);
  const lists = { ...summary.detail, ...madeLists(summary), ...alignedArrays(aligned) };
  const arrays = { ...lists, ...codeArrays(codes) } as Arrays;
  const rows = new Float32Array(neurons * width);
  for (const [name, layout] of Object.entries(columnLayout(sizes))) {
    const [begin, end] = columns[name]!;
    const values = arrays[name];
    if (values?.length !== neurons * (end - begin)) {
      throw new LensError('bad-request', `${name} of block ${summary.block} is of another size.`);
    }
    checkValues(name, layout, values, sizes);
    for (let n = 0; n < neurons; n++) {
      rows.set(values.subarray(n * (end - begin), (n + 1) * (end - begin)), n * width + begin);
    }
  }
  return { rows, columns, width };
}

function madeLists({ detail, neurons, dim }: BlockSummary): Arrays {
  const { directions, means } = detail;
  const meanAlong = Float32Array.from({ length: neurons }, (_, n) =>
    dot(means, directions, dim, n * dim, n * dim),
  );
  return { meanAlong, ...similarNeurons(directions, neurons) };
}

/** Neurons of the model beside every direction. */
export interface AlignedLists {
  readonly count: number;
  /** As many lists as directions, of up to `count` neurons. */
  readonly lists: readonly (readonly AlignedNeuron[])[];
}

function alignedArrays(aligned: AlignedLists | undefined): Arrays {
  if (!aligned) return {};
  const { count, lists } = aligned;
  const column = (of: (neuron: AlignedNeuron) => number, none: number) =>
    Float32Array.from({ length: count * lists.length }, (_, at) => {
      const neuron = lists[Math.floor(at / count)]![at % count];
      return neuron ? of(neuron) : none;
    });
  return {
    alignedBlocks: column(({ block }) => block, -1),
    alignedNeurons: column(({ neuron }) => neuron, -1),
    alignedCosines: column(({ cosine }) => cosine, 0),
  };
}

function codeArrays(codes: BlockCodes | undefined): Arrays {
  const arrays: Record<string, Float32Array | Int32Array> = {};
  for (const { terms, words, weights, r2 } of codes?.codes ?? []) {
    const names = codeNames(terms);
    arrays[names.words] = words;
    arrays[names.weights] = weights;
    arrays[names.r2] = r2;
  }
  return arrays;
}

/** Reads one array out of rows of `neurons` [count, width]. */
export function readColumn(
  rows: Float32Array,
  count: number,
  name: string,
  sizes: BlockSizes,
  where: string,
): Float32Array {
  const { columns, width } = columnsOf(sizes);
  const [begin, end] = columns[name]!;
  const values = new Float32Array(count * (end - begin));
  for (let n = 0; n < count; n++) {
    values.set(rows.subarray(n * width + begin, n * width + end), n * (end - begin));
  }
  checkValues(`${name} of ${where}`, columnLayout(sizes)[name]!, values, sizes);
  return values;
}

/** One row of `neurons` with its words. @throws LensError `bad-file` */
export function decodeRow(
  row: Float32Array,
  words: readonly string[],
  sizes: BlockSizes,
  where: string,
): NeuronRow {
  const floats = (name: string) => readColumn(row, 1, name, sizes, where);
  const whole = (name: string) => Int32Array.from(floats(name));
  const neighbours = (names: string, cosines: string): SimilarNeuron[] => {
    const values = floats(cosines);
    return [...whole(names)]
      .map((neuron, i) => ({ neuron, cosine: values[i]! }))
      .filter(({ neuron }) => neuron >= 0);
  };
  const aligned = (): AlignedNeuron[] => {
    const [blocks, cosines] = [whole('alignedBlocks'), floats('alignedCosines')];
    return [...whole('alignedNeurons')]
      .map((neuron, i) => ({ block: blocks[i]!, neuron, cosine: cosines[i]! }))
      .filter(({ block, neuron }) => block >= 0 && neuron >= 0);
  };
  return {
    positiveImages: whole('positiveImages'),
    positiveActivations: floats('positiveActivations'),
    negativeImages: whole('negativeImages'),
    negativeActivations: floats('negativeActivations'),
    topImages: whole('topImages'),
    histogramCounts: whole('histogramCounts'),
    histogramRange: floats('histogramRange'),
    headShares: floats('headShares'),
    meanAlong: floats('meanAlong')[0]!,
    similar: neighbours('similar', 'similarCosines'),
    opposite: neighbours('opposite', 'oppositeCosines'),
    codes: new Map(sizes.codes.map((terms) => [terms, decodeCode(row, words, terms, sizes, where)])),
    aligned: sizes.aligned ? aligned() : [],
  };
}

/** One description out of a row of `neurons`, with its words. @throws LensError `bad-file` */
export function decodeCode(
  row: Float32Array,
  words: readonly string[],
  terms: number,
  sizes: BlockSizes,
  where: string,
): ReadyCode {
  const names = codeNames(terms);
  const column = (name: string) => readColumn(row, 1, name, sizes, where);
  const weights = column(names.weights);
  const list = Array.from(column(names.words), (at, i) => ({ at, coefficient: weights[i]! }));
  const used = list.filter(({ at }) => at >= 0);
  if (used.some(({ at }) => at >= words.length)) {
    throw new LensError('bad-file', `This pack is broken: ${where} names words it does not bring.`);
  }
  return {
    terms: used.map(({ at, coefficient }) => ({ text: words[at]!, coefficient })),
    r2: column(names.r2)[0]!,
  };
}

/** Longest words of one neuron, bytes: 32 texts of a thousand letters. */
export const MOST_WORD_BYTES = 64 * 1024;

/** The words of all neurons as UTF-8, a line each, in rows of the longest's length, zeros behind. */
export function encodeWords(words: BlockCodes['words']): {
  readonly width: number;
  readonly bytes: Uint8Array;
} {
  const encoder = new TextEncoder();
  const lines = words.map((list) => encoder.encode(list.join('\n')));
  const width = Math.max(1, ...lines.map(({ length }) => length));
  if (width > MOST_WORD_BYTES) {
    throw new LensError('bad-request', 'These texts are too long to be the words of a description.');
  }
  const bytes = new Uint8Array(lines.length * width);
  lines.forEach((line, n) => {
    bytes.set(line, n * width);
  });
  return { width, bytes };
}

/** The words of one neuron. */
export function decodeWords(row: Uint8Array): string[] {
  const end = row.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? row : row.subarray(0, end));
  return text === '' ? [] : text.split('\n');
}
