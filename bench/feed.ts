/**
 * What decoding costs a sweep: pictures decoded alone, the model alone on pictures in memory, and both as `bake` runs them, one
 * range read ahead. `npx tsx bench/feed.ts [--images 512] [--side 500]`. Where the last is near the larger of the first
 * two, decoding is hidden behind the model (or the model behind decoding).
 */
import sharp from 'sharp';
import type { PictureEntries } from '../cli/bake/entries.ts';
import { pictureFeed, visitingOrder } from '../cli/bake/feed.ts';
import { decodeBytes } from '../cli/decode.ts';
import { openModel } from '../cli/model.ts';
import type { StreamBatch, StreamSource } from '../src/engine/stream/streaming.ts';
import { generator } from '../test/support/randomClip.ts';
import { interleaved, numberOption, report } from './measure.ts';

const images = numberOption('images', 512);
const side = numberOption('side', 500);
const CHUNK = 32;
const model = await openModel('public/models/pictogram-clip');
const engine = await model.openEngine(undefined);

/** Noise over waves: a JPEG of an ordinary photo's size. */
async function jpeg(seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const random = generator(seed + 1);
  const rgb = Buffer.alloc(3 * side * side);
  for (let i = 0; i < rgb.length; i++) rgb[i] = 128 + 80 * Math.sin(i / (90 + seed)) + 30 * random();
  const raw = { width: side, height: side, channels: 3 } as const;
  return new Uint8Array(await sharp(rgb, { raw }).jpeg({ quality: 90 }).toBuffer());
}
const files = await Promise.all(Array.from({ length: 16 }, (_, i) => jpeg(i)));
const entries: PictureEntries = {
  ...{ name: 'made up', listing: '', setHash: undefined, count: images },
  place: (entry) => [0, entry],
  pictureName: String,
  label: () => undefined,
  read: async (entry) => ({ picture: await decodeBytes(files[entry % 16]!, 'made up'), hash: '' }),
  close: async () => {},
};
const feed = (): StreamSource => pictureFeed(entries, visitingOrder(images), model.preprocessor);
const readAll = async (): Promise<StreamBatch[]> => {
  const source = feed();
  const batches: StreamBatch[] = [];
  for (let from = 0; from < images; from += CHUNK)
    batches.push(await source.read(from, Math.min(CHUNK, images - from)));
  return batches;
};
const kept = await readAll();
const inMemory: StreamSource = { count: images, read: async (from) => kept[from / CHUNK]! };
const sweep = (source: StreamSource) => engine.stream(source, [0, 1, 2, 3, 4], { topK: 20 });
const timings = await interleaved(
  [
    { name: 'decoding and pre-processing alone', run: readAll },
    { name: 'the sweep alone, on pictures in memory', run: () => sweep(inMemory) },
    { name: 'both, as bake runs them', run: () => sweep(feed()) },
  ],
  3,
);
report(
  `${images} JPEGs of ${side} × ${side}, the embedded model, 5 blocks`,
  timings.map(({ name, ms }) => ({ what: name, 'ms a picture': Number((ms / images).toFixed(2)) })),
);
await engine.dispose();
