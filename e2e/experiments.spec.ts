import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import sharp from 'sharp';

/** An ablation small enough for a test: two blocks, no words, one seed. */
const SMALL =
  './#/experiments/pictogram-clip/pictograms/0?backend=wasm&part=trained&layers=1.4&lengths=&seeds=0&first=128';

const table = (page: Page) => page.getByRole('table').first();
const finished = (page: Page) =>
  expect(page.getByRole('button', { name: 'Delete', exact: true })).toBeVisible({ timeout: 180_000 });

test('an ablation is stopped, survives a reload, goes on and ends with the table of a run without a break', async ({
  page,
}) => {
  test.setTimeout(480_000);
  await page.goto(SMALL);
  await page.getByRole('button', { name: 'Run on 128 pictures' }).click();
  await expect(page.getByText(/Ablating pictures/)).toBeVisible({ timeout: 180_000 });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText(/Stopped.*what is done is kept/)).toBeVisible();

  await page.reload();
  await expect(page.getByText(/what is done is kept/)).toBeVisible();
  await page.getByRole('button', { name: 'Go on with 128 pictures' }).click();
  await finished(page);
  await accessible(page, 'a finished ablation');
  const resumed = await table(page).innerText();
  expect(resumed).toContain('without all effects');
  await expect(page.getByRole('button', { name: /Block 4, without all effects: \d/ }).first()).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'JSON' }).click(),
  ]);
  const saved = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(saved).toMatchObject({ experiment: 'ablation', form: 'corrected', finished: true });
  expect(saved.model.hash).toMatch(/^[0-9a-f]{64}$/);

  await page.reload();
  await finished(page);
  expect(await table(page).innerText()).toBe(resumed);

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Run on 128 pictures' }).click();
  await finished(page);
  expect(await table(page).innerText()).toBe(resumed);
});

test('which experiment and its options are in the address', async ({ page }) => {
  await page.goto(SMALL);
  await page.getByRole('link', { name: 'Segmentation' }).click();
  await expect(page).toHaveURL(/experiment=segmentation/);
  await expect(page.getByRole('heading', { level: 2 }).first()).toContainText('neurons that point to a word');
  await page.getByRole('radio', { name: 'as released' }).check({ force: true });
  await expect(page).toHaveURL(/form=as-released/);
  await page.goto('about:blank');
  await page.goto('./#/experiments?first=none&experiment=dowsing');
  await expect(page.getByText(/first=none was left out/)).toBeVisible();
});

test('words of a pair are drawn around the object, never the target, and classified', async ({ page }) => {
  test.slow();
  await page.goto('./#/experiments?backend=wasm&experiment=adversarial&first=4&seeds=0&layers=4');
  await page
    .getByRole('button', { name: /Run on/ })
    .first()
    .click();
  await finished(page);
  const bars = page.getByRole('list', { name: /Pictures of telescope taken for school/ });
  await expect(bars.getByText('random words')).toBeVisible();
  const words = page.getByRole('region', { name: /Words of the neurons that push/ });
  await expect(words.getByRole('link').first()).toHaveAttribute('href', /pictograms\/4\/\d+/);
  expect((await words.getByRole('listitem').allInnerTexts()).join(' ')).not.toMatch(/school/i);
  await accessible(page, 'finished adversarial words');
});

test('own pictures are labelled by the folders they lie in; without these the page says what is missing', async ({
  page,
}, { outputDir }) => {
  test.slow();
  const sheet = sharp('public/sets/pictograms/scenes-00.webp');
  for (let i = 0; i < 12; i++) {
    const folder = join(outputDir, 'own', i % 2 ? 'odd_ones' : 'even');
    mkdirSync(folder, { recursive: true });
    const scene = { left: 192 * (i % 10), top: 192 * Math.floor(i / 10), width: 192, height: 192 };
    await sheet
      .clone()
      .extract(scene)
      .png()
      .toFile(join(folder, `${i}.png`));
  }
  await page.goto('./#/models?backend=wasm');
  await page.getByLabel('Choose a folder of pictures').setInputFiles(join(outputDir, 'own'));
  await expect(page).toHaveURL(/\/own\//);
  await page.goto(
    './#/experiments/pictogram-clip/own/0?backend=wasm&experiment=indirect&layers=4&sample=2&first=4',
  );
  await page.getByRole('button', { name: 'Run on 4 pictures' }).click();
  await finished(page);
  await expect(table(page).getByRole('rowheader', { name: 'second-order effect' })).toBeVisible();
  await page.getByRole('link', { name: 'Segmentation' }).click();
  await expect(page.getByText(/bring no masks of what is where/)).toBeVisible();
});

async function accessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${what} ${id}: ${nodes[0]?.html}`)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${what} scrolls sideways`).toBeLessThanOrEqual(0);
}
