import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { tarOf } from '../support/tar.ts';

/** Picture files by name: PNGs of two colours, the same for the same number. */
export async function madePictures(names: readonly string[], side = 24): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const [i, name] of names.entries()) {
    const rgb = Buffer.alloc(3 * side * side);
    for (let p = 0; p < side * side; p++) {
      const [x, y] = [p % side, Math.floor(p / side)];
      const inside = (x * (1 + (i % 5)) + y * (1 + (i % 3)) + 7 * i) % side > side / 2;
      rgb.set(
        inside ? [(i * 53) % 256, (i * 101) % 256, (i * 29) % 256] : [(i * 17) % 256, 128, y * 9],
        3 * p,
      );
    }
    files.set(
      name,
      await sharp(rgb, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer(),
    );
  }
  return files;
}

/** Writes files below a folder. */
export function writeTree(folder: string, files: Iterable<readonly [string, Buffer | string]>): string {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

/** Writes pictures `class/key.png` into tar shards of `each` samples, as WebDataset lays them out. */
export function writeTars(folder: string, files: ReadonlyMap<string, Buffer>, each: number): string {
  mkdirSync(folder, { recursive: true });
  const all = [...files];
  for (let from = 0; from < all.length; from += each) {
    const members = all.slice(from, from + each).flatMap(([name, bytes]) => {
      const key = name.replace(/\.\w+$/, '').replaceAll('/', '-');
      return [
        { name: `${key}.png`, bytes },
        { name: `${key}.cls`, bytes: name.split('/')[0]! },
      ];
    });
    writeFileSync(join(folder, `part-${String(from / each).padStart(4, '0')}.tar`), tarOf(members));
  }
  return folder;
}
