import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { writeNpy } from '../cli/npy.ts';
import { randomDirections } from '../src/lens/randomDirections.ts';
import { zipPack } from '../src/pack/zip.ts';

/** Directions that somebody made, from a file to their pages: the command line, then the explorer. */
const SET = 'public/sets/pictograms';
const root = mkdtempSync(join(tmpdir(), 'neuronlens-directions-'));
const zip = join(root, 'my-sae.zip');

/** The set's first sheet as a set of its own: a hundred pictures are read in seconds. */
function smallSet(): string {
  const folder = join(root, 'set');
  mkdirSync(folder);
  const index = JSON.parse(readFileSync(join(SET, 'set.json'), 'utf8'));
  const scenes = index.scenes.slice(0, 100);
  writeFileSync(join(folder, 'set.json'), JSON.stringify({ ...index, count: 100, scenes }));
  copyFileSync(join(SET, 'scenes-00.webp'), join(folder, 'scenes-00.webp'));
  copyFileSync(join(SET, 'masks-00.png'), join(folder, 'masks-00.png'));
  return folder;
}

test.beforeAll(() => {
  test.setTimeout(120_000);
  const [file, names, out] = ['decoder.npy', 'names.txt', 'my-sae'].map((name) => join(root, name));
  writeFileSync(file!, writeNpy([20, 128], randomDirections(20, 128, 4)));
  writeFileSync(names!, Array.from({ length: 20 }, (_, n) => (n === 3 ? 'a feature\n' : '\n')).join(''));
  execFileSync(process.execPath, [
    ...['--import', 'tsx', 'cli/main.ts', 'directions', '--model', 'public/models/pictogram-clip'],
    ...['--set', smallSet(), '--directions', file!, '--names', names!, '--name', 'my-sae', '--top', '10'],
    ...['--texts', join(SET, 'words.txt'), '--neurons', 'public/packs/pictograms', '--out', out!],
  ]);
  const files = readdirSync(out!, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  writeFileSync(zip, zipPack(files.map((path) => [relative(out!, path), readFileSync(path)] as const)));
});
test.afterAll(() => rmSync(root, { recursive: true }));

test('a pack of directions opens as one: pictures, words and neurons, and nothing that only neurons have', async ({
  page,
}) => {
  test.setTimeout(240_000); // a model is started and read twice
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('./#/pictogram-clip/pictograms/0?page=models');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByLabel('Choose a pack’s zip').setInputFiles(zip);

  await expect(page.getByRole('heading', { level: 1, name: 'my-sae' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^directions made elsewhere/ })).toBeVisible();
  const table = page.getByRole('table', { name: 'Directions of my-sae' });
  await expect(table.getByRole('rowheader')).not.toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Image', exact: true })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Experiments' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /Recompute/ })).toHaveCount(0);

  await page.getByRole('combobox').fill('#3');
  await page.getByRole('combobox').press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Direction 3 of my-sae: a feature');
  await expect(page).toHaveTitle('Direction 3 of my-sae · neuronlens');
  const pictures = page.getByRole('list', { name: /Most positive pictures/ }).getByRole('button');
  await expect(pictures.first()).toBeVisible();
  await expect(page.getByText(/with \d+ words/)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Directions like it, and against it' })).toBeVisible();
  const neurons = page.getByRole('region', { name: 'Neurons along it, and against it' });
  await expect(neurons.getByRole('row')).toHaveCount(9);
  await expect(page.getByText('Which later heads carry it')).toHaveCount(0);
  await expect(page.getByText('Which map')).toHaveCount(0);
  expect(asked.filter((url) => /model\.safetensors/.test(url))).toEqual([]);

  await pictures.first().click(); // its map starts the model
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('along the direction, centred on the set')).toBeVisible();
  await expect(dialog.getByRole('figure')).toHaveCount(2);
  await expect(dialog.getByText('Where the direction comes from')).toBeVisible();
  await expect(dialog.getByText(/^What the heads of all blocks read at each patch/)).toBeVisible();
  await expect(dialog.getByText('the same scale as in the list')).toBeVisible({ timeout: 180_000 });
  await page.keyboard.press('Escape');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);

  await page.keyboard.press('p'); // takes a picture apart, where neurons are in view
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Direction 3');
});
