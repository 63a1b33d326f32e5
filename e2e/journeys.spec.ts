import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import sharp from 'sharp';
import { openPack, zipFiles } from '../src/pack/index.ts';

/** What people do with the shipped explorer, on the real model, pictures and analysis. */
const HOME = './#/pictogram-clip/pictograms/0';
const NEURON = './#/pictogram-clip/pictograms/0/467';
const rows = (page: Page) => page.getByRole('table', { name: 'Neurons of the block' }).getByRole('rowheader');

/** Everything the page asked for, so that a test can say where it did not go. */
function requestsOf(page: Page): string[] {
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  return urls;
}

test('opens on all neurons of a block, without the runtime and without leaving its origin', async ({
  page,
  baseURL,
}) => {
  const urls = requestsOf(page);
  await page.goto(HOME);
  await expect(rows(page).first()).toBeVisible();
  expect(await rows(page).count()).toBeGreaterThan(5);
  await expect(page.getByText('shipped numbers')).toBeVisible();
  expect(urls.filter((url) => /\.(wasm|packed)|model\.safetensors/.test(url))).toEqual([]);
  expect(urls.filter((url) => !url.startsWith(baseURL!) && !/^(data|blob):/.test(url))).toEqual([]);
});

test('a neuron opens by click; the number of words is in the address; Back returns', async ({ page }) => {
  await page.goto(HOME);
  await rows(page).first().getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Block 0 · neuron \d+/);
  await expect(
    page
      .getByRole('list', { name: /Most positive pictures/ })
      .getByRole('button')
      .first(),
  ).toBeVisible();
  await page.getByRole('radio', { name: '64', exact: true }).check({ force: true });
  await expect(page).toHaveURL(/m=64/);
  await expect(page.getByText(/with 64 words/)).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Block 0' })).toBeVisible();
});

test('words rank neurons, and the text tower is run for words outside the pool', async ({ page }) => {
  test.slow();
  await page.goto(`${HOME}?backend=wasm`);
  await expect(rows(page).first()).toBeVisible();
  const search = page.getByRole('combobox');
  await search.fill('water');
  await search.press('Enter');
  await expect(page.getByRole('heading', { name: /Neurons for “water”/ })).toBeVisible();
  await search.fill('a wet dolphin swimming in the sea');
  await search.press('Enter');
  await expect(page.getByText(/WebAssembly, \d+ thread/)).toBeVisible();
  await expect(page.getByRole('heading', { name: /a wet dolphin swimming in the sea/ })).toBeVisible();
  await search.fill('#123');
  await search.press('Enter');
  await expect(page).toHaveURL(/\/0\/123/);
});

test('heat maps are computed here and drawn with a legend; a picture enlarges with its numbers', async ({
  page,
}) => {
  test.slow();
  await page.goto(`${NEURON}?backend=wasm&overlay=always`);
  const legend = page.getByRole('img', { name: /Colours run from/ });
  await expect(legend).toBeVisible({ timeout: 90_000 });
  await page
    .getByRole('list', { name: /Most positive pictures/ })
    .getByRole('button')
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText(/CLS/).first()).toBeVisible();
});

test('a bad address says what is wrong and opens the nearest view', async ({ page }) => {
  await page.goto('./#/pictogram-clip/pictograms/99/99999?m=5');
  await expect(page.getByText(/m=5 was left out/)).toBeVisible();
  await expect(page.getByText(/no block 99 to look into/)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Block 4 · neuron 767');
});

test('own pictures are measured here; a broken one is named and the rest goes on', async ({
  page,
  baseURL,
}) => {
  test.slow();
  const urls = requestsOf(page);
  await page.goto('./#/own/pictogram-clip/pictograms/0?backend=wasm');
  const blue = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#2050c0' } })
    .png()
    .toBuffer();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([
      { name: 'blue.png', mimeType: 'image/png', buffer: blue },
      { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') },
    ]);
  await expect(page.getByText('broken.png').first()).toBeVisible();
  const results = page.getByRole('region', { name: 'Your pictures and their neurons' });
  await expect(results.getByRole('heading', { name: /blue\.png/ })).toBeVisible();
  await expect(results.getByRole('link').first()).toBeVisible({ timeout: 90_000 });
  expect(urls.filter((url) => !url.startsWith(baseURL!) && !/^(data|blob):/.test(url))).toEqual([]);
});

test('a block recomputed here agrees with the shipped numbers, the page stays free, and the analysis can be saved', {
  tag: '@computing',
}, async ({ page }) => {
  test.setTimeout(480_000);
  await page.goto('./#/pictogram-clip/pictograms/4?backend=wasm');
  await expect(rows(page).first()).toBeVisible();
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map((entry) => entry.duration));
    }).observe({ type: 'longtask' });
  });
  await page.getByRole('button', { name: 'Recompute live on this machine' }).click();
  await expect(page.getByRole('progressbar').first()).toBeVisible();
  const agreement = page.getByLabel('Agreement of live and shipped numbers');
  await expect(agreement).toBeVisible({ timeout: 420_000 });
  // Both in float32 and in the same order of operations: at most some last digits apart.
  await expect(agreement).toContainText(/10⁻[⁶⁷⁸⁹]/u);
  await expect(agreement).toContainText('100');
  const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  const longest = Math.round(Math.max(0, ...tasks));
  test.info().annotations.push({ type: 'longest task of the page thread, ms', description: String(longest) });
  // The aim is 100; two busy cores of a test machine stretch it, a computation on this thread would take seconds.
  expect(longest).toBeLessThan(400);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save this analysis' }).click();
  const path = await (await download).path();
  const bytes = new Uint8Array(readFileSync(path));
  const read = async (begin: number, end: number) => bytes.subarray(begin, end);
  const saved = await openPack(await zipFiles({ size: bytes.length, read }));
  const shipped = JSON.parse(readFileSync('public/packs/pictograms/pack.json', 'utf8'));
  expect(saved.manifest.model.hash).toBe(shipped.model.hash);
  expect(saved.manifest.set.hash).toBe(shipped.set.hash);
  expect((await saved.overview(4)).typicalNorm).toHaveLength(768);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page
    .getByLabel('Choose a pack’s zip')
    .setInputFiles({ name: 'saved.zip', mimeType: 'application/zip', buffer: Buffer.from(bytes) });
  await expect(page.getByText('numbers of a pack')).toBeVisible();
});

test('a running analysis can be cancelled', async ({ page }) => {
  await page.goto('./#/pictogram-clip/pictograms/4?backend=wasm');
  await page.getByRole('button', { name: 'Recompute live on this machine' }).click();
  await page.getByRole('button', { name: /cancel/i }).click();
  await expect(page.getByRole('button', { name: 'Recompute live on this machine' })).toBeVisible();
});

test('keys move through blocks and neurons', async ({ page }) => {
  await page.goto(HOME);
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('b');
  await expect(page).toHaveURL(/pictograms\/1/);
  await expect(page.getByRole('heading', { level: 1, name: 'Block 1' })).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('j');
  await expect(page).toHaveURL(/pictograms\/1\/\d+/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Next neuron');
});
