import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import sharp from 'sharp';
import { type FileServer, fileServer } from '../test/support/fileServer.ts';
import { packFolder } from '../test/support/packFolder.ts';

/** What the About page promises: nothing leaves the page's server but what a person asked for. */
test.use({ serviceWorkers: 'allow' });
const HOME = './#/pictogram-clip/pictograms/0?backend=wasm';
const rows = (page: Page) => page.getByRole('table', { name: 'Neurons of the block' }).getByRole('rowheader');

/** Every address that pages, workers and the service worker of this browser ask for, and what a policy refused. */
function watch(context: BrowserContext, page: Page) {
  const asked: string[] = [];
  const refused: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
  });
  return {
    refused,
    /** Hosts that are not the page's. */
    elsewhere: (baseURL: string) => [
      ...new Set(
        asked
          .filter((url) => /^(https?|wss?):/.test(url) && !url.startsWith(baseURL))
          .map((url) => new URL(url).host),
      ),
    ],
    asked,
  };
}

test('a whole journey asks the page’s own server only, and the policy of the page stands in nobody’s way', async ({
  context,
  page,
  baseURL,
}) => {
  test.slow();
  const traffic = watch(context, page);
  await page.goto(HOME);
  await rows(page).first().getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Block 0 · neuron \d+/);
  const search = page.getByRole('combobox').first();
  await search.fill('a wet dolphin swimming in the sea');
  await search.press('Enter');
  await expect(page.getByRole('heading', { name: /a wet dolphin swimming in the sea/ })).toBeVisible({
    timeout: 90_000,
  });
  await page.goto('./#/image/pictogram-clip/pictograms/0?backend=wasm');
  const blue = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#2050c0' } })
    .png()
    .toBuffer();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([{ name: 'blue.png', mimeType: 'image/png', buffer: blue }]);
  await expect(page).toHaveURL(/image=[0-9a-f]{16}/); // its hash, never its pixels
  await page.goto('./#/own/pictogram-clip/pictograms/0?backend=wasm');
  await expect(
    page.getByRole('region', { name: 'Your pictures and their neurons' }).getByRole('link').first(),
  ).toBeVisible({
    timeout: 90_000,
  });
  for (const path of ['experiments', 'models', 'learn', 'compare', 'pins']) {
    await page.goto(`./#/${path}/pictogram-clip/pictograms/0?backend=wasm&neurons=0.12~3.44`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await page.goto('./#/about/pictogram-clip/pictograms/0');
  await expect(page.getByText(/Works offline: yes/)).toBeVisible({ timeout: 60_000 });
  expect(traffic.elsewhere(baseURL!)).toEqual([]);
  expect(traffic.asked.some((url) => url.endsWith('.packed'))).toBe(true); // workers are watched, too
  expect(traffic.refused).toEqual([]);
});

test.describe('a pack of another server', () => {
  let host: FileServer;
  test.beforeAll(async () => {
    const files = [...packFolder('test/fixtures/packs/version-2')].map(
      ([name, bytes]) => [`/pack/${name}`, bytes] as const,
    );
    host = await fileServer(Object.fromEntries(files), { cors: 'exposed' });
  });
  test.afterAll(() => host.close());

  test('is fetched when a person says so, from that server only', async ({ context, page, baseURL }) => {
    const traffic = watch(context, page);
    await page.goto(`./#/pictogram-clip/pack/0?pack=${encodeURIComponent(`${host.url}/pack/`)}`);
    const name = new URL(host.url).host;
    await page.getByRole('button', { name: `Open it from ${name}` }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Block 0' })).toBeVisible();
    expect(host.asked.length).toBeGreaterThan(0);
    expect(traffic.elsewhere(baseURL!).filter((other) => other !== name)).toEqual([]);
    expect(traffic.refused).toEqual([]);
  });
});

test('text put into the page is not run, and the page itself reaches no other server', async ({ page }) => {
  await page.goto(HOME);
  await expect(rows(page).first()).toBeVisible();
  const tried = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.injected = true';
    document.body.append(script);
    const link = document.createElement('div');
    link.innerHTML = '<img src="x" onerror="globalThis.injected = true">';
    document.body.append(link);
    const delayed = setTimeout as (text: string) => void; // text as a script; what a test itself evaluates is let through
    delayed('globalThis.injected = true');
    const reached = await fetch('https://else.where.test/').then(
      () => 'answered',
      (error: Error) => error.message,
    );
    const compiled = await WebAssembly.compile(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])).then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { injected: 'injected' in globalThis, reached, compiled };
  });
  expect(tried).toMatchObject({ injected: false, compiled: false });
  expect(tried.reached).not.toBe('answered');
});
