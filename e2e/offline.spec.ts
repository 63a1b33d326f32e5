import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { writeServiceWorker } from '../scripts/vite/offline.ts';
import { type StaticHost, staticHost } from './harness/staticHost.ts';

/** After one visit the explorer needs no network; on a plain host, under a deep path, without any header. */
const DIST = process.env.DIST ?? 'dist';
const HOME = '#/pictogram-clip/pictograms/0?backend=wasm';
test.use({ serviceWorkers: 'allow' });

let host: StaticHost;
test.beforeEach(async () => {
  host = await staticHost(DIST, { base: '/some/deep/path/' });
});
test.afterEach(() => host.close());

const rows = (page: Page) => page.getByRole('table', { name: 'Neurons of the block' }).getByRole('rowheader');
const kept = (page: Page) => page.getByText(/Works offline: yes/);

/** A first visit, until everything is kept. */
async function visit(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${host.url}${HOME}`);
  await expect(rows(page).first()).toBeVisible();
  await page.goto(`${host.url}#/about/pictogram-clip/pictograms/0?backend=wasm`);
  await expect(kept(page)).toBeVisible({ timeout: 90_000 });
  return page;
}

/** Asks for words that no list has: the model is opened and its text tower runs. */
async function searchLive(page: Page, words: string): Promise<void> {
  const search = page.getByRole('combobox').first();
  await search.fill(words);
  await search.press('Enter');
  await expect(page.getByRole('heading', { name: new RegExp(words) })).toBeVisible({ timeout: 60_000 });
}

test('kept at the first visit, then everything works without a network, computing with all threads', async ({
  context,
}) => {
  test.slow();
  const first = await visit(context);
  expect(await first.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
  await expect(first.getByRole('button', { name: 'Load it again' })).toBeVisible();

  host.up = false;
  await context.setOffline(true);
  await first.getByRole('button', { name: 'Load it again' }).click();
  await expect(first.getByRole('heading', { name: 'Without a network' })).toBeVisible();
  expect(await first.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  await expect(first.getByRole('button', { name: 'Load it again' })).toBeHidden();

  await first.goto(`${host.url}${HOME}`);
  await rows(first).first().getByRole('link').click();
  await expect(first.getByRole('heading', { level: 1 })).toContainText(/Block 0 · neuron \d+/);
  await expect(first.locator('canvas[data-state="drawn"]').first()).toBeVisible();
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await searchLive(first, 'a wet dolphin swimming in the sea');
  await expect(first.getByText(/WebAssembly, [2-9]\d* threads/)).toBeVisible();
  // From an address with the type of WASM: browsers keep compiled code of nothing else.
  expect(asked.filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
});

test('a new version waits; the open tab keeps its script and runtime; then one press loads the new one', async ({
  context,
}) => {
  test.slow();
  const page = await visit(context);
  await page.reload(); // now with the service worker
  await expect(kept(page)).toBeVisible();
  const renewed = await newVersion();
  try {
    host.folder = renewed;
    host.asked.length = 0;
    await page.getByRole('button', { name: 'Look for a newer version' }).click();
    await expect(page.getByText('A new version of neuronlens is ready')).toBeVisible();
    await searchLive(page, 'a wet dolphin swimming in the sea'); // the host no longer has this runtime
    expect(host.asked.filter((path) => /\.(packed|wasm)$/.test(path))).toEqual([]);

    const other = await context.newPage();
    await other.goto(`${host.url}${HOME}`);
    await expect(other).toHaveTitle(/^Block 0/);
    expect(await other.locator('meta[name=version]').count()).toBe(0);
    await page.getByRole('button', { name: 'Load it now' }).click();
    await expect(page.getByText('neuronlens is open in another tab')).toBeVisible();
    await other.close();
    await page.getByRole('button', { name: 'Load it now' }).click();
    await expect(page.locator('meta[name=version]')).toHaveAttribute('content', 'two');
  } finally {
    rmSync(renewed, { recursive: true, force: true });
  }
});

test('what is kept can be deleted, and stays away', async ({ context }) => {
  const page = await visit(context);
  await page.getByRole('button', { name: 'Delete what is kept' }).click();
  await expect(page.getByText(/Works offline: no/)).toBeVisible();
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
  await page.reload();
  await expect(page.getByText('nothing is kept unasked')).toBeVisible();
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test('inside another page nothing is kept and no reload is offered', async ({ context }) => {
  const page = await context.newPage();
  await page.route(`${host.url}frame.html`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${host.url}${HOME}"></iframe>` }),
  );
  await page.goto(`${host.url}frame.html`);
  await expect(page.frameLocator('iframe').getByRole('rowheader').first()).toBeVisible();
  await page.waitForTimeout(2500); // longer than the page waits before it installs anything
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

/** The build as a later one is: another page, and the runtime under another name. */
async function newVersion(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'neuronlens-renewed-'));
  cpSync(DIST, folder, { recursive: true });
  const assets = join(folder, 'assets');
  const runtime = readdirSync(assets).find((name) => name.endsWith('.packed'))!;
  renameSync(join(assets, runtime), join(assets, 'runtime-two.packed'));
  for (const name of readdirSync(join(assets, 'worker'))) {
    replaceIn(join(assets, 'worker', name), runtime, 'runtime-two.packed');
  }
  replaceIn(join(folder, 'index.html'), '<title>', '<meta name="version" content="two" /><title>');
  await writeServiceWorker(folder);
  return folder;
}

function replaceIn(file: string, from: string, to: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));
}
