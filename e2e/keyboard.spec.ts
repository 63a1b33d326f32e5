import { expect, type Locator, type Page, test } from '@playwright/test';

/** The whole way with Tab, arrows, Enter, Space and Escape: the mouse is never touched. */
const HOME = './#/pictogram-clip/pictograms/0?backend=wasm';

/** Whether what is looked for is there, once, and has the focus. */
const focused = (target: Locator) =>
  target.evaluateAll((found) => found.length === 1 && found[0] === document.activeElement);

/** Presses Tab until something has the focus; fails where it is never reached. */
async function tabTo(page: Page, target: Locator, most = 120): Promise<void> {
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('Tab');
    if (await focused(target)) return;
  }
  throw new Error(`Tab does not lead to ${target}`);
}

test('from the first page to a neuron, its picture, the image page, a neuron off and on again', async ({
  page,
}) => {
  test.slow();
  await page.goto(HOME);
  const links = page
    .getByRole('table', { name: 'Neurons of the block' })
    .getByRole('rowheader')
    .getByRole('link');
  await expect(links.nth(2)).toBeVisible();

  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();

  await tabTo(page, links.nth(0));
  await page.keyboard.press('ArrowDown');
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('neuron');
  // The list went with its page: reading goes on where the new one begins, and its name is said.
  await expect(page.getByRole('main')).toBeFocused();
  await expect(page.getByRole('status').filter({ hasText: /^Neuron \d+ of block 0/ })).toHaveCount(1);

  const pictures = page.getByRole('list', { name: /Most positive pictures/ }).getByRole('listitem');
  await expect(pictures.nth(1)).toBeVisible();
  await tabTo(page, pictures.nth(0).getByRole('button'));
  await page.keyboard.press('ArrowRight');
  const second = pictures.nth(1).getByRole('button');
  await expect(second).toBeFocused();
  await expect(pictures.nth(1)).toHaveAttribute('aria-posinset', '2');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/^Most in row \d+, column \d+/).first()).toBeVisible({ timeout: 120_000 });
  const said = await dialog
    .getByText(/^Most in row \d+, column \d+/)
    .last()
    .innerText();
  const [, row, column, value] = /row (\d+), column (\d+) .*?: (\S+?)\.(?: |$)/.exec(said)!;
  await tabTo(page, dialog.getByText('As a table').last());
  await page.keyboard.press('Enter');
  const numbers = dialog.getByRole('table', { name: /patch by patch/ });
  await expect(
    numbers
      .getByRole('row')
      .nth(Number(row))
      .getByRole('cell')
      .nth(Number(column) - 1),
  ).toHaveText(value!);
  // Tab stays in the dialog, all the way round.
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(second).toBeFocused();

  await tabTo(page, page.getByRole('link', { name: 'Image', exact: true }));
  await page.keyboard.press('Enter');
  const block = page.getByRole('button', { name: 'Switch off all of block 0' });
  await expect(block).toBeVisible({ timeout: 120_000 });
  await tabTo(page, block, 200);
  await page.keyboard.press('Space');
  await expect(block).toHaveAttribute('aria-pressed', 'true');
  const bar = page.getByRole('region', { name: 'What is switched off' });
  await tabTo(page, bar.getByRole('button', { name: 'Undo' }), 200);
  await page.keyboard.press('Enter');
  await expect(bar.getByText('Nothing is switched off.')).toBeVisible();
  // Undo has nothing more to do, and still keeps the place.
  await page.keyboard.press('Shift+Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
});

test('an explanation and the list of keys give the focus back', async ({ page }) => {
  await page.goto(HOME);
  const term = page.getByRole('button', { name: /^neurons \(explain\)/ });
  await expect(term).toBeVisible();
  await tabTo(page, term);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Neuron' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(term).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(term).toBeFocused();
});
