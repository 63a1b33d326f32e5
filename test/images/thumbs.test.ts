import { existsSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { parseSetIndex, sheetName, sheetPosition } from '../../src/images/sheets.ts';
import { parseThumbs, thumbPlace } from '../../src/images/thumbs.ts';

const FOLDER = 'public/sets/pictograms';
const json = (name: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));

test('what is no description of small pictures is refused', () => {
  expect(() => parseThumbs({ size: 64, columns: 3, perSheet: 10 })).toThrow('whole rows');
  expect(() => parseThumbs({ size: 64, columns: 10 })).toThrow('thumbs.json');
  expect(thumbPlace({ size: 64, columns: 10, perSheet: 50 }, 123)).toEqual({
    file: 'thumbs-02.webp',
    column: 3,
    row: 2,
  });
});

/** Mean colour of a square of a sheet. */
async function colour(file: string, left: number, top: number, side: number): Promise<number[]> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .extract({ left, top, width: side, height: side })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 3]! += data[i]!;
  return sums.map((sum) => sum / (info.width * info.height));
}

test('the shipped small pictures are the set’s pictures, in its order', async () => {
  const set = parseSetIndex(json('set.json'));
  const thumbs = parseThumbs(json('thumbs.json'));
  const last = thumbPlace(thumbs, set.count - 1);
  expect(existsSync(`${FOLDER}/${last.file}`)).toBe(true);
  for (const image of [0, 1, 249, 250, 1111, set.count - 1]) {
    const { file, column, row } = thumbPlace(thumbs, image);
    const { sheet, x, y, size } = sheetPosition(set, image);
    const small = await colour(`${FOLDER}/${file}`, column * thumbs.size, row * thumbs.size, thumbs.size);
    const large = await colour(`${FOLDER}/${sheetName(sheet)}`, x, y, size);
    for (const [channel, value] of small.entries()) expect(Math.abs(value - large[channel]!)).toBeLessThan(4);
  }
});
