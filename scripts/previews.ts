/**
 * Pages that chats and feeds can preview, one a shipped neuron, into a build:
 * `npm run previews -- --base https://host/path/ [--dist dist] [--only 0.12,3.44]`.
 * Tags want absolute addresses, so the place where the build will stand must be known.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp, { type OutputInfo } from 'sharp';
import { packFilesAt } from '../cli/packFiles.ts';
import { parseSetIndex, sheetName, sheetPosition } from '../src/images/sheets.ts';
import { type NeuronRow, openPack, type Pack } from '../src/pack/index.ts';
import { previewPath } from '../src/state/share.ts';
import { previewPage } from './previews/page.ts';
import { HEIGHT, previewPicture, type Square, WIDTH } from './previews/picture.ts';

const MODEL = 'pictogram-clip';
const SET = 'pictograms';
const WORDS = 8;
const AT_ONCE = 4;

const { values } = parseArgs({
  options: { base: { type: 'string' }, dist: { type: 'string', default: 'dist' }, only: { type: 'string' } },
});
const base = baseOf(values.base);
const dist = values.dist;
const pack = await openPack(await packFilesAt(join(dist, 'packs', SET)));
const squareOf = picturesIn(join(dist, 'sets', SET));
const wanted = values.only ? values.only.split(',').map(neuronOf) : allOf(pack);

let bytes = 0;
const queue = wanted.values();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const [block, neuron] of queue) {
      const written = await writePreview(block, neuron);
      bytes += written; // read after the wait: others add to it meanwhile
    }
  }),
);
const summary = { base, model: MODEL, set: SET, width: WIDTH, height: HEIGHT, count: wanted.length, bytes };
writeFileSync(join(dist, 'previews.json'), `${JSON.stringify(summary, null, 2)}\n`);
console.log(`${wanted.length} previews for ${base}: ${(bytes / 1e6).toFixed(1)} MB`);

/** @returns bytes written */
async function writePreview(block: number, neuron: number): Promise<number> {
  const row = await pack.neuron(block, neuron);
  const words = wordsOf(row);
  const path = previewPath(MODEL, SET, block, neuron);
  const picturePath = path.replace(/html$/, 'jpg');
  const pictures = await Promise.all(Array.from(row.positiveImages.subarray(0, 9), squareOf));
  const picture = await previewPicture(
    pictures,
    `Neuron ${neuron}`,
    `block ${block} of Pictogram CLIP`,
    words,
  );
  const page = previewPage({
    title: `Neuron ${neuron} of block ${block} · neuronlens`,
    description:
      `What this neuron of Pictogram CLIP writes into the answer, in words (− is away from them): ${words.join(', ')}. ` +
      `Beside it the nine of ${pack.manifest.set.count.toLocaleString('en-GB')} pictures where it writes most.`,
    address: new URL(path, base).href,
    picture: new URL(picturePath, base).href,
    width: WIDTH,
    height: HEIGHT,
    forward: `${'../'.repeat(path.split('/').length - 1)}#/${MODEL}/${SET}/${block}/${neuron}`,
  });
  mkdirSync(join(dist, dirname(path)), { recursive: true });
  writeFileSync(join(dist, picturePath), picture);
  writeFileSync(join(dist, path), page);
  return picture.length + Buffer.byteLength(page);
}

/** The words that weigh most, with a minus where the neuron writes against them. */
function wordsOf({ codes }: NeuronRow): readonly string[] {
  const sizes = [...codes.keys()].sort((a, b) => a - b);
  const terms = codes.get(sizes.find((size) => size >= WORDS) ?? sizes.at(-1)!)?.terms ?? [];
  return [...terms]
    .sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient))
    .slice(0, WORDS)
    .map(({ text, coefficient }) => (coefficient < 0 ? `−${text}` : text));
}

/** Pictures of a set, from its sheets, each decoded once. */
function picturesIn(folder: string): (image: number) => Promise<Square> {
  const set = parseSetIndex(JSON.parse(readFileSync(join(folder, 'set.json'), 'utf8')));
  const sheets = new Map<number, Promise<{ data: Buffer; info: OutputInfo }>>();
  const sheetOf = (sheet: number) => {
    const decoded =
      sheets.get(sheet) ??
      sharp(join(folder, sheetName(sheet)))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
    sheets.set(sheet, decoded);
    return decoded;
  };
  return async (image) => {
    const { sheet, x, y, size } = sheetPosition(set, image);
    const { data, info } = await sheetOf(sheet);
    const rows = Array.from({ length: size }, (_, row) => {
      const from = 3 * ((y + row) * info.width + x);
      return data.subarray(from, from + 3 * size);
    });
    return { side: size, data: Buffer.concat(rows) };
  };
}

function allOf({ manifest }: Pack): readonly (readonly [number, number])[] {
  return manifest.blocks.flatMap(({ block, neurons }) =>
    Array.from({ length: neurons }, (_, neuron) => [block, neuron] as const),
  );
}

function neuronOf(text: string): readonly [number, number] {
  const match = /^(\d+)\.(\d+)$/.exec(text.trim());
  if (match) return [Number(match[1]), Number(match[2])];
  throw new Error(`--only takes block.neuron, separated by commas; ${text} is none.`);
}

function baseOf(text: string | undefined): string {
  if (text && /^https?:\/\/[^?#]+\/$/.test(text)) return new URL(text).href;
  throw new Error('--base is the address of the explorer, with http in front and a slash at its end.');
}
