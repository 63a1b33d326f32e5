import { readdirSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { relativeError } from '../test/support/close.ts';
import { readNpy } from '../test/support/npy.ts';
import type { Harness } from './harness/main.ts';
import { type HarnessServer, serveHarness } from './harness/serve.ts';

declare global {
  interface Window {
    harness: Harness;
  }
}

const reference = new URL('../../shared/reference/small', import.meta.url).pathname;
const truth = (name: string) => readNpy(`${reference}/${name}.npy`).data;
const options = { block: 1, topK: 100, listed: 20 };

let server: HarnessServer;

test.beforeAll(async () => {
  server = await serveHarness({ reference });
});
test.afterAll(() => server.close());

async function openHarness(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => window.harness !== undefined);
}

async function givePictures(page: Page): Promise<void> {
  const names = readdirSync(`${reference}/images`)
    .filter((name) => name.endsWith('.png'))
    .sort();
  await page.evaluate(
    (urls) => window.harness.pictures(urls),
    names.map((name) => `/reference/images/${name}`),
  );
}

const floats = (base64: unknown): Float32Array => {
  const bytes = new Uint8Array(Buffer.from(String(base64), 'base64'));
  return new Float32Array(bytes.buffer);
};

for (const { name, force, isolated } of [
  { name: 'WebGPU', force: 'webgpu', isolated: true },
  { name: 'WASM, all threads', force: 'wasm', isolated: true },
  { name: 'WASM without isolation, one thread', force: 'wasm', isolated: false },
] as const) {
  test(`the released code's numbers on ${name}`, async ({ page }) => {
    await openHarness(page, isolated ? server.isolated : server.plain);
    await givePictures(page);
    const info = await page.evaluate((run) => window.harness.open('/reference', run), { force });
    console.log(name, JSON.stringify(info.backend));
    expect(info.backend.provider).toBe(force);
    expect(info.backend.crossOriginIsolated).toBe(isolated);
    if (!isolated) expect(info.backend.threads).toBe(1);
    const started = Date.now();
    const analysis = await page.evaluate((asked) => window.harness.analyse(asked), options);
    const layer = (what: string) => truth(`layer1_${what}`);
    const errors = {
      embeddings: relativeError(floats(analysis.embeddings), truth('image_embeddings')),
      means: relativeError(floats(analysis.means), layer('mean')),
      norms: relativeError(floats(analysis.norms), layer('norms')),
      thresholds: relativeError(floats(analysis.thresholds), layer('threshold')),
      shares: relativeError(floats(analysis.varianceShares), layer('pc_variance_share')),
    };
    console.log(name, JSON.stringify(errors), `${Date.now() - started} ms`);
    for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-4);
  });
}
