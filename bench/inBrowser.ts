import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { median, type Timing } from './measure.ts';

/** A graph on our onnxruntime-web, its large bytes by the paths that the page fetches them from. */
export interface BrowserGraph {
  readonly kind: 'graph';
  readonly name: string;
  readonly model: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly input: string;
  readonly output: string;
}

/** The image tower of a folder of `models`, run by `@huggingface/transformers`. */
export interface BrowserTransformers {
  readonly kind: 'transformers';
  readonly name: string;
  readonly model: string;
}

export type BrowserContender = BrowserGraph | BrowserTransformers;

export interface BrowserRun {
  /** `webgpu` or `wasm`. */
  readonly provider: string;
  readonly batch: number;
  readonly rounds: number;
  readonly threads: number;
  /** [batch, 3, 224, 224]. */
  readonly pixels: Float32Array;
  /** The node_modules folder that has `@huggingface/transformers`. */
  readonly packages: string;
  /** The folder of model folders. */
  readonly models: string;
}

export interface BrowserResult {
  readonly timings: Timing[];
  readonly outputs: number[][];
  /** What each ran on. */
  readonly runtimes: string[];
  /** The GPU's words for itself, and whether it has half floats; empty without one. */
  readonly adapter: string;
}

const OURS = fileURLToPath(new URL('../node_modules/onnxruntime-web/dist/', import.meta.url));
const PAGE_SCRIPT = fileURLToPath(new URL('inBrowserPage.mjs', import.meta.url));
const TYPES: Record<string, string> = {
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
  '.json': 'application/json',
};

const PAGE = `<!doctype html><script type="importmap">
${JSON.stringify({
  imports: {
    '@huggingface/transformers': '/packages/@huggingface/transformers/dist/transformers.web.js',
    'onnxruntime-web/webgpu': '/packages/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs',
    'onnxruntime-common': '/packages/onnxruntime-common/dist/esm/index.js',
  },
})}
</script><script type="module" src="/page.mjs"></script>`;

/** Lets contenders take turns in headless Chromium, isolated so that WASM has its threads; medians. */
export async function timeInBrowser(
  contenders: readonly BrowserContender[],
  run: BrowserRun,
): Promise<BrowserResult> {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/page.html' : decodeURIComponent(request.url!.split('?')[0]!);
    const body = answer(contenders, run, path);
    response.writeHead(body ? 200 : 404, {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'content-length': body?.length ?? 0,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-unsafe-webgpu'] });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction('window.ready === true');
    const { provider, batch, rounds, threads } = run;
    const asked = { provider, batch, rounds, threads, contenders: contenders.map(described) };
    const result = (await page.evaluate(`window.timed(${JSON.stringify(asked)})`)) as {
      outputs: number[][];
      times: number[][];
      runtimes: string[];
      adapter: string;
    };
    const timings = contenders.map(({ name }, i) => ({ name, ms: median(result.times[i]!), runs: rounds }));
    return { ...result, timings };
  } finally {
    await browser.close();
    server.close();
  }
}

function described(contender: BrowserContender, index: number) {
  if (contender.kind === 'transformers') return contender;
  const { kind, input, output, files } = contender;
  return { kind, index, input, output, files: [...files.keys()] };
}

function answer(
  contenders: readonly BrowserContender[],
  { pixels, packages, models }: BrowserRun,
  path: string,
): Uint8Array | undefined {
  const [, kind, first, second] = path.split('/');
  if (path === '/page.html') return Buffer.from(PAGE);
  if (path === '/page.mjs') return readFileSync(PAGE_SCRIPT);
  if (kind === 'ort') return fileBelow(OURS, path.slice('/ort/'.length));
  if (kind === 'packages') return fileBelow(packages, path.slice('/packages/'.length));
  if (kind === 'models') return fileBelow(models, path.slice('/models/'.length));
  if (kind !== 'data') return undefined;
  if (first === 'pixels') return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const graph = contenders[Number(first)];
  if (graph?.kind !== 'graph') return undefined;
  return second === 'model' ? graph.model : [...graph.files.values()][Number(second)];
}

function fileBelow(folder: string, name: string): Uint8Array | undefined {
  const path = resolve(folder, name);
  if (!path.startsWith(resolve(folder))) return undefined;
  try {
    return readFileSync(path);
  } catch {
    return undefined; // a 404, which is how transformers.js finds out what a model has
  }
}
