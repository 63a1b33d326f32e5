import { decodeHalf } from '../clip/float16.ts';
import { LensError } from '../errors.ts';
import type { BlockDetail, BlockOverview } from '../lens/blockSummary.ts';
import { dot } from '../lens/vectors.ts';
import {
  type BlockSizes,
  checkValues,
  detailLayout,
  type Layouts,
  overviewLayout,
  type PackTexts,
  shapeOf,
} from './arrays.ts';
import { BlockFile, type Vectors } from './blockFile.ts';
import type { PackFiles } from './files.ts';
import { type PackBlock, type PackManifest, parseManifest, sizesOf } from './manifest.ts';
import type { NeuronRow, ReadyCode, SimilarNeuron } from './neuronRows.ts';
import { type SimilarNeurons, similarTo } from './similar.ts';
import { decodeTensors, takeTensor } from './tensors.ts';

/** An opened pack. What is asked for is fetched then, checked against pack.json, and kept but for single neurons. */
export interface Pack {
  readonly manifest: PackManifest;
  /** Where its files are; its pictures too, if it brings them. */
  readonly files: PackFiles;
  /** Throws LensError `bad-request` for a block the pack has not, `bad-file` for a file that lies. */
  overview(block: number): Promise<BlockOverview>;
  /** All that the page of a neuron shows but pictures: some kilobytes. */
  neuron(block: number, neuron: number): Promise<NeuronRow>;
  /** The ready-made descriptions of so many words of all neurons of a block. @throws LensError `bad-request` where there are none */
  codes(block: number, terms: number): Promise<readonly ReadyCode[]>;
  /** [D] what heat maps are made along. */
  direction(block: number, neuron: number): Promise<Float32Array>;
  /** What other images are measured against. */
  vectors(block: number): Promise<Vectors>;
  /** The whole block. */
  detail(block: number): Promise<BlockDetail>;
  /** Undefined when the pack brings no texts. */
  texts(): Promise<PackTexts | undefined>;
  /** What directions made elsewhere are called, '' for those without a name; undefined when the pack has no names. */
  names(): Promise<readonly string[] | undefined>;
}

const MOST_MANIFEST_BYTES = 8 * 2 ** 20;
const MOST_WORDS_BYTES = 256 * 2 ** 20;

/**
 * Opens a pack: fetches and checks `pack.json`, nothing else.
 * @throws LensError `bad-file`, `unsupported`, or what `files` throws
 */
export async function openPack(files: PackFiles): Promise<Pack> {
  const manifest = parseManifest(await files.read('pack.json', MOST_MANIFEST_BYTES));
  const texts = remember(() => readTexts(manifest, files));
  const blocks = manifest.version === 1 ? blocksOfVersion1(manifest, files) : blocksOf(manifest, files);
  const names = remember(() => readNames(manifest, files));
  return { manifest, files, ...blocks, texts: () => texts(0), names: () => names(0) };
}

type Blocks = Pick<Pack, 'overview' | 'neuron' | 'codes' | 'direction' | 'vectors' | 'detail'>;

function blocksOf(manifest: PackManifest, files: PackFiles): Blocks {
  const opened = new Map<number, BlockFile>();
  const file = (block: number): BlockFile => {
    const entry = entryOf(manifest, block);
    const known = opened.get(block) ?? new BlockFile(files, entry.detail, sizesOf(manifest, entry));
    opened.set(block, known);
    return known;
  };
  return {
    overview: remember(async (block) => {
      const entry = entryOf(manifest, block);
      return readBlock(files, entry.overview, overviewLayout, sizesOf(manifest, entry));
    }),
    neuron: async (block, neuron) => file(block).neuron(neuron),
    codes: async (block, terms) => file(block).codes(terms),
    direction: async (block, neuron) => file(block).direction(neuron),
    vectors: remember(async (block) => file(block).vectors()),
    detail: remember(async (block) => file(block).detail()),
  };
}

/** Version 1 has a file a block, read whole, brings no descriptions, and states mean norms for typical ones. */
function blocksOfVersion1(manifest: PackManifest, files: PackFiles): Blocks {
  const detail = remember(async (block: number): Promise<BlockDetail> => {
    const entry = entryOf(manifest, block);
    return readBlock(files, entry.detail, detailLayout, sizesOf(manifest, entry));
  });
  const { typicalNorm, ...rest } = overviewLayout;
  return {
    overview: remember(async (block) => {
      const entry = entryOf(manifest, block);
      const layout = { meanNorm: typicalNorm, ...rest };
      const { meanNorm, ...others } = await readBlock(
        files,
        entry.overview,
        layout,
        sizesOf(manifest, entry),
      );
      return { typicalNorm: meanNorm, ...others };
    }),
    neuron: async (block, neuron) => rowOf(await detail(block), entryOf(manifest, block).neurons, neuron),
    codes: async () => {
      throw new LensError('bad-request', 'A pack of version 1 brings no descriptions.');
    },
    direction: async (block, neuron) => {
      const { dim } = entryOf(manifest, block);
      return (await detail(block)).directions.slice(neuron * dim, (neuron + 1) * dim);
    },
    vectors: detail,
    detail,
  };
}

/** The row of a neuron out of a whole block: what a pack keeps ready is made here. */
export function rowOf(detail: BlockDetail, neurons: number, neuron: number): NeuronRow {
  if (!Number.isInteger(neuron) || neuron < 0 || neuron >= neurons) {
    throw new LensError('bad-request', `There is no neuron ${neuron}: this block has ${neurons}.`);
  }
  const row = <T extends Float32Array | Int32Array>(array: T): T => {
    const columns = array.length / neurons;
    return array.subarray(neuron * columns, (neuron + 1) * columns) as T;
  };
  const dim = detail.directions.length / neurons;
  const near = similarTo(detail.directions, neurons, neuron);
  return {
    positiveImages: row(detail.positiveImages),
    positiveActivations: row(detail.positiveActivations),
    negativeImages: row(detail.negativeImages),
    negativeActivations: row(detail.negativeActivations),
    topImages: row(detail.topImages),
    histogramCounts: row(detail.histogramCounts),
    histogramRange: row(detail.histogramRange),
    headShares: row(detail.headShares),
    meanAlong: dot(detail.means, detail.directions, dim, neuron * dim, neuron * dim),
    similar: listOf(near.similar, near.similarCosines),
    opposite: listOf(near.opposite, near.oppositeCosines),
    codes: new Map(),
    aligned: [],
  };
}

const listOf = (neurons: SimilarNeurons['similar'], cosines: Float32Array): SimilarNeuron[] =>
  Array.from(neurons, (neuron, i) => ({ neuron, cosine: cosines[i]! })).filter(({ neuron }) => neuron >= 0);

function entryOf(manifest: PackManifest, block: number): PackBlock {
  const entry = manifest.blocks.find((candidate) => candidate.block === block);
  if (entry) return entry;
  const list = manifest.blocks.map((candidate) => candidate.block).join(', ');
  throw new LensError('bad-request', `This pack has no block ${block}; it has ${list}.`);
}

/** Keeps what `load` resolved to by key; overlapping calls share one load, a failed one is tried again. */
function remember<T>(load: (key: number) => Promise<T>): (key: number) => Promise<T> {
  const kept = new Map<number, Promise<T>>();
  return (key) => {
    const known = kept.get(key);
    if (known) return known;
    const loading = load(key);
    kept.set(key, loading);
    loading.catch(() => kept.delete(key));
    return loading;
  };
}

type ArraysOf<L extends Layouts> = { [K in keyof L]: L[K][0] extends 'float' ? Float32Array : Int32Array };

/** Room for a header, whatever it says besides. */
const HEADER_BYTES = 64 * 1024;

async function readBlock<L extends Layouts>(
  files: PackFiles,
  file: string,
  layouts: L,
  sizes: BlockSizes,
): Promise<ArraysOf<L>> {
  const shapes = Object.values(layouts).map((layout) => shapeOf(layout, sizes));
  const expected = shapes.reduce((sum, shape) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  const tensors = decodeTensors(await files.read(file, expected + HEADER_BYTES), file);
  const arrays: Record<string, Float32Array | Int32Array> = {};
  for (const [name, layout] of Object.entries(layouts)) {
    const shape = shapeOf(layout, sizes);
    const tensor =
      layout[0] === 'float'
        ? takeTensor(tensors, name, 'F32', shape)
        : takeTensor(tensors, name, 'I32', shape);
    checkValues(`${name} of ${file}`, layout, tensor, sizes);
    arrays[name] = tensor;
  }
  return arrays as ArraysOf<L>;
}

async function readNames({ directions, blocks }: PackManifest, files: PackFiles) {
  if (directions?.names === undefined) return undefined;
  const bytes = await files.read(directions.names, MOST_WORDS_BYTES);
  const names = new TextDecoder().decode(bytes).replace(/\n$/, '').split('\n');
  const count = blocks[0]!.neurons;
  if (names.length === count) return names;
  throw new LensError('bad-file', `${directions.names} has ${names.length} lines for ${count} directions.`);
}

async function readTexts({ texts, model }: PackManifest, files: PackFiles): Promise<PackTexts | undefined> {
  if (!texts) return undefined;
  const shape = [texts.count, model.config.dim];
  const [file, list] = await Promise.all([
    files.read(texts.file, 2 * texts.count * model.config.dim + HEADER_BYTES),
    files.read(texts.words, MOST_WORDS_BYTES),
  ]);
  const words = new TextDecoder().decode(list).replace(/\n$/, '').split('\n');
  if (words.length !== texts.count) {
    throw new LensError(
      'bad-file',
      `${texts.words} has ${words.length} lines where pack.json says ${texts.count}.`,
    );
  }
  const embeddings = decodeHalf(takeTensor(decodeTensors(file, texts.file), 'embeddings', 'F16', shape));
  if (!embeddings.every(Number.isFinite)) {
    throw new LensError('bad-file', `${texts.file} holds embeddings that are no numbers.`);
  }
  return { words, embeddings };
}
