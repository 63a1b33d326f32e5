import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import { loadTokenizer } from '../src/clip/tokenizer.ts';
import { openNodeEngine } from '../src/engine/nodeEngine.ts';
import { type SparseCodes, sparseCodes } from '../src/engine/words/sparseCodes.ts';
import { randomDirections } from '../src/lens/randomDirections.ts';
import { prepareAtoms } from '../src/lens/sparseCode.ts';
import { type HarnessServer, serveHarness } from './harness/serve.ts';

/** Text pools in a real browser: the worker, its devices and its private disk; the embedded model's text tower. */
const model = fileURLToPath(new URL('../public/models/pictogram-clip', import.meta.url));
const list = fileURLToPath(new URL('../public/words/english-30000.txt', import.meta.url));
const ALL = readFileSync(list, 'utf8').trim().split('\n');
const WORDS = ALL.slice(0, 500);
const TERMS = 6;
const options = { terms: TERMS, atoms: 'unit-atoms' } as const;

test.describe.configure({ timeout: 300_000 });

let server: HarnessServer;
let directions: Float32Array;
let dim: number;
let node: SparseCodes;

test.beforeAll(async () => {
  server = await serveHarness({ model });
  const json = (name: string): unknown => JSON.parse(readFileSync(`${model}/${name}`, 'utf8'));
  const weights = readCheckpoint(readFileSync(`${model}/model.safetensors`), json('config.json'));
  const tokenizer = loadTokenizer(json('tokenizer.json'), weights.config.text!.contextLength);
  const engine = await openNodeEngine({ weights, tokenizer });
  dim = weights.config.dim;
  directions = randomDirections(20, dim, 5);
  const atoms = prepareAtoms(await engine.embedTexts(WORDS), dim, 'unit-atoms');
  node = await sparseCodes(directions, atoms, options, undefined);
  await engine.dispose();
});
test.afterAll(() => server?.close());

async function openModel(page: Page, force: 'wasm' | 'webgpu') {
  await page.goto(server.isolated);
  await page.waitForFunction(() => window.harness !== undefined);
  return page.evaluate((run) => window.harness.open('/model', run), { force });
}

const codes = (page: Page) =>
  page.evaluate(([all, size, terms]) => window.harness.codes(all, size, terms), [
    [...directions],
    dim,
    TERMS,
  ] as const);

for (const force of ['wasm', 'webgpu'] as const) {
  test(`${force}: a list is read, and gives the codes that Node gives`, async ({ page }) => {
    const { check } = await openModel(page, force);
    // Nobody has published outputs of this model: a GPU is held against the processor instead.
    expect(check).toMatchObject({
      status: 'unverifiable',
      ...(force === 'webgpu' && { agreement: { says: expect.stringMatching(/agrees with the processor/) } }),
    });
    const lines = [...WORDS, '', WORDS[0]!];
    const opened = await page.evaluate((texts) => window.harness.openPool(texts, '{}'), lines);
    expect(opened).toEqual({ count: WORDS.length, fromDisk: 0, dropped: { empty: 1, duplicates: 1 } });
    const found = await codes(page);
    const same = found.texts.filter((text, i) => text === node.texts[i]).length;
    console.log(`  ${force}: ${same} of ${node.texts.length} texts as in Node`);
    expect(same / node.texts.length).toBeGreaterThan(0.95);
    found.r2.forEach((r2, n) => {
      expect(r2).toBeCloseTo(node.r2[n]!, 3);
    });
    expect(found.one).toEqual(found.texts.slice(0, TERMS));
    expect(found.chance.mean).toBeGreaterThan(0.05);
  });
}

test('what was read stays on the disk, also of a job that was cancelled', async ({ page }) => {
  await openModel(page, 'wasm');
  const more = ALL.slice(0, 6000);
  const failure = await page.evaluate((texts) => window.harness.openPoolFailure(texts, 2200), more);
  expect(failure.tag).toBe('cancelled');
  const open = () => page.evaluate((texts) => window.harness.openPool(texts, '{}'), more);
  expect([2048, 4096]).toContain((await open()).fromDisk);
  const first = await codes(page);
  await openModel(page, 'wasm'); // the page anew, with another worker
  expect((await open()).fromDisk).toBe(more.length);
  expect(await codes(page)).toEqual(first);
  await page.evaluate(() => window.harness.breakWorker());
  expect(await codes(page)).toEqual(first); // of a new worker, which opens model and list again
});
