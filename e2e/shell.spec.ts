import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Page, test } from '@playwright/test';
import { ACTIONS } from '../src/state/actions/index.ts';
import { NO_PROGRESS } from '../src/state/learn/progress.ts';

/** What is around the pages: commands, keys, undo, sharing, embedding, presenting. */
const HOME = './#/pictogram-clip/pictograms/0';
const NEURON = './#/pictogram-clip/pictograms/0/467';

const NO_TOUR = JSON.stringify({ ...NO_PROGRESS, tour: 'declined' });

async function open(page: Page, address: string): Promise<void> {
  await page.addInitScript((progress) => localStorage.setItem('neuronlens.learn', progress), NO_TOUR);
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText('shipped numbers')).toBeVisible();
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

test('the palette finds and does everything by keyboard alone', async ({ page }) => {
  await open(page, HOME);
  const commands = page.getByRole('menu', { name: 'Commands' });
  const ask = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await expect(commands).toBeVisible();
    await page.keyboard.type(text);
  };
  await ask('about');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/about\//);
  await ask('2.44');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Block 2 · neuron 44');
  await ask('');
  await expect(commands.getByRole('menuitem').first()).toContainText('About');
  await page.keyboard.press('Escape');
  await ask('cancel');
  await expect(commands.getByRole('menuitem', { name: /Cancel the computation/ })).toBeDisabled();
  await expect(commands).toContainText('needs a computation that is running');
  await page.keyboard.press('Escape');
  await ask('water');
  await commands.getByRole('menuitem', { name: 'Search for ‘water’' }).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /Neurons for “water”/ })).toBeVisible();
  await ask('search neurons');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: /Search neurons/ })).toBeFocused();
});

test('arrows go from neuron to neuron, but not out of what they move in', async ({ page }) => {
  await open(page, NEURON);
  const title = page.getByRole('heading', { level: 1 });
  const first = await title.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(title).not.toHaveText(first!);
  await page.keyboard.press('ArrowLeft');
  await expect(title).toHaveText(first!);
  await page.getByRole('radio', { name: '16', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/m=32/);
  await expect(title).toHaveText(first!);
  await page
    .getByRole('button', { name: /most positive/i })
    .first()
    .or(
      page
        .getByRole('list', { name: /Most positive pictures/ })
        .getByRole('button')
        .first(),
    )
    .first()
    .focus();
  await page.keyboard.press('ArrowLeft'); // there is nothing to the left of the first picture
  await expect(title).toHaveText(first!);
});

test('changes of the view are undone and done again, beside the browser’s own way back', async ({ page }) => {
  await open(page, NEURON);
  await page.keyboard.press('m');
  await expect(page).toHaveURL(/map=activation/);
  await page.keyboard.press('b');
  await expect(page.getByRole('heading', { level: 1, name: 'Block 1' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('neuron 467');
  await page.keyboard.press('Control+z');
  await expect(page).not.toHaveURL(/map=/);
  await page.keyboard.press('Control+Shift+z');
  await expect(page).toHaveURL(/map=activation/);
  await page.keyboard.press('Control+y');
  await expect(page.getByRole('heading', { level: 1, name: 'Block 1' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('neuron 467');
  await page.getByRole('combobox', { name: /Search neurons/ }).fill('dog');
  await page.keyboard.press('Control+z'); // the field's own undo
  await expect(page.getByRole('heading', { level: 1 })).toContainText('neuron 467');
});

test('help lists every action with its key', async ({ page }) => {
  await open(page, HOME);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys and actions' });
  await expect(help).toBeVisible();
  const rows = (await help.getByRole('listitem').allInnerTexts()).map((row) => row.split('\n')[0]);
  for (const { label, series } of ACTIONS) expect(rows).toContain(series ?? label);
  await help.getByText(/Single keys act/).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('b');
  await expect(page.getByRole('heading', { level: 1, name: 'Block 0' })).toBeVisible();
});

test('a view is shared as a link, as HTML for another page, and as a citation', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `${NEURON}?m=8`);
  await page.getByRole('button', { name: 'Share this view' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this view' });
  await expect(dialog.getByRole('textbox', { name: 'Link to this view' })).toHaveValue(
    /#\/pictogram-clip\/pictograms\/0\/467\?m=8$/,
  );
  await dialog.getByRole('button', { name: 'Copy: Link to this view' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\/0\/467\?m=8$/);
  await dialog.getByRole('tab', { name: 'Embed' }).click();
  await dialog.getByRole('spinbutton', { name: /Width/ }).fill('640');
  await dialog.getByRole('combobox', { name: 'Colours' }).selectOption('dark');
  await expect(dialog.getByRole('textbox', { name: 'HTML for your page' })).toHaveValue(
    /^<iframe src="[^"]*embed=1[^"]*" .*width="640"/,
  );
  const frame = dialog.frameLocator('iframe');
  await expect(frame.getByRole('heading', { level: 1 })).toContainText('neuron 467');
  await expect(frame.getByRole('link', { name: 'Open in neuronlens' })).toBeVisible();
  await dialog.getByRole('tab', { name: 'Cite' }).click();
  await expect(dialog).toContainText('@inproceedings');
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await page.getByRole('rowheader').first().getByRole('link').focus();
  const neuron = (await page.getByRole('rowheader').first().getByRole('link').innerText()).match(/\d+/)![0];
  await page.keyboard.press('c'); // a link to what has the focus
  await expect(page.getByText('is in the clipboard')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`/0/${neuron}?m=8`);
});

test('a page of another origin frames a view, where storage is barred', async ({ page, baseURL }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.addInitScript(() => {
    const barred = {
      get() {
        throw new DOMException('barred', 'SecurityError');
      },
    };
    Object.defineProperty(window, 'localStorage', barred);
    Object.defineProperty(window, 'sessionStorage', barred);
  });
  const address = `${baseURL}#/pictogram-clip/pictograms/0/467?embed=1`;
  const html = `<!doctype html><title>A paper</title><iframe src="${address}" width="320" height="240"></iframe>`;
  const paper = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(html));
  await new Promise<void>((listening) => paper.listen(0, '127.0.0.1', listening));
  await page.goto(`http://127.0.0.1:${(paper.address() as AddressInfo).port}/`);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('heading', { level: 1 })).toContainText('Block 0 · neuron 467');
  await expect(frame.getByRole('banner')).toHaveCount(0);
  const link = frame.getByRole('link', { name: 'Open in neuronlens' });
  await expect(link).toHaveAttribute('href', `${baseURL}#/pictogram-clip/pictograms/0/467`);
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toBeInViewport();
  await frame.getByRole('button', { name: 'Next', exact: false }).first().click();
  await expect(frame.getByRole('heading', { level: 1 })).not.toContainText('neuron 467');
  await expect(frame.getByRole('banner')).toHaveCount(0);
  const inside = page.frames().at(-1)!;
  expect(await inside.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
    0,
  );
  expect(errors).toEqual([]);
  paper.close();
});

test('presenter mode: large, alone, stepped by a remote control, with a pointer', async ({ page }) => {
  await open(page, HOME);
  const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));
  const usual = await size();
  await page.keyboard.press('F');
  const bar = page.getByRole('region', { name: 'Presentation' });
  await expect(bar).toContainText('768 neurons');
  await expect(page.getByRole('banner')).toHaveCount(0);
  expect(await size()).toBeGreaterThan(1.3 * usual);
  await page.keyboard.press('PageDown');
  await expect(bar).toContainText('Neuron 1 of 768');
  await page.keyboard.press('Space');
  await expect(bar).toContainText('Neuron 2 of 768');
  await page.keyboard.press('PageUp');
  await expect(bar).toContainText('Neuron 1 of 768');
  await expect(page).toHaveURL(/present=1/);
  await page.keyboard.press('d');
  await page.mouse.move(300, 300);
  await expect(page.locator('[data-there]')).toHaveAttribute('aria-hidden', 'true');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('banner')).toBeVisible();
  await expect(page).not.toHaveURL(/present/);
});

test('on a phone one row, and a menu at the thumb; nothing is wider than 320 px', async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({
    viewport: { width: 320, height: 640 },
    hasTouch: true,
    baseURL: baseURL!,
  });
  const page = await context.newPage();
  await open(page, NEURON);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  const bar = await page.getByRole('banner').boundingBox();
  expect(bar!.height).toBeLessThan(70);
  await page.getByRole('button', { name: 'Menu' }).tap();
  const menu = page.getByRole('dialog', { name: 'Menu' });
  const sheet = await menu.boundingBox();
  expect(Math.round(sheet!.y + sheet!.height)).toBe(640);
  await menu.getByRole('link', { name: 'About' }).tap();
  await expect(menu).toHaveCount(0);
  await expect(page).toHaveURL(/#\/about\//);
  await page.getByRole('button', { name: 'Menu' }).tap();
  await expect(menu.getByRole('link', { name: 'About' })).toHaveAttribute('aria-current', 'page');
  await menu.getByRole('button', { name: 'Find a command' }).tap();
  const commands = page.getByRole('menu', { name: 'Commands' });
  await expect(commands).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await commands.getByRole('menuitem', { name: /Random neuron/ }).tap();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/neuron \d+/);
  await context.close();
});
