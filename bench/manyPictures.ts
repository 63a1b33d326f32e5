import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { openSheets } from '../cli/folder.ts';
import { tarHeader } from '../test/support/tar.ts';

const set = fileURLToPath(new URL('../public/sets/pictograms', import.meta.url));

/**
 * Tar shards, `perTar` pictures each, of `count` different pictures made of the shipped scenes: mirrored, turned in hue and darkened, as WebP. Picture i is
 * the same whatever the count. What is in the folder already is kept.
 */
export async function manyPictures(folder: string, count: number, perTar: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { source } = await openSheets(set);
  for (let from = 0; from < count; from += perTar) {
    const path = join(folder, `${String(from / perTar).padStart(5, '0')}.tar`);
    const size = Math.min(perTar, count - from);
    if (existsSync(path) && size === perTar) continue;
    rmSync(path, { force: true });
    const tar = createWriteStream(path);
    for (let i = from; i < from + size; i++) {
      const { data, width, height } = await source.read(i % source.count);
      const round = Math.floor(i / source.count);
      const bytes = await sharp(data, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .flop(round % 2 === 1)
        .modulate({ hue: 36 * round, brightness: 1 - 0.03 * (round % 10) })
        .webp({ quality: 80, effort: 0 })
        .toBuffer();
      tar.write(tarHeader(`${String(i).padStart(7, '0')}.webp`, bytes.length, '0'));
      tar.write(bytes);
      tar.write(Buffer.alloc(-bytes.length & 511));
    }
    tar.end(Buffer.alloc(1024));
    await finished(tar);
  }
}
