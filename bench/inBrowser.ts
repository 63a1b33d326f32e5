import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Timing } from './measure.ts';

/** A graph to time, its large bytes by the paths that the page fetches them from. */
export interface BrowserModel {
  readonly name: string;
  readonly model: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly input: string;
  readonly output: string;
}

export interface BrowserRun {
  /** `webgpu` or `wasm`. */
  readonly provider: string;
  readonly batch: number;
  readonly rounds: number;
  readonly threads: number;
  readonly pixels: Float32Array;
}

export interface BrowserResult {
  readonly timings: Timing[];
  readonly outputs: number[][];
  /** The GPU's words for itself, and whether it has half floats; empty without one. */
  readonly adapter: string;
}

const DIST = fileURLToPath(new URL('../node_modules/onnxruntime-web/dist/', import.meta.url));
const TYPES: Record<string, string> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
};

/** Runs in the page. The models take turns; medians after one uncounted round. */
const PAGE = `<!doctype html><script type="module">
import * as ort from '/ort/ort.webgpu.min.mjs';
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
window.timed = async ({ provider, batch, rounds, threads, models }) => {
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  const adapter = provider === 'webgpu' ? await navigator.gpu?.requestAdapter() : undefined;
  if (provider === 'webgpu' && !adapter) throw new Error('no WebGPU adapter');
  const pixels = new Float32Array((await bytes('/data/pixels')).buffer);
  const tensor = new ort.Tensor('float32', pixels, [batch, 3, 224, 224]);
  const runs = [];
  for (const { index, input, output, files } of models) {
    const externalData = await Promise.all(files.map(async (path, i) => ({ path, data: await bytes('/data/' + index + '/' + i) })));
    const session = await ort.InferenceSession.create(await bytes('/data/' + index + '/model'), {
      executionProviders: [provider], ...(externalData.length > 0 && { externalData }),
    });
    runs.push(async () => Array.from((await session.run({ [input]: tensor }))[output].data));
  }
  const times = runs.map(() => []);
  const outputs = [];
  for (let round = -1; round < rounds; round++) {
    for (const [i, run] of runs.entries()) {
      const started = performance.now();
      outputs[i] = await run();
      if (round >= 0) times[i].push(performance.now() - started);
    }
  }
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
  const words = adapter ? [adapter.info.vendor, adapter.info.architecture, adapter.features.has('shader-f16') ? 'shader-f16' : 'no shader-f16'].join(' ') : '';
  return { outputs, times: times.map(median), adapter: words };
};
window.ready = true;
</script>`;

/** Times graphs on onnxruntime-web in headless Chromium, isolated so that WASM has its threads. */
export async function timeInBrowser(
  models: readonly BrowserModel[],
  run: BrowserRun,
): Promise<BrowserResult> {
  const server = createServer((request, response) => {
    const body = answer(models, run, request.url ?? '/');
    response.writeHead(body ? 200 : 404, {
      'content-type':
        TYPES[extname(request.url === '/' ? 'page.html' : request.url!)] ?? 'application/octet-stream',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-unsafe-webgpu'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction('window.ready === true');
    const asked = {
      ...run,
      pixels: undefined,
      models: models.map(({ input, output, files }, index) => ({
        index,
        input,
        output,
        files: [...files.keys()],
      })),
    };
    const result = (await page.evaluate(`window.timed(${JSON.stringify(asked)})`)) as {
      outputs: number[][];
      times: number[];
      adapter: string;
    };
    const timings = models.map(({ name }, i) => ({ name, ms: result.times[i]!, runs: run.rounds }));
    return { timings, outputs: result.outputs, adapter: result.adapter };
  } finally {
    await browser.close();
    server.close();
  }
}

function answer(
  models: readonly BrowserModel[],
  { pixels }: BrowserRun,
  url: string,
): Uint8Array | string | undefined {
  if (url === '/') return PAGE;
  const [, kind, first, second] = url.split('/');
  if (kind === 'ort' && /^[\w.-]+$/.test(first ?? '')) return readFileSync(resolve(DIST, first!));
  if (kind !== 'data') return undefined;
  if (first === 'pixels') return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const model = models[Number(first)];
  return second === 'model' ? model?.model : [...(model?.files.values() ?? [])][Number(second)];
}
