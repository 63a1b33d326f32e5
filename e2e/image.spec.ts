import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

/** A picture of the shipped set taken apart: 5 is "a castle on red and beige stripes". */
const CASTLE = './#/image/pictogram-clip/pictograms/0?backend=wasm&image=5';

async function open(page: Page): Promise<void> {
  await page.goto(CASTLE);
  await expect(page.getByRole('heading', { name: /Picture 5/ })).toBeVisible();
  await expect(page.getByRole('table').getByRole('row')).not.toHaveCount(0, { timeout: 90_000 });
}
const scores = (page: Page) => page.getByRole('table').locator('tbody tr');

test('a picture is classified, and neurons that are switched off change the scores; undo brings them back', async ({
  page,
}) => {
  test.slow();
  await open(page);
  const castle = scores(page).filter({ hasText: 'a castle (true)' });
  await expect(castle).toBeVisible();
  const before = await castle.locator('td').first().innerText();
  await page.getByRole('button', { name: 'Block 0 off' }).click();
  await expect(castle.locator('td').nth(1)).toContainText(/[−+]\d/);
  expect(await castle.locator('td').first().innerText()).toBe(before);
  const first = page.getByRole('button', { name: /^Switch off neuron \d+ of block \d/ }).first();
  await first.click();
  await expect(page.getByRole('button', { name: /Switch on again/ })).toHaveCount(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: /Switch on again/ })).toHaveCount(1);
  await page.getByRole('button', { name: 'All on' }).click();
  await expect(castle.locator('td')).toHaveCount(1);
});

test('words are found in the picture and held against its true mask', async ({ page }) => {
  test.slow();
  await open(page);
  await page.getByPlaceholder(/cat, grass/).fill('castle');
  await expect(page.getByText(/neurons that point to “castle”/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/\d+% with where it truly is/)).toBeVisible();
  const iou = page.getByText(/\d+% with where it truly is/);
  const atHalf = await iou.innerText();
  await page.getByRole('slider', { name: /Threshold/ }).fill('0.1');
  await expect(iou).not.toHaveText(atHalf);
  await page.getByRole('button', { name: 'Switch these neurons off' }).click();
  await expect(page.getByRole('button', { name: /Switch on again: \d+ for “castle”/ }).first()).toBeVisible();
});

test('its significant neurons say words; a patch says who writes there, and opens that neuron', async ({
  page,
}) => {
  test.slow();
  await open(page);
  await page.getByRole('button', { name: 'Ask its significant neurons' }).click();
  await expect(page.getByText(/significant neurons add up to/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: /Point at a patch/ }).click({ position: { x: 150, y: 150 } });
  const patch = page.getByRole('region', { name: /Patch in row \d, column \d/ });
  await expect(patch.getByText(/from here/).first()).toBeVisible();
  await patch.getByRole('button', { name: 'Take away what is written here' }).click();
  await expect(page.getByRole('button', { name: /Switch on again: what is written/ })).toBeVisible();
  await patch
    .getByRole('button', { name: /block \d, neuron \d+$/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Block \d · neuron \d+/);
});

test('the image page is accessible in both themes and on a phone', async ({ page }) => {
  test.slow();
  for (const [theme, width] of [
    ['light', 1280],
    ['dark', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`${CASTLE}&theme=${theme}`);
    await expect(scores(page).first()).toBeVisible({ timeout: 90_000 });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  }
});
