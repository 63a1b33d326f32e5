import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const shipped = fileURLToPath(new URL('../../public/', import.meta.url));
export const shippedModel = join(shipped, 'models', 'pictogram-clip');
export const shippedWords = join(shipped, 'sets', 'pictograms', 'words.txt');

/** One sheet of the shipped set, scenes 1,600 to 1,699 in the held-out style, as a set of its own in `folder`. */
export function writeMiniSet(folder: string): string {
  const from = join(shipped, 'sets', 'pictograms');
  const index = JSON.parse(readFileSync(join(from, 'set.json'), 'utf8'));
  const [sheet, count] = [16, 100];
  mkdirSync(folder);
  const scenes = index.scenes.slice(sheet * count, (sheet + 1) * count);
  writeFileSync(join(folder, 'set.json'), JSON.stringify({ ...index, count, scenes }));
  copyFileSync(join(from, `scenes-${sheet}.webp`), join(folder, 'scenes-00.webp'));
  copyFileSync(join(from, `masks-${sheet}.png`), join(folder, 'masks-00.png'));
  return folder;
}
