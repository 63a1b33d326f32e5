import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { strFromU8, unzipSync } from 'fflate';
import sharp from 'sharp';

/** What people send each other: neurons side by side, lists of pins, bundles, frames. */
const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;
const NEURON = './#/pictogram-clip/pictograms/0/467';

const column = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Compared neurons' }).getByRole('heading', { level: 3, name, exact: true });

/** Another person: nothing kept, nothing known. */
async function stranger(browser: Browser, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport });
  return context.newPage();
}

for (const [name, viewport] of Object.entries(SIZES)) {
  test.describe(`on a ${name}`, () => {
    test.use({ viewport });

    test('a link opens neurons side by side; one more is added, moved and taken out, all in the address', async ({
      page,
    }) => {
      await page.goto('./#/compare/pictogram-clip/pictograms/0?neurons=0.467~3.12');
      await expect(column(page, 'Block 0 · neuron 467')).toBeVisible();
      await expect(page.getByText(/R²\D*0\.\d+ with 16 words/)).toHaveCount(2);
      const shared = page.getByRole('region', { name: 'What they have in common' });
      await expect(shared.getByText(/^cos [+−]0\.\d+$/)).toBeVisible();
      await expect(shared.getByText(/\d+ of 100/)).toBeVisible();
      await page.getByRole('combobox', { name: 'Block', exact: true }).selectOption('1');
      await page.getByRole('textbox', { name: 'Neuron' }).fill('44');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(page).toHaveURL(/neurons=0\.467~3\.12~1\.44/);
      await page.getByRole('button', { name: 'Move neuron 44 to the left' }).click();
      await expect(page).toHaveURL(/neurons=0\.467~1\.44~3\.12/);
      await page.getByRole('button', { name: 'Take neuron 467 out' }).click();
      await expect(page).toHaveURL(/neurons=1\.44~3\.12/);
      await page.getByRole('button', { name: 'Take neuron 44 out' }).click();
      const relatives = page.getByRole('region', { name: 'Point the same way as neuron 12' });
      await relatives.getByRole('button').first().click();
      await expect(page).toHaveURL(/neurons=3\.12~3\.\d+/);
      await column(page, 'Block 3 · neuron 12').getByRole('link').click();
      await expect(page).toHaveURL(/pictograms\/3\/12$/);
    });

    test('a pinned neuron with a note reaches another person by a link, and is kept beside their own', async ({
      page,
      context,
      browser,
    }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.goto(NEURON);
      await page.getByRole('button', { name: 'Pin neuron 467 of block 0' }).first().click();
      await page.goto('./#/pins');
      await page.getByRole('textbox', { name: 'Name of the list' }).fill('Water');
      await page.getByRole('textbox', { name: 'Note on Block 0 · neuron 467' }).fill('fires on the sea ☔');
      await page.reload();
      await expect(page.getByRole('textbox', { name: /Note on/ })).toHaveValue('fires on the sea ☔');
      await page.getByRole('button', { name: 'Copy as a link' }).click();
      await expect(page.getByText('is in the clipboard')).toBeVisible();
      const link = await page.evaluate(() => navigator.clipboard.readText());

      const other = await stranger(browser, viewport);
      await other.goto(link);
      await expect(other.getByRole('heading', { level: 1, name: 'Water' })).toBeVisible();
      await expect(other.getByText('fires on the sea ☔')).toBeVisible();
      await other.getByRole('button', { name: 'Keep these' }).click();
      await expect(other.getByRole('textbox', { name: /Note on/ })).toHaveValue('fires on the sea ☔');
      await other.getByRole('button', { name: /Take Block 0 · neuron 467 off/ }).click();
      await expect(other.getByText('No pins yet')).toBeVisible();
      await other.getByRole('button', { name: 'Undo' }).click();
      await expect(other.getByRole('link', { name: 'Block 0 · neuron 467' })).toBeVisible();
      await other.goto(link.slice(0, -8));
      await other.reload();
      await expect(other.getByRole('alert')).toContainText('broken');
      await other.context().close();
    });

    test('a frame keeps to what is shown, wherever one goes in it', async ({ page }) => {
      await page.goto('./#/pictogram-clip/pictograms/0/467?embed=1');
      await expect(page.getByRole('heading', { level: 1 })).toContainText('neuron 467');
      await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0);
      await page.getByRole('link', { name: /neuron 159/ }).click();
      await expect(page).toHaveURL(/0\/159\?embed=1/);
      await expect(page.getByRole('heading', { level: 1 })).toContainText('neuron 159');
      await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0);
    });
  });
}

test('an own picture travels in a bundle only: the link says so, the bundle brings it, a changed one is refused', async ({
  page,
  browser,
}) => {
  const picture = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#2050c0' } })
    .png()
    .toBuffer();
  const hash = createHash('sha256').update(picture).digest('hex');
  await page.goto('./#/own/pictogram-clip/pictograms/2?backend=wasm&m=64');
  const choose = page.getByLabel('Choose pictures');
  await choose.setInputFiles({ name: 'my sea.png', mimeType: 'image/png', buffer: picture });
  await expect(page.getByRole('heading', { name: 'my sea.png' })).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a bundle' }).click();
  const zip = readFileSync(await (await saving).path());
  const entries = unzipSync(zip);
  expect(Object.keys(entries).sort()).toEqual([`pictures/${hash}.png`, 'pins.json', 'view.json']);
  expect(strFromU8(entries['view.json']!)).not.toContain('data:');

  const other = await stranger(browser, SIZES.phone);
  const urls: string[] = [];
  other.on('request', (request) => urls.push(request.url()));
  await other.goto(`./#/image/pictogram-clip/pictograms/2?image=${hash.slice(0, 16)}`);
  await expect(other.getByRole('alert')).toContainText(/not on this machine.*bundle/);
  const changed = Buffer.from(zip);
  changed[changed.indexOf(picture) + 70]! ^= 1;
  const open = other.getByLabel('Open a bundle');
  await open.setInputFiles({ name: 'b.zip', mimeType: 'application/zip', buffer: changed });
  await expect(other.getByText(/ends early|broken|not the picture/).first()).toBeVisible();
  await other.goto('./#/own');
  await expect(other.getByText('There is nothing here to save yet.')).toBeVisible();
  await open.setInputFiles({ name: 'b.zip', mimeType: 'application/zip', buffer: zip });
  await expect(other.getByRole('heading', { name: 'my sea.png' })).toBeVisible();
  await expect(other).toHaveURL(/own\/pictogram-clip\/pictograms\/2\?.*m=64/);
  expect(urls.filter((url) => url.includes(hash))).toEqual([]);
  await other.context().close();
});
