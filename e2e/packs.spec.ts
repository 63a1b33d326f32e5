import { expect, type Page, test } from '@playwright/test';
import { zipPack } from '../src/pack/index.ts';
import { type FileServer, fileServer } from '../test/support/fileServer.ts';
import { packFolder } from '../test/support/packFolder.ts';

/** Packs in a real browser: on another server, as a zip of this machine. */
const shipped = packFolder('public/packs/pictograms');
const small = packFolder('test/fixtures/packs/version-2');
let host: FileServer;

test.beforeAll(async () => {
  const files = [...shipped].map(([name, bytes]) => [`/pack/${name}`, bytes] as const);
  host = await fileServer(
    { ...Object.fromEntries(files), '/small.zip': zipPack(small) },
    { cors: 'exposed' },
  );
});
test.afterAll(() => host.close());
test.beforeEach(() => {
  host.asked.length = 0;
});

const link = (path: string, pack: string) => `#/pictogram-clip/pack/${path}?pack=${encodeURIComponent(pack)}`;
const placeholders = (page: Page) => page.locator('canvas[data-state="unseen"]');

test('a link to another server asks first, then a neuron costs a few kilobytes of it', async ({ page }) => {
  await page.goto(link('3/405', `${host.url}/pack/`));
  const name = new URL(host.url).host;
  await expect(page.getByRole('heading', { name: `An analysis kept at ${name}` })).toBeVisible();
  expect(host.asked).toEqual([]);
  await page.getByRole('button', { name: `Open it from ${name}` }).click();
  await expect(page.getByRole('heading', { name: 'Block 3 · neuron 405' })).toBeVisible();
  await expect(page.getByText(/with 16 words/)).toBeVisible();
  await expect(page.getByText('numbers of a pack')).toBeVisible();
  const bytes = host.asked.reduce(
    (sum, { path, range }) => sum + (range ? range[1] - range[0] : (host.files.get(path)?.length ?? 0)),
    0,
  );
  expect(bytes).toBeLessThan(60e3);
  expect(host.asked.map(({ path }) => path)).not.toContain('/pack/texts.safetensors');
});

test('a zip on another server is read by ranges, and its unknown model and pictures are said to be so', async ({
  page,
}) => {
  await page.goto('#/models');
  await page.getByLabel('Address of a pack’s folder or zip').fill(`${host.url}/nothing.zip`);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('is not there (the server answered 404)');
  await page.getByLabel('Address of a pack’s folder or zip').fill(`${host.url}/small.zip`);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Block 0' })).toBeVisible();
  expect(host.asked.filter(({ path, range }) => path === '/small.zip' && range).length).toBeGreaterThan(3);
  await page.goto(`${page.url().replace('/0?', '/2/3?')}`);
  await expect(page.getByRole('heading', { name: 'Block 2 · neuron 3' })).toBeVisible();
  await expect(placeholders(page).first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Spread of the strongest pictures' })).toBeVisible();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(page.getByText('need this very model')).toBeVisible();
  await expect(page.getByText('Of 3 neurons the strongest pictures are not proven')).toBeVisible();
  await page.getByRole('button', { name: 'Back to the shipped analysis' }).click();
  await expect(page.getByText('768 neurons')).toBeVisible();
});

test('a pack’s folder and zip are chosen from this machine; what is none is refused', async ({ page }) => {
  await page.goto('#/models');
  const zip = page.getByLabel('Choose a pack’s zip');
  await zip.setInputFiles({ name: 'other.zip', mimeType: 'application/zip', buffer: Buffer.from('no zip') });
  await expect(page.getByRole('alert')).toContainText('This is not a zip');
  await zip.setInputFiles({
    name: 'pack.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from(zipPack(small)),
  });
  await expect(page.getByRole('heading', { name: 'Block 0' })).toBeVisible();
  await page.goto('#/models');
  await page.getByLabel('Choose a pack’s folder').setInputFiles('test/fixtures/packs/version-1');
  await expect(page.getByRole('heading', { name: 'Block 0' })).toBeVisible();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(page.getByText('It is of an older version')).toBeVisible();
});
