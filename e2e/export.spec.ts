import { readFileSync } from 'node:fs';
import { type Download, expect, type Locator, type Page, test } from '@playwright/test';
import sharp from 'sharp';

/** What people take away from a panel: figures that look as it does, tables with its numbers, citations. */
const NEURON = './#/pictogram-clip/pictograms/0/467';
const BLOCK = './#/pictogram-clip/pictograms/0';
const pack = JSON.parse(readFileSync('public/packs/pictograms/pack.json', 'utf8'));

/** As exports are laid out: without their tools, but for the menu. */
const WITHOUT_TOOLS = `
  [data-export="no"]:not([aria-haspopup="menu"]), .button, label, input, select, [role="radiogroup"],
  aside { display: none !important }
  [aria-haspopup="menu"] { color: transparent !important; background: none !important }`;

const panel = (page: Page, name: RegExp) => page.getByRole('region', { name });
const menu = (page: Page, title: string) =>
  page.getByRole('button', { name: `Panel: ${title}`, exact: true });

async function choose(page: Page, title: string, item: string): Promise<void> {
  // By keys: a pointer would rest on the panel afterwards, and what is pointed at is told there.
  await menu(page, title).press('Enter');
  await page.getByRole('menuitem', { name: item }).press('Enter');
}

async function saved(page: Page, title: string, item: string): Promise<{ name: string; bytes: Buffer }> {
  const coming: Promise<Download> = page.waitForEvent('download');
  await choose(page, title, item);
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Fields of a CSV whose texts hold no line ends. */
const csvRows = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)].map((cell) => cell[1] ?? cell[2]!),
    );

/** Half pixels by which two drawings of the same may be apart: a page puts boxes on whole pixels, a figure does not. */
const SHIFTS = [-2, -1, 0, 1, 2];

/** Of a half pixel: letters are smoothed anew in a figure, which says nothing of whether they are there. */
const BLUR = 3;

/** Mean absolute difference of two pictures, 0…255, laid over each other as well as they go. */
async function difference(a: Buffer, b: Buffer, width: number, height: number): Promise<number> {
  const [w, h] = [2 * width, 2 * height];
  const raw = (png: Buffer) =>
    sharp(png).flatten().resize(w, h, { fit: 'fill' }).greyscale().blur(BLUR).raw().toBuffer();
  const [left, right] = await Promise.all([raw(a), raw(b)]);
  const apart = (dx: number, dy: number): number => {
    let [sum, count] = [0, 0];
    for (let y = 2; y < h - 2; y++)
      for (let x = 2; x < w - 2; x++, count++)
        sum += Math.abs(left[y * w + x]! - right[(y + dy) * w + x + dx]!);
    return sum / count;
  };
  return Math.min(...SHIFTS.flatMap((dx) => SHIFTS.map((dy) => apart(dx, dy))));
}

/** The panel's part of a figure of it, which has a margin around and a caption below. */
const MARGIN = 16;
const inside = (figure: Buffer, scale: number, { width, height }: { width: number; height: number }) =>
  sharp(figure)
    .extract({
      left: MARGIN * scale,
      top: MARGIN * scale,
      width: Math.floor(width * scale),
      height: Math.floor(height * scale),
    })
    .png()
    .toBuffer();

/**
 * Measured 1.1 of 255 on the grid of heads and 1.7 on pictures: edges, texture that is sampled anew, and the dotted
 * lines under words that explain themselves, which a figure leaves out. A panel left white differs by 31, one moved by a
 * line of text by 16.
 */
const TOLERANCE = 3;

async function looksLike(page: Page, part: Locator, title: string): Promise<string> {
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet(); // as a tag the page's security policy would forbid it
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
  }, WITHOUT_TOOLS);
  await part.scrollIntoViewIfNeeded();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500); // lists fill the room that tools left
  await expect(part.locator('[data-state="waiting"]')).toHaveCount(0);
  const box = (await part.boundingBox())!;
  const shot = await part.screenshot({ animations: 'disabled' });
  const compare = async (figure: Buffer) =>
    difference(figure, shot, Math.floor(box.width), Math.floor(box.height));

  const png = await saved(page, title, 'Figure as PNG');
  expect(png.name).toMatch(/\.png$/);
  expect(await compare(await inside(png.bytes, 2, box))).toBeLessThan(TOLERANCE);

  const svg = (await saved(page, title, 'Figure as SVG')).bytes.toString('utf8');
  const other = await page.context().newPage();
  await other.setContent(
    `<style>body{margin:0}img{display:block}</style><img src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`,
  );
  await other.locator('img').evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    image.style.width = `${2 * image.naturalWidth}px`;
  });
  const drawn = await other.locator('img').screenshot();
  expect(await compare(await inside(drawn, 2, box))).toBeLessThan(TOLERANCE);
  await other.close();

  // The comparison can fail: nothing at all, in the page's own colour, is far from it.
  const empty = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fffdf8' } })
    .png()
    .toBuffer();
  expect(await compare(empty)).toBeGreaterThan(4 * TOLERANCE);
  return svg;
}

test.describe('on a desk', () => {
  test.use({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });

  test('a panel of pictures is saved as it looks, as SVG and as PNG, and says what is out of sight', async ({
    page,
  }) => {
    await page.goto(`${NEURON}?overlay=off&sign=positive`);
    const part = panel(page, /Pictures at both ends/);
    await expect(part.getByRole('button', { name: /Signed activation/ }).nth(15)).toBeVisible();
    const svg = await looksLike(page, part, 'Pictures at both ends');
    // Pictures are in it, words are words, and nothing is asked of any server.
    expect(svg.match(/<image /g)!.length).toBeGreaterThan(15);
    expect(svg).toContain('>Most positive<');
    expect(svg).toContain('Neuron 467 of block 0 · Pictogram CLIP on Pictogram scenes');
    expect(svg).toContain('Lists that scroll show what was in sight');
    expect(svg).not.toMatch(/foreignObject|<script|(?:href|src)="(?!data:image\/png)|url\((?!#)/);
    const parsed = await page.evaluate(
      (text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror') === null,
      svg,
    );
    expect(parsed).toBe(true);
  });

  test('a heat map over a picture is saved as it looks, and as numbers', async ({ page }) => {
    test.slow();
    await page.goto('./#/image/pictogram-clip/pictograms/0?image=3&find=camel&backend=wasm');
    const title = 'Where “camel” is';
    const part = panel(page, new RegExp(title));
    await expect(part).toBeVisible({ timeout: 150_000 });
    const svg = await looksLike(page, part, title);
    expect(svg.match(/<image /g)).toHaveLength(2);
    const { rows, facts, about } = JSON.parse((await saved(page, title, 'Table as JSON')).bytes.toString());
    expect(rows).toHaveLength(8 * 8);
    expect(Number.isFinite(rows[0]['second-order'])).toBe(true);
    expect(facts).toEqual({ text: 'camel', threshold: 0.5 });
    expect(about).toMatchObject({ numbers: 'live', backend: 'wasm', form: 'corrected' });
    const csv = (await saved(page, title, 'Table as CSV')).bytes.toString('utf8');
    expect(csvRows(csv)).toHaveLength(1 + 8 * 8);
  });

  test('bars, grids and their tables are saved from the page of a neuron', async ({ page }) => {
    await page.goto(NEURON);
    const heads = panel(page, /Which later heads carry it/);
    await expect(heads.getByRole('grid')).toBeVisible();
    await looksLike(page, heads, 'Which later heads carry it');

    const csv = await saved(page, 'Which later heads carry it', 'Table as CSV');
    expect(csv.name).toBe('neuron-467-of-block-0-heads.csv');
    const [header, ...rows] = csvRows(csv.bytes.toString('utf8'));
    expect(header!.slice(0, 3)).toEqual(['laterBlock', 'head', 'share']);
    expect(rows).toHaveLength(5 * 6);
    expect(rows[0]![header!.indexOf('modelHash')]).toBe(pack.model.hash);
    expect(rows[0]![header!.indexOf('imagesHash')]).toBe(pack.set.hash);
    const shares = rows.map((row) => Number(row[2]));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
    // More digits than the page prints: the floats as they are in the pack.
    expect(shares.every((share) => Math.fround(share) === share)).toBe(true);

    const json = await saved(page, 'Which later heads carry it', 'Table as JSON');
    const table = JSON.parse(json.bytes.toString('utf8'));
    expect(table.rows.map((row: { share: number }) => row.share)).toEqual(shares);
    expect(table.about).toMatchObject({ form: 'corrected', numbers: 'shipped', images: { count: 2000 } });
    expect(table.about.permalink).toContain('#/pictogram-clip/pictograms/0/467');
  });

  test('neurons side by side are saved as they look, and as a row each', async ({ page }) => {
    await page.goto('./#/compare/pictogram-clip/pictograms/0?neurons=0.467~3.12');
    const title = 'What each does';
    const part = panel(page, /What each does/);
    await expect(part.getByText('signed activation')).toHaveCount(2);
    await looksLike(page, part, title);
    const { rows } = JSON.parse((await saved(page, title, 'Table as JSON')).bytes.toString());
    expect(rows.map((row: { neuron: number }) => row.neuron)).toEqual([467, 12]);
    for (const row of rows) {
      expect(row.words.split('; ')).toHaveLength(16);
      expect(row.positiveImages.split(' ').length).toBeGreaterThan(10);
      expect(Math.fround(row.typicalNorm)).toBe(row.typicalNorm);
    }
  });

  test('a view is cited: method, model, program and the view with its hashes', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(NEURON);
    await choose(page, 'Pictures at both ends', 'Cite this view');
    const dialog = page.getByRole('dialog', { name: 'Cite this view' });
    await dialog.getByRole('button', { name: 'Copy all four' }).click();
    await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
    const bibtex = await page.evaluate(() => navigator.clipboard.readText());
    expect(bibtex.match(/^@/gm)).toHaveLength(4);
    for (const part of ['2406.04341', pack.model.hash, pack.set.hash, '#/pictogram-clip/pictograms/0/467'])
      expect(bibtex).toContain(part);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' });

  test('a panel enlarges by keys, Escape closes it and the focus is back; every neuron is in the table', async ({
    page,
  }) => {
    await page.goto(BLOCK);
    const button = menu(page, 'All neurons');
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Enlarge' })).toBeFocused();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'All neurons' });
    await expect(dialog.getByRole('application', { name: /All 768 neurons/ })).toBeVisible();
    expect((await dialog.boundingBox())!.width).toBeGreaterThan(380);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(button).toBeFocused();

    const csv = await saved(page, 'All neurons', 'Table as CSV');
    const [header, ...rows] = csvRows(csv.bytes.toString('utf8'));
    expect(rows).toHaveLength(768);
    const sizes = rows.map((row) => Number(row[header!.indexOf('typicalNorm')]));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    const figure = await saved(page, 'All neurons', 'Figure as SVG');
    expect(figure.bytes.toString('utf8')).toMatch(/<image [^>]*data:image\/png/);
  });
});
