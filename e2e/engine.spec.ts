import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, expect, type Page, test } from '@playwright/test';
import sharp from 'sharp';
import { configJson } from '../src/clip/configJson.ts';
import { preprocessor } from '../src/clip/preprocess.ts';
import type { Engine } from '../src/engine/engine.ts';
import { openNodeEngine } from '../src/engine/nodeEngine.ts';
import { pixelsInMemory } from '../src/engine/pixels.ts';
import type { BlockAnalysis } from '../src/lens/analysis.ts';
import { FIFTY_TOKENS, randomWeights } from '../test/engine/cases.ts';
import { relativeError } from '../test/support/close.ts';
import { readNpy } from '../test/support/npy.ts';
import { generator, randomCheckpoint } from '../test/support/randomClip.ts';
import type { Harness } from './harness/main.ts';
import { type HarnessServer, serveHarness } from './harness/serve.ts';

declare global {
  interface Window {
    harness: Harness;
  }
}

/**
 * The engine in a real browser, through the product's own worker: every backend against the released
 * code's numbers (where ../shared is), and against Node on a model of 50 tokens with heads of 64.
 */
const reference = fileURLToPath(new URL('../../shared/reference/small', import.meta.url));
const hasReference = existsSync(reference);
const truth = (name: string) => readNpy(`${reference}/${name}.npy`).data;

const BACKENDS = [
  { name: 'WebGPU', force: 'webgpu', isolated: true },
  { name: 'WASM with all threads', force: 'wasm', isolated: true },
  { name: 'WASM without isolation, so one thread', force: 'wasm', isolated: false },
] as const;

/** Software emulation of a GPU on a busy machine takes its time. */
test.describe.configure({ timeout: 300_000 });

const FEW = 5;
const few = { block: 0, topK: 3, listed: 2 };
const side = FIFTY_TOKENS.vision!.imageSize;
const settings = { size: side, crop_size: side };

let server: HarnessServer;
let pictures: Buffer[];

test.beforeAll(async () => {
  pictures = await Promise.all(Array.from({ length: FEW }, (_, image) => randomPicture(image)));
  const fifty = new Map<string, Uint8Array | string>([
    ['model.safetensors', randomCheckpoint(FIFTY_TOKENS, 1)],
    ['config.json', JSON.stringify(configJson(FIFTY_TOKENS))],
    ['preprocessor_config.json', JSON.stringify(settings)],
    ...pictures.map((png, i): [string, Uint8Array] => [`${i}.png`, png]),
  ]);
  const cut = new Map(fifty).set('model.safetensors', randomCheckpoint(FIFTY_TOKENS, 1).slice(0, 5000));
  server = await serveHarness({ reference, fifty, cut });
});
test.afterAll(() => server?.close());

function randomPicture(image: number): Promise<Buffer> {
  const random = generator(image + 1);
  const rgb = Uint8Array.from({ length: 3 * side * side }, () => 128 + 90 * random() + 10 * image - 40);
  return sharp(rgb, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

async function openHarness(page: Page, url: string, pictureUrls: readonly string[]): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => window.harness !== undefined);
  await page.evaluate((urls) => window.harness.pictures(urls), [...pictureUrls]);
}

const openFifty = (page: Page, url: string): Promise<void> =>
  openHarness(
    page,
    url,
    pictures.map((_, i) => `/fifty/${i}.png`),
  );

/** Milliseconds of processor time that the page's own thread uses from now on: unlike the clock, it knows no load. */
async function pageThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const before = await read();
  return async () => (await read()) - before;
}

const floats = (base64: unknown): Float32Array => {
  const bytes = new Uint8Array(Buffer.from(String(base64), 'base64'));
  return new Float32Array(bytes.buffer);
};

type Measured = 'embeddings' | 'means' | 'norms' | 'thresholds' | 'varianceShares' | 'activations';

function errorsOf(analysis: Record<string, unknown>, expected: Partial<Record<Measured, Float32Array>>) {
  return Object.fromEntries(
    Object.entries(expected).map(([name, values]) => [name, relativeError(floats(analysis[name]), values)]),
  );
}

function expectAgreement(what: string, errors: Record<string, number>): void {
  const digits = Object.entries(errors).map(([name, error]) => `${name} ${error.toExponential(1)}`);
  console.log(`  ${what}: ${digits.join(', ')}`);
  for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-4);
}

for (const { name, force, isolated } of BACKENDS) {
  test(`${name} gives the released code's numbers`, async ({ page }) => {
    test.skip(!hasReference, `no reference material at ${reference}`);
    const names = readdirSync(`${reference}/images`).filter((file) => file.endsWith('.png'));
    const urls = names.sort().map((file) => `/reference/images/${file}`);
    await openHarness(page, isolated ? server.isolated : server.plain, urls);
    const { backend } = await page.evaluate((run) => window.harness.open('/reference', run), { force });
    expect(backend).toMatchObject({ provider: force, crossOriginIsolated: isolated });
    if (!isolated) expect(backend.threads).toBe(1);

    const asked = { block: 1, topK: 100, listed: 20 };
    const thread = await pageThread(page);
    const { analysis } = await page.evaluate((o) => window.harness.analyse(o), asked);
    const busy = await thread();
    const errors = errorsOf(analysis, {
      embeddings: truth('image_embeddings'),
      means: truth('layer1_mean'),
      norms: truth('layer1_norms'),
      thresholds: truth('layer1_threshold'),
      varianceShares: truth('layer1_pc_variance_share'),
    });
    expectAgreement(`${name}, ${backend.adapter || `${backend.threads} threads`}`, errors);
    console.log(`  the page's own thread worked ${busy.toFixed(0)} ms`);
    expect(busy).toBeLessThan(250);
  });
}

test.describe('50 tokens and heads of 64', () => {
  let node: BlockAnalysis;
  let picture: Record<string, Float32Array>;
  const PICTURE = 3;

  test.beforeAll(async () => {
    const prepare = preprocessor(settings, side);
    const pixels = new Float32Array(FEW * 3 * side * side);
    for (const [i, png] of pictures.entries()) {
      const data = new Uint8ClampedArray(await sharp(png).ensureAlpha().raw().toBuffer());
      pixels.set(prepare.apply({ width: side, height: side, data }), i * 3 * side * side);
    }
    const engine = await openNodeEngine({ weights: randomWeights(FIFTY_TOKENS), threads: 1 });
    node = await engine.analyse(pixelsInMemory(pixels, side), few);
    picture = await readOnNode(engine, pixels.slice(PICTURE * 3 * side * side), node);
    await engine.dispose();
  });

  for (const { name, force, isolated } of BACKENDS) {
    test(`${name} agrees with Node, and measures its own set again`, async ({ page }) => {
      await openFifty(page, isolated ? server.isolated : server.plain);
      await page.evaluate((run) => window.harness.open('/fifty', run), { force });
      const { analysis } = await page.evaluate((o) => window.harness.analyse(o), few);
      const { embeddings, means, norms, thresholds, varianceShares, activations } = node;
      const expected = { embeddings, means, norms, thresholds, varianceShares, activations };
      expectAgreement(name, errorsOf(analysis, expected));

      const again = await page.evaluate(([block, m, d]) => window.harness.project(block, m, d), [
        few.block,
        [...means],
        [...node.directions],
      ] as const);
      expectAgreement(`${name}, projected`, errorsOf(again, { embeddings, norms, activations }));

      const direction = [...node.directions.subarray(0, node.dim)];
      const read = await page.evaluate(([i, block, m, d, t]) => window.harness.picture(i, block, m, d, t), [
        PICTURE,
        few.block,
        [...means],
        [...node.directions],
        direction,
      ] as const);
      const errors = Object.entries(picture).map(([key, values]) => [
        key,
        relativeError(floats(read[key]), values),
      ]);
      expectAgreement(`${name}, a picture`, Object.fromEntries(errors));

      const maps = await page.evaluate(([block, r]) => window.harness.heatmaps([0, 3], block, 0, r), [
        few.block,
        direction,
      ] as const);
      const sums = sumsOfMaps(maps);
      const gap = node.activations[0]! - node.activations[3 * node.neurons]!;
      expect(Math.abs(sums[0]! - sums[1]! - gap)).toBeLessThan(0.05 * Math.abs(gap));
    });
  }
});

/** What `harness.picture` gives of the first of these pictures, with the first neuron's direction for a text. */
async function readOnNode(
  engine: Engine,
  pixels: Float32Array,
  { options: { block }, means, directions, neurons, dim }: BlockAnalysis,
): Promise<Record<string, Float32Array>> {
  const reference = { block, means, directions, thresholds: new Float32Array(neurons) };
  const text = directions.slice(0, dim);
  const read = await engine.readImage(pixelsInMemory(pixels.slice(0, 3 * side * side), side), [reference]);
  const options = { neurons: 10, order: 'absolute', signs: 'signed', map: 'second-order' } as const;
  const [blockReading] = read.blocks;
  return {
    activations: blockReading!.activations,
    norms: blockReading!.norms,
    without: (await read.ablate([{ block, neurons: 'all' }])).representation,
    withoutPatch: read.withoutPatch(11).representation,
    text: (await read.textMap(text, options)).map,
    heads: (await read.headTextMap(text)).map,
    attention: read.attentionMaps().lastBlock,
    effects: Float32Array.from(read.writersAt(11, 5)[0]!.byActivation, ({ effect }) => effect),
  };
}

/** Patches and CLS of every heatmap together: the effect along the direction, up to the shared part. */
function sumsOfMaps(maps: Record<string, unknown>): number[] {
  const patches = floats(maps.secondOrder);
  const cells = Number(maps.gridSide) ** 2;
  return [...floats(maps.clsTerm)].map((cls, image) =>
    patches.subarray(image * cells, (image + 1) * cells).reduce((sum, x) => sum + x, cls),
  );
}

test.describe('what can go wrong', () => {
  test('a cancelled analysis ends as cancelled, and the worker works on', async ({ page }) => {
    await openFifty(page, server.isolated);
    await page.evaluate(() => window.harness.open('/fifty', { force: 'wasm' }));
    const failure = await page.evaluate((o) => window.harness.cancelledFailure(o), few);
    expect(failure.tag).toBe('cancelled');
    const { progress } = await page.evaluate((o) => window.harness.analyse(o), few);
    expect(progress).toContainEqual(expect.objectContaining({ done: FEW, total: FEW }));
    expect(progress.at(-1)!.done).toBe(progress.at(-1)!.total);
    expect(await page.evaluate(() => window.harness.workersStarted())).toBe(1);
  });

  test('a broken worker is replaced and the model opened again', async ({ page }) => {
    await openFifty(page, server.isolated);
    await page.evaluate(() => window.harness.open('/fifty', { force: 'wasm' }));
    const failure = await page.evaluate((o) => window.harness.crashedFailure(o), few);
    expect(failure.tag).toBe('unavailable');
    const { analysis } = await page.evaluate((o) => window.harness.analyse(o), few);
    expect(floats(analysis.norms)).toHaveLength(FEW * FIFTY_TOKENS.vision!.neurons);
    expect(await page.evaluate(() => window.harness.workersStarted())).toBe(2);
  });

  test('a missing model, a broken one and a wrong request come back with their tags', async ({ page }) => {
    await openFifty(page, server.isolated);
    const missing = await page.evaluate(() => window.harness.openFailure('/fifty/none', { force: 'wasm' }));
    expect(missing.tag).toBe('unavailable');
    expect(missing.message).toContain('404');
    const cut = await page.evaluate(() => window.harness.openFailure('/cut', { force: 'wasm' }));
    expect(cut.tag).toBe('bad-file');
    const early = await page.evaluate((o) => window.harness.analyseFailure(o), few);
    expect(early).toMatchObject({ tag: 'bad-request' });
    const forced = await page.evaluate(() => window.harness.openFailure('/fifty', { force: 'cpu' }));
    expect(forced.tag).toBe('unavailable');
    await page.evaluate(() => window.harness.open('/fifty', { force: 'wasm' }));
    const large = await page.evaluate((o) => window.harness.analyseFailure(o), { ...few, topK: FEW + 1 });
    expect(large.tag).toBe('bad-request');
  });

  test('sparse codes need neither a model nor the runtime', async ({ page }) => {
    test.skip(!hasReference, `no reference material at ${reference}`);
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    await openHarness(page, server.isolated, []);
    const pool = [...truth('text_pool')];
    const direction = [...truth('layer1_pc').subarray(0, 32)];
    const code = await page.evaluate(([r, p]) => window.harness.sparseCode(r, p, 4), [
      direction,
      pool,
    ] as const);
    const released = truth('layer1_omp4_coefficients').subarray(0, 400);
    const texts = new Int32Array(new Uint8Array(Buffer.from(String(code.texts), 'base64')).buffer);
    expect([...texts].sort((a, b) => a - b)).toEqual([...released.keys()].filter((j) => released[j] !== 0));
    expect(fetched.filter((url) => /ort|wasm/.test(url))).toEqual([]);
  });
});

test('a GPU that crashes is opened again with the next call', async ({ page, browser }) => {
  await openFifty(page, server.isolated);
  await page.evaluate(() => window.harness.open('/fifty', { force: 'webgpu' }));
  const { analysis } = await page.evaluate((o) => window.harness.analyse(o), few);
  const underWay = page.evaluate((o) => window.harness.analyseFailure(o), few);
  const session = await browser.newBrowserCDPSession();
  await Promise.race([session.send('Browser.crashGpuProcess').catch(() => {}), page.waitForTimeout(1000)]);
  expect((await underWay).tag).toBe('device-lost');
  const again = await page.evaluate((o) => window.harness.analyse(o), few);
  expectAgreement('WebGPU after a crash', errorsOf(again.analysis, { norms: floats(analysis.norms) }));
});

test('without a GPU the processor does the work, and the screen can say why', async () => {
  const { executablePath } = test.info().project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-features=WebGPU', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await openFifty(page, server.isolated);
    const { backend } = await page.evaluate(() => window.harness.open('/fifty', {}));
    expect(backend.provider).toBe('wasm');
    expect(backend.fallbackReason).toMatch(/GPU/);
    const refused = await page.evaluate(() => window.harness.openFailure('/fifty', { force: 'webgpu' }));
    expect(refused.tag).toBe('unavailable');
    expect(refused.message).toContain('backend=webgpu');
  } finally {
    await browser.close();
  }
});

test('the product is built without the harness', () => {
  const html = fileURLToPath(new URL('../index.html', import.meta.url));
  test.skip(!existsSync(html), 'no index.html yet');
  expect(readFileSync(html, 'utf8')).not.toContain('harness');
});
