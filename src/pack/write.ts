import { encodeHalf } from '../clip/float16.ts';
import { LensError } from '../errors.ts';
import type { BlockSummary } from '../lens/blockSummary.ts';
import {
  type BlockSizes,
  checkValues,
  detailLayout,
  overviewLayout,
  type PackTexts,
  shapeOf,
} from './arrays.ts';
import { PACK_VERSION, type PackBlock, type PackManifest, parseManifest } from './manifest.ts';
import { encodeTensors, type PackTensor } from './tensors.ts';

/** What a pack is made of. Same parts, same bytes, in Node and in a browser. */
export interface PackParts {
  readonly software: PackManifest['software'];
  readonly model: PackManifest['model'];
  readonly set: PackManifest['set'];
  readonly backend: PackManifest['backend'];
  readonly deviations?: PackManifest['deviations'];
  readonly texts?: PackTexts;
  /** At least one; all of the same set and options. */
  readonly blocks: readonly BlockSummary[];
}

const TEXTS_FILE = 'texts.safetensors';
const WORDS_FILE = 'texts.txt';

/**
 * The files of a pack by name, `pack.json` first. Everything a reader would refuse is refused here too.
 * @throws LensError `bad-request` for blocks of different analyses or unusable texts, `bad-file` for
 * values that are no numbers
 */
export function writePack(parts: PackParts): Map<string, Uint8Array> {
  const first = parts.blocks[0];
  if (!first) throw new LensError('bad-request', 'A pack needs at least one analysed block.');
  const { topK, listed, bins } = first;
  const files = new Map<string, Uint8Array>();
  files.set('pack.json', new Uint8Array(0)); // keeps its place at the head of the map

  const blocks = parts.blocks.map((summary): PackBlock => {
    if (summary.topK !== topK || summary.listed !== listed || summary.bins !== bins) {
      throw new LensError('bad-request', 'The blocks of a pack must be analysed with the same options.');
    }
    if (summary.images !== parts.set.count) {
      throw new LensError('bad-request', 'The blocks of a pack must be analysed over the whole image set.');
    }
    const name = `block-${summary.block}`;
    const entry = { overview: `${name}.overview.safetensors`, detail: `${name}.safetensors` };
    files.set(entry.overview, encodeBlock(overviewLayout, summary.overview, summary));
    files.set(entry.detail, encodeBlock(detailLayout, summary.detail, summary));
    const { block, neurons, dim, laterHeads } = summary;
    return {
      block,
      neurons,
      dim,
      laterHeads: laterHeads.map(({ block, head }) => ({ block, head })),
      looked: summary.looked,
      uncertified: summary.uncertified,
      ...entry,
    };
  });

  const manifest: PackManifest = {
    format: 'neuronlens-pack',
    version: PACK_VERSION,
    software: parts.software,
    model: parts.model,
    set: parts.set,
    options: { topK, fraction: topK / parts.set.count, listed, bins },
    backend: parts.backend,
    ...(parts.deviations && { deviations: parts.deviations }),
    ...(parts.texts && { texts: { file: TEXTS_FILE, words: WORDS_FILE, count: parts.texts.words.length } }),
    blocks,
  };
  if (parts.texts) {
    const { embeddings, words } = encodeTexts(parts.texts, parts.model.config.dim);
    files.set(TEXTS_FILE, embeddings);
    files.set(WORDS_FILE, words);
  }
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
  parseManifest(json);
  files.set('pack.json', json);
  return files;
}

type Layouts = Readonly<Record<string, Parameters<typeof shapeOf>[0]>>;

function encodeBlock<L extends Layouts>(
  layouts: L,
  arrays: Readonly<Record<keyof L, Float32Array | Int32Array>>,
  summary: BlockSummary,
): Uint8Array {
  const sizes: BlockSizes = { ...summary, heads: summary.laterHeads.length };
  const tensors: Record<string, PackTensor> = {};
  for (const [name, layout] of Object.entries(layouts)) {
    const values = arrays[name]!;
    checkValues(name, layout, values, sizes);
    const shape = shapeOf(layout, sizes);
    tensors[name] =
      values instanceof Float32Array
        ? { dtype: 'F32', shape, data: values }
        : { dtype: 'I32', shape, data: values };
  }
  return encodeTensors(tensors);
}

function encodeTexts({ words, embeddings }: PackTexts, dim: number) {
  const broken = words.find((word) => /[\r\n]/.test(word) || word === '');
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
  return {
    embeddings: encodeTensors({ embeddings: { dtype: 'F16', shape: [words.length, dim], data } }),
    words: new TextEncoder().encode(`${words.join('\n')}\n`),
  };
}
