import { decodeHalf } from '../clip/float16.ts';
import { LensError } from '../errors.ts';
import type { BlockDetail, BlockOverview } from '../lens/blockSummary.ts';
import {
  type BlockSizes,
  checkValues,
  detailLayout,
  overviewLayout,
  overviewLayoutOfVersion1,
  type PackTexts,
  shapeOf,
} from './arrays.ts';
import { type PackBlock, type PackManifest, parseManifest } from './manifest.ts';
import { decodeTensors, takeTensor } from './tensors.ts';

/** Gives the bytes of a pack's file by its name; rejects with a LensError `unavailable` when it is not there. */
export type FetchBytes = (name: string) => Promise<Uint8Array>;

/** An opened pack. Files are fetched when first asked for, checked against pack.json and kept. */
export interface Pack {
  readonly manifest: PackManifest;
  /** Throws LensError `bad-request` for a block the pack has not, `bad-file` for a file that lies. */
  overview(block: number): Promise<BlockOverview>;
  detail(block: number): Promise<BlockDetail>;
  /** Undefined when the pack brings no texts. */
  texts(): Promise<PackTexts | undefined>;
}

/**
 * Opens a pack: fetches and checks `pack.json`, nothing else.
 * @throws LensError `bad-file`, `unsupported`, or what `fetchBytes` throws
 */
export async function openPack(fetchBytes: FetchBytes): Promise<Pack> {
  const manifest = parseManifest(await fetchBytes('pack.json'));
  const entryOf = (block: number): PackBlock => {
    const entry = manifest.blocks.find((candidate) => candidate.block === block);
    if (entry) return entry;
    const list = manifest.blocks.map((candidate) => candidate.block).join(', ');
    throw new LensError('bad-request', `This pack has no block ${block}; it has ${list}.`);
  };
  const overviews = remember(async (block: number): Promise<BlockOverview> => {
    const entry = entryOf(block);
    const bytes = await fetchBytes(entry.overview);
    const sizes = sizesOf(manifest, entry);
    if (manifest.version > 1) return readBlock(bytes, entry.overview, overviewLayout, sizes);
    const { meanNorm, ...rest } = readBlock(bytes, entry.overview, overviewLayoutOfVersion1, sizes);
    return { typicalNorm: meanNorm, ...rest };
  });
  const details = remember(async (block: number): Promise<BlockDetail> => {
    const entry = entryOf(block);
    return readBlock(await fetchBytes(entry.detail), entry.detail, detailLayout, sizesOf(manifest, entry));
  });
  const texts = remember(() => readTexts(manifest, fetchBytes));
  return { manifest, overview: overviews, detail: details, texts: () => texts(0) };
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

function sizesOf({ set, options }: PackManifest, entry: PackBlock): BlockSizes {
  const { topK, listed, bins } = options;
  const { neurons, dim } = entry;
  return { images: set.count, neurons, dim, topK, listed, bins, heads: entry.laterHeads.length };
}

type Layouts = Readonly<Record<string, Parameters<typeof shapeOf>[0]>>;
type ArraysOf<L extends Layouts> = { [K in keyof L]: L[K][0] extends 'float' ? Float32Array : Int32Array };

function readBlock<L extends Layouts>(
  bytes: Uint8Array,
  file: string,
  layouts: L,
  sizes: BlockSizes,
): ArraysOf<L> {
  const tensors = decodeTensors(bytes, file);
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

async function readTexts(
  { texts, model }: PackManifest,
  fetchBytes: FetchBytes,
): Promise<PackTexts | undefined> {
  if (!texts) return undefined;
  const [file, list] = await Promise.all([fetchBytes(texts.file), fetchBytes(texts.words)]);
  const words = new TextDecoder().decode(list).replace(/\n$/, '').split('\n');
  if (words.length !== texts.count) {
    throw new LensError(
      'bad-file',
      `${texts.words} has ${words.length} lines where pack.json says ${texts.count}.`,
    );
  }
  const shape = [texts.count, model.config.dim];
  const halves = takeTensor(decodeTensors(file, texts.file), 'embeddings', 'F16', shape);
  const embeddings = decodeHalf(halves);
  if (!embeddings.every(Number.isFinite)) {
    throw new LensError('bad-file', `${texts.file} holds embeddings that are no numbers.`);
  }
  return { words, embeddings };
}
