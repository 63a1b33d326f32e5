/**
 * Makes the small pictures of a shipped set, for lists: `node scripts/thumbs.mjs [folder]` writes
 * `thumbs-00.webp`… and `thumbs.json` beside the scenes. A list of neurons shows pictures from all over the set, and
 * would need every sheet of scenes; these are a sixth of them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const folder = process.argv[2] ?? 'public/sets/pictograms';
const SIZE = Number(process.env.SIZE ?? 64);
const COLUMNS = 25;
const PER_SHEET = 250;
const QUALITY = Number(process.env.QUALITY ?? 50);

const set = JSON.parse(readFileSync(join(folder, 'set.json'), 'utf8'));
const name = (kind, sheet) => join(folder, `${kind}-${String(sheet).padStart(2, '0')}.webp`);

/** One small picture as raw pixels, out of a whole sheet of scenes. */
async function thumb(scenes, image) {
  const { sceneSize: side, columns, perSheet } = set;
  const cell = image % perSheet;
  return sharp(scenes.data, { raw: scenes.info })
    .extract({
      left: (cell % columns) * side,
      top: Math.floor(cell / columns) * side,
      width: side,
      height: side,
    })
    .resize(SIZE, SIZE)
    .raw()
    .toBuffer();
}

async function sheetOfThumbs(sheet) {
  const from = sheet * PER_SHEET;
  const count = Math.min(PER_SHEET, set.count - from);
  const parts = [];
  let scenes;
  let open = -1;
  for (let i = 0; i < count; i++) {
    const wanted = Math.floor((from + i) / set.perSheet);
    if (wanted !== open) {
      scenes = await sharp(name('scenes', wanted)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      open = wanted;
    }
    parts.push({
      input: await thumb(scenes, from + i),
      raw: { width: SIZE, height: SIZE, channels: 3 },
      left: (i % COLUMNS) * SIZE,
      top: Math.floor(i / COLUMNS) * SIZE,
    });
  }
  const { size } = await sharp({
    create: { width: COLUMNS * SIZE, height: (PER_SHEET / COLUMNS) * SIZE, channels: 3, background: '#000' },
  })
    .composite(parts)
    .webp({ quality: QUALITY, effort: 6, smartSubsample: true })
    .toFile(name('thumbs', sheet));
  return size;
}

let bytes = 0;
for (let sheet = 0; sheet * PER_SHEET < set.count; sheet++) bytes += await sheetOfThumbs(sheet);
writeFileSync(
  join(folder, 'thumbs.json'),
  `${JSON.stringify({ size: SIZE, columns: COLUMNS, perSheet: PER_SHEET })}\n`,
);
console.log(`${set.count} pictures of ${SIZE} pixels: ${(bytes / 1e6).toFixed(2)} MB`);
