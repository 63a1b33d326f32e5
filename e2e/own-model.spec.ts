import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import sharp from 'sharp';

/**
 * A model nobody analysed before, on pictures nobody else has: the shipped files stand in for a checkpoint of a
 * person's own.
 */
const FOLDER = 'public/models/pictogram-clip/';
const CHECKPOINT = ['model.safetensors', 'config.json', 'preprocessor_config.json', 'tokenizer.json'];
const PICTURES = 30;

/** Scenes of the shipped set as single files, and one that is no picture. */
async function pictureFiles() {
  const { sceneSize } = JSON.parse(readFileSync('public/sets/pictograms/set.json', 'utf8'));
  const sheet = sharp('public/sets/pictograms/scenes-00.webp');
  const files = [];
  for (let i = 0; i < PICTURES; i++) {
    const left = (i % 10) * sceneSize;
    const top = Math.floor(i / 10) * sceneSize;
    const region = { left, top, width: sceneSize, height: sceneSize };
    const buffer = await sheet.clone().extract(region).png().toBuffer();
    files.push({ name: `scene-${i}.png`, mimeType: 'image/png', buffer });
  }
  return [...files, { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') }];
}

async function openOwnModel(page: Page): Promise<void> {
  await page.goto('./#/models?backend=wasm');
  await page.getByLabel('Choose model files').setInputFiles(CHECKPOINT.map((name) => FOLDER + name));
  const own = page.getByRole('region', { name: 'A model of your own' });
  await own.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page).toHaveURL(/#\/local-[0-9a-f]{12}\/pictograms\/0/, { timeout: 60_000 });
}

test('a checkpoint from the disk, on pictures from the disk, is explored like the shipped one', async ({
  page,
  baseURL,
}) => {
  test.slow();
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  await openOwnModel(page);
  await expect(page.getByRole('button', { name: 'Analyse this block' })).toBeVisible();

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(page.getByText('Self-check')).toBeVisible();
  await page.getByLabel('Choose pictures', { exact: true }).setInputFiles(await pictureFiles());
  await expect(page).toHaveURL(/\/own\/0/);
  await page.getByRole('button', { name: 'Analyse this block' }).click();
  const rows = page.getByRole('table', { name: 'Neurons of the block' }).getByRole('rowheader');
  await expect(rows.first()).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText('live numbers').first()).toBeVisible();
  await expect(page.getByText(/top 15 of 30 pictures/)).toBeVisible();

  await page.getByRole('button', { name: 'Put all into words' }).click();
  await expect(page.getByRole('columnheader', { name: 'In words' })).toBeVisible({ timeout: 120_000 });
  await rows.first().getByRole('link').click();
  const pictures = page.getByRole('list', { name: /Most positive pictures/ }).getByRole('button');
  await expect(pictures.first()).toHaveAccessibleName(/scene-\d+\.png/);
  await expect(page.getByText(/random directions: 0\.\d/)).toBeVisible({ timeout: 120_000 });

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByText('1 left out').click();
  await expect(page.getByText(/broken\.png/)).toBeVisible();
  expect(urls.filter((url) => !url.startsWith(baseURL!) && !/^(data|blob):/.test(url))).toEqual([]);
});

test('a link to a model that is not here asks before it fetches anything', async ({ page, baseURL }) => {
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  await page.goto('./#/openai-vit-b-32/pictograms/9?backend=wasm');
  await expect(page.getByRole('heading', { name: 'Block 9' })).toBeVisible();
  await expect(page.getByText(/It is not on this machine yet/)).toBeVisible();
  await page.getByRole('button', { name: 'Get OpenAI ViT-B/32' }).click();
  await expect(page.getByRole('heading', { name: 'Open another model' })).toBeVisible();
  expect(urls.filter((url) => !url.startsWith(baseURL!) && !/^(data|blob):/.test(url))).toEqual([]);
});
