import { encodeHalf } from '../clip/float16.ts';
import { LensError } from '../errors.ts';
import type { BlockSummary } from '../lens/blockSummary.ts';
import {
  type BlockSizes,
  checkValues,
  type Layouts,
  overviewLayout,
  type PackTexts,
  shapeOf,
  vectorLayout,
} from './arrays.ts';
import { PACK_VERSION, parseManifest, type WrittenManifest } from './manifest.ts';
import { type AlignedLists, encodeRows, encodeWords } from './neuronRows.ts';
import { encodeTensors, type PackTensor } from './tensors.ts';
import type { BlockCodes, CodeForms } from './wordCodes.ts';

/** What a pack says of itself, beyond its blocks. */
export interface PackHead {
  readonly software: WrittenManifest['software'];
  readonly model: WrittenManifest['model'];
  readonly set: WrittenManifest['set'];
  readonly backend: WrittenManifest['backend'];
  readonly deviations?: WrittenManifest['deviations'];
  readonly texts?: PackTexts;
  /** How the blocks' descriptions were made, where they have some. */
  readonly codes?: CodeForms;
  /** Whether the set's pictures lie in the folder `pictures`; whoever writes the pack puts them there. */
  readonly pictures?: boolean;
  /** Where its one block holds directions made elsewhere; a name a direction, or none at all. */
  readonly directions?: Omit<NonNullable<WrittenManifest['directions']>, 'names'> & {
    readonly names?: readonly string[] | undefined;
  };
}

/** What a pack is made of. Same parts, same bytes, in Node and in a browser. */
export interface PackParts extends PackHead {
  /** At least one; all of the same set and options. */
  readonly blocks: readonly BlockSummary[];
  /** By block, with `codes`. */
  readonly described?: ReadonlyMap<number, BlockCodes>;
}

export type WrittenFile = readonly [name: string, bytes: Uint8Array];

/** A block as files, and what pack.json will say of it. */
export interface EncodedBlock {
  readonly entry: WrittenManifest['blocks'][number];
  readonly options: WrittenManifest['options'];
  readonly images: number;
  readonly files: readonly WrittenFile[];
}

const TEXTS_FILE = 'texts.safetensors';
const WORDS_FILE = 'texts.txt';
const NAMES_FILE = 'names.txt';

/**
 * The files of one block: for who has many and keeps none.
 * @throws LensError `bad-request` for arrays of other sizes, `bad-file` for values that are no numbers
 */
export function encodeBlock(summary: BlockSummary, codes?: BlockCodes, aligned?: AlignedLists): EncodedBlock {
  const { block, images, neurons, dim, topK, listed, bins, looked, uncertified, overview, detail } = summary;
  const sizes: BlockSizes = {
    ...{ images, neurons, dim, topK, listed, bins },
    heads: summary.laterHeads.length,
    codes: codes?.codes.map(({ terms }) => terms) ?? [],
    aligned: aligned?.count ?? 0,
  };
  const name = `block-${block}`;
  const { rows, columns, width } = encodeRows(summary, codes, sizes, aligned);
  const words = codes && encodeWords(codes.words);
  const arrays: Record<string, PackTensor> = {
    ...tensorsOf(vectorLayout, detail, sizes),
    neurons: { dtype: 'F32', shape: [neurons, width], data: rows },
    ...(words && { words: { dtype: 'U8', shape: [neurons, words.width], data: words.bytes } }),
  };
  const entry = {
    ...{ block, neurons, dim },
    overview: `${name}.overview.safetensors`,
    detail: `${name}.safetensors`,
    ...{ looked, uncertified },
    columns: Object.fromEntries(
      Object.entries(columns).map(([key, [a, b]]) => [key, [a, b] as [number, number]]),
    ),
  };
  return {
    entry,
    options: { topK, fraction: topK / images, listed, bins },
    images,
    files: [
      [entry.overview, encodeTensors(tensorsOf(overviewLayout, overview, sizes))],
      [entry.detail, encodeTensors(arrays)],
    ],
  };
}

/**
 * The files that close a pack, pack.json last: a folder without it is no pack yet. Everything a reader would refuse
 * is refused here too.
 * @throws LensError `bad-request` for blocks of different analyses or unusable texts
 */
export function encodeHead(head: PackHead, blocks: readonly Omit<EncodedBlock, 'files'>[]): WrittenFile[] {
  const first = blocks[0];
  if (!first) throw new LensError('bad-request', 'A pack needs at least one analysed block.');
  const { topK, listed, bins } = first.options;
  for (const { options, images } of blocks) {
    if (options.topK !== topK || options.listed !== listed || options.bins !== bins) {
      throw new LensError('bad-request', 'The blocks of a pack must be analysed with the same options.');
    }
    if (images !== head.set.count) {
      throw new LensError('bad-request', 'The blocks of a pack must be analysed over the whole image set.');
    }
  }
  const { texts, codes, directions } = head;
  const manifest: WrittenManifest = {
    format: 'neuronlens-pack',
    version: PACK_VERSION,
    software: head.software,
    model: head.model,
    set: head.set,
    options: first.options,
    backend: head.backend,
    ...(head.deviations && { deviations: head.deviations }),
    ...(texts && { texts: { file: TEXTS_FILE, words: WORDS_FILE, count: texts.words.length } }),
    ...(codes && {
      codes: {
        atoms: codes.atoms,
        lengths: codes.lengths.map(({ terms, chance: { mean, deviation } }) => ({
          terms,
          chance: { mean, deviation },
        })),
      },
    }),
    ...(head.pictures && { pictures: true }),
    ...(directions && { directions: { ...directions, names: directions.names && NAMES_FILE } }),
    blocks: blocks.map(({ entry }) => entry),
  };
  const json = new TextEncoder().encode(`${compactRanges(JSON.stringify(manifest, null, 1))}\n`);
  parseManifest(json);
  return [
    ...(texts ? encodeTexts(texts, head.model.config.dim) : []),
    ...(directions?.names ? [encodeNames(directions.names, blocks[0]!.entry.neurons)] : []),
    ['pack.json', json],
  ];
}

/** All files of a pack by name, `pack.json` last. @throws LensError as `encodeBlock` and `encodeHead` */
export function writePack({ blocks, described, ...head }: PackParts): Map<string, Uint8Array> {
  const encoded = blocks.map((summary) => encodeBlock(summary, described?.get(summary.block)));
  return new Map([...encoded.flatMap(({ files }) => files), ...encodeHead(head, encoded)]);
}

/** A column's two numbers on one line: the file is read by people too. */
const compactRanges = (json: string): string => json.replace(/\[\n\s+(\d+),\n\s+(\d+)\n\s+\]/g, '[$1, $2]');

function tensorsOf<L extends Layouts>(
  layouts: L,
  arrays: Readonly<Record<keyof L, Float32Array | Int32Array>>,
  sizes: BlockSizes,
): Record<string, PackTensor> {
  const tensors: Record<string, PackTensor> = {};
  for (const [name, layout] of Object.entries(layouts)) {
    const data = arrays[name as keyof L];
    checkValues(name, layout, data, sizes);
    const shape = shapeOf(layout, sizes);
    tensors[name] =
      data instanceof Float32Array ? { dtype: 'F32', shape, data } : { dtype: 'I32', shape, data };
  }
  return tensors;
}

function encodeNames(names: readonly string[], count: number): WrittenFile {
  if (names.length !== count || names.some((name) => /[\r\n]/.test(name))) {
    throw new LensError('bad-request', `${count} directions need ${count} names of one line each.`);
  }
  return [NAMES_FILE, new TextEncoder().encode(`${names.join('\n')}\n`)];
}

function encodeTexts({ words, embeddings }: PackTexts, dim: number): WrittenFile[] {
  const broken = words.find((word) => /[\r\n\0]/.test(word) || word === '');
  if (broken !== undefined) {
    throw new LensError(
      'bad-request',
      `A text of a pack must be one line: ${JSON.stringify(broken)} is not.`,
    );
  }
  if (embeddings.length !== words.length * dim) {
    throw new LensError(
      'bad-request',
      `${words.length} texts need ${words.length} embeddings of ${dim} numbers.`,
    );
  }
  const data = encodeHalf(embeddings);
  return [
    [TEXTS_FILE, encodeTensors({ embeddings: { dtype: 'F16', shape: [words.length, dim], data } })],
    [WORDS_FILE, new TextEncoder().encode(`${words.join('\n')}\n`)],
  ];
}
