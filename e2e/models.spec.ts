import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { byteCount } from '../src/clip/checkpoint/byteRanges.ts';
import { readSafetensors } from '../src/clip/checkpoint/safetensors.ts';
import { towerRanges } from '../src/clip/checkpoint/towerRanges.ts';
import { type FileServer, fileServer, type ServerOptions } from '../test/support/fileServer.ts';
import type { ModelSource } from '../workers/protocol.ts';
import type { Harness } from './harness/main.ts';
import { type HarnessServer, serveHarness } from './harness/serve.ts';

declare global {
  interface Window {
    harness: Harness;
  }
}

/**
 * Models from elsewhere in a real browser: the file system of its own, cross-origin requests and tabs. The model
 * that ships with the page is served from another origin, as a hub would.
 */
const folder = fileURLToPath(new URL('../public/models/pictogram-clip/', import.meta.url));
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}${name}`));
const NAMES = ['model.safetensors', 'config.json', 'preprocessor_config.json', 'tokenizer.json'];
const WEIGHTS = '/o/n/resolve/main/model.safetensors';
const weights = file('model.safetensors');
const parts = towerRanges(readSafetensors(weights).tensors.values());
const visionBytes = byteCount(parts.vision!.ranges);
const RUN = { force: 'wasm' } as const;

test.describe.configure({ timeout: 180_000 });

let pages: HarnessServer;
let hub: FileServer;

const startHub = (options: ServerOptions = {}): Promise<FileServer> =>
  fileServer(Object.fromEntries(NAMES.map((name) => [`/o/n/resolve/main/${name}`, file(name)])), {
    cors: 'exposed',
    ...options,
  });

test.beforeAll(async () => {
  pages = await serveHarness({});
});
test.afterAll(() => pages?.close());
test.beforeEach(async () => {
  hub = await startHub();
});
test.afterEach(() => hub.close());

async function openPage(page: Page): Promise<void> {
  await page.goto(pages.isolated);
  await page.waitForFunction(() => window.harness !== undefined);
}

const source = (): ModelSource => ({ kind: 'url', url: `${hub.url}${WEIGHTS}` });
const open = (page: Page, from: ModelSource = source()) =>
  page.evaluate(([model, run]) => window.harness.openSource(model, run), [from, RUN] as const);
const cancelAt = (page: Page, bytes: number) =>
  page.evaluate(([model, run, count]) => window.harness.cancelledOpening(model, run, count), [
    source(),
    RUN,
    bytes,
  ] as const);
const stored = (page: Page) => page.evaluate(() => window.harness.storedModels());
const sent = (): number =>
  hub.ranges(WEIGHTS).reduce((sum, range) => sum + (range ? range[1] - range[0] : weights.length), 0);

test('the image tower comes by ranges, the text tower when texts are read, and both stay', async ({
  page,
}) => {
  await openPage(page);
  const { info, progress } = await open(page);
  expect(info).toMatchObject({ hashOf: 'image tower', hasTexts: true, title: 'o/n', notes: [] });
  expect(info.check).toMatchObject({ status: 'unverifiable' });
  const ranges = hub.ranges(WEIGHTS);
  expect(ranges[0]).toEqual([0, 262144]);
  // Nothing of the text tower but what lies within a megabyte of what is needed.
  expect(sent()).toBeLessThan(visionBytes + 2 ** 20);
  expect(ranges.every((range) => range !== undefined)).toBe(true);
  expect(hub.asked.every(({ method }) => method === 'GET')).toBe(true); // no preflight, no HEAD
  expect(progress.filter(({ stage }) => stage === 'Downloading the image tower').at(-1)).toMatchObject({
    done: visionBytes,
    total: visionBytes,
  });

  const before = sent();
  const texts = await page.evaluate(() => window.harness.embedTexts(['a red circle', 'a house']));
  expect(sent() - before).toBeGreaterThan(byteCount(parts.text!.ranges) - 2 ** 20);
  expect(texts.progress.some(({ stage }) => stage === 'Downloading the text tower')).toBe(true);
  const [kept] = await stored(page);
  expect(kept).toMatchObject({ id: info.id, complete: true, towers: ['vision', 'text'] });
  const hash = createHash('sha256').update(weights).digest('hex');
  expect(kept!.files).toContainEqual({ name: `sha256-${hash}`, bytes: weights.length });
  await expect
    .poll(() => page.evaluate(async () => (await window.harness.modelInfo())?.config.text?.layers))
    .toBeGreaterThan(0);

  // Another visit, without the server: everything is here, and gives the same.
  await hub.close();
  await openPage(page);
  const again = await open(page, { kind: 'stored', id: info.id });
  expect(again.info.hash).toBe(info.hash);
  const same = await page.evaluate(() => window.harness.embedTexts(['a red circle', 'a house']));
  expect(same.embeddings).toBe(texts.embeddings);
  hub = await startHub();
});

test('a cancelled download stops at once, is listed, and goes on where it was', async ({ page }) => {
  await openPage(page);
  hub.fault = () => ({ slow: 5 });
  expect(await cancelAt(page, 1_000_000)).toMatchObject({ tag: 'cancelled' });
  await expect.poll(() => stored(page)).toMatchObject([{ complete: false, towers: [] }]);
  const [part] = await stored(page);
  expect(part!.bytes).toBeGreaterThan(900_000);
  hub.fault = () => undefined;
  hub.asked.length = 0;
  const plan = await page.evaluate((model) => window.harness.plan(model), source());
  expect(plan.bytesStored).toBeGreaterThan(900_000);
  expect(plan.bytesToDownload).toBeLessThan(visionBytes - 900_000);
  hub.asked.length = 0;
  await open(page);
  expect(sent()).toBeLessThan(visionBytes - 900_000 + 2 ** 20);
});

test('a page that is closed midway loses little', async ({ page, context }) => {
  await openPage(page);
  hub.fault = () => ({ slow: 20 });
  await page.evaluate(([model, run]) => window.harness.openUntil(model, run, 1_500_000), [
    source(),
    RUN,
  ] as const);
  await page.close();
  hub.fault = () => undefined;
  const next = await context.newPage();
  await openPage(next);
  const { info } = await open(next);
  expect(info.hashOf).toBe('image tower');
  expect(await stored(next)).toMatchObject([{ complete: true }]);
});

test('a server that dies midway is waited for', async ({ page }) => {
  await openPage(page);
  hub.fault = () => ({ slow: 20 });
  const port = Number(new URL(hub.url).port);
  const opening = open(page);
  await expect.poll(() => hub.ranges(WEIGHTS).length).toBeGreaterThan(1);
  await hub.close();
  hub = await startHub({ port });
  const { info } = await opening;
  expect(info.hasTexts).toBe(true);
  expect(hub.ranges(WEIGHTS)[0]![0]).toBeGreaterThan(0); // it went on, and did not begin anew
});

test('a server that is gone for good is told of, and a forgotten model is gone', async ({ page }) => {
  await openPage(page);
  const { info } = await open(page);
  await page.evaluate((id) => window.harness.forgetModel(id), info.id);
  expect(await stored(page)).toEqual([]);
  await hub.close();
  const failure = await page.evaluate(([model, run]) => window.harness.openSourceFailure(model, run), [
    { kind: 'url', url: `${hub.url}/other/model.safetensors` },
    RUN,
  ] as [ModelSource, typeof RUN]);
  expect(failure).toMatchObject({
    tag: 'unavailable',
    message: expect.stringContaining('could not be reached'),
  });
  hub = await startHub();
});

test('a host that lets pages read no header but the body is enough', async ({ page }) => {
  await hub.close();
  hub = await startHub({ cors: 'bare' });
  await openPage(page);
  const { info } = await open(page);
  expect(info.hashOf).toBe('image tower');
  expect(sent()).toBeLessThan(visionBytes + 2 ** 20);
  await page.evaluate(() => window.harness.embedTexts(['a cat']));
});

test('a host that no other page may read is told of', async ({ page }) => {
  await hub.close();
  hub = await fileServer({ [WEIGHTS]: weights });
  await openPage(page);
  const failure = await page.evaluate(([model, run]) => window.harness.openSourceFailure(model, run), [
    source(),
    RUN,
  ] as const);
  expect(failure).toMatchObject({
    tag: 'unavailable',
    message: expect.stringContaining('does not let other pages read it'),
  });
});

/** Browsers no longer tell pages the true quota; where they do, it is asked first: see test/workers/modelStore.test.ts. */
test('a disk that fills up midway is told of, and keeps what has arrived', async ({ page }) => {
  await openPage(page);
  const session = await page.context().newCDPSession(page);
  const origin = new URL(pages.isolated).origin;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 3_500_000 });
  hub.fault = () => ({ slow: 1 });
  const failure = await page.evaluate(([model, run]) => window.harness.openSourceFailure(model, run), [
    source(),
    RUN,
  ] as const);
  expect(failure).toMatchObject({ tag: 'unavailable', message: expect.stringMatching(/no more room/) });
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  const [part] = await stored(page);
  expect(part).toMatchObject({ complete: false });
  expect(part!.bytes).toBeGreaterThan(1_000_000);
  hub.asked.length = 0;
  expect((await open(page)).info.hashOf).toBe('image tower');
  expect(sent()).toBeLessThan(visionBytes - 700_000);
});

test('two tabs that want the same model fetch it once', async ({ page, context }) => {
  const other = await context.newPage();
  await Promise.all([openPage(page), openPage(other)]);
  hub.fault = () => ({ slow: 2 });
  const [a, b] = await Promise.all([open(page), open(other)]);
  expect(a.info.hash).toBe(b.info.hash);
  expect(sent()).toBeLessThan(visionBytes + 2 ** 20);
});
