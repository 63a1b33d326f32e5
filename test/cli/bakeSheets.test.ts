import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { PictureRecord } from '../../cli/bake/records.ts';
import { copySheets, writeSheets } from '../../cli/bake/sheets.ts';
import { openSheets } from '../../cli/folder.ts';
import type { Picture } from '../../src/images/picture.ts';
import { writeMiniSet } from './miniSet.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-sheets-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Wide, of one colour, with alpha that counts for nothing. */
const picture = (n: number): Picture => ({
  width: 40,
  height: 30,
  data: Uint8ClampedArray.from({ length: 4 * 40 * 30 }, (_, i) =>
    i % 4 === 3 ? 9 : (n * (37 + (i % 4))) % 256,
  ),
});
const records = Array.from(
  { length: 103 },
  (_, i): PictureRecord => ({ place: [0, i], name: `p${i}.png`, ...(i > 1 && { label: String(i % 11) }) }),
);
const request = (read = async (n: number) => picture(n)) => ({
  ...{ name: 'made up', licence: 'CC0', size: 16, records },
  read,
});

it('writes sheets that a set is read from, with classes in order', async () => {
  const folder = join(root, 'sheets');
  await writeSheets(folder, request(), {});
  const { index, source } = await openSheets(folder);
  expect([index.count, index.licence]).toEqual([103, 'CC0']);
  expect(index.concepts.map(({ label }) => label)).toEqual(Array.from({ length: 11 }, (_, i) => String(i)));
  expect(index.scenes[102]).toMatchObject({
    caption: 'p102.png',
    objects: [{ concept: 3, box: [0, 0, 1, 1] }],
  });
  expect(index.scenes[1]!.objects).toEqual([]);
  for (const n of [0, 42, 99, 100, 102]) {
    const { width, data } = await source.read(n);
    expect(width).toBe(16);
    const middle = data.subarray(4 * (8 * 16 + 8), 4 * (8 * 16 + 8) + 3);
    for (const c of [0, 1, 2]) expect(Math.abs(middle[c]! - picture(n).data[c]!)).toBeLessThan(30); // WebP: coarse colours
  }
});

it('does not make a sheet again, and gives the same bytes twice', async () => {
  const [a, b] = [join(root, 'a'), join(root, 'b')];
  const stop = async (n: number): Promise<Picture> => {
    if (n >= 100) throw new Error('killed');
    return picture(n);
  };
  await expect(writeSheets(a, request(stop), {})).rejects.toThrow('killed');
  const before = statSync(join(a, 'scenes-00.webp')).mtimeMs;
  await writeSheets(a, request(), {});
  expect(statSync(join(a, 'scenes-00.webp')).mtimeMs).toBe(before);
  await writeSheets(b, request(), {});
  for (const name of ['set.json', 'scenes-00.webp', 'scenes-01.webp'])
    expect(readFileSync(join(a, name)).equals(readFileSync(join(b, name)))).toBe(true);
});

it('copies a shipped set as it is, and nothing else', async () => {
  const set = writeMiniSet(join(root, 'set'));
  writeFileSync(join(set, 'README.md'), 'not this');
  await copySheets(set, join(root, 'copy'));
  const { hash } = await openSheets(join(root, 'copy'));
  expect(hash).toBe((await openSheets(set)).hash);
  expect(() => statSync(join(root, 'copy', 'README.md'))).toThrow();
});
