/**
 * A page with nothing but the lens client, for engine.spec.ts: the same worker and bundle as the
 * product's, driven from the test. It is built on its own and is no part of the product.
 */
import { isLensError } from '../../src/errors.ts';
import type { AnalysisOptions } from '../../src/lens/analysis.ts';
import type { Progress } from '../../src/progress.ts';
import { lensClient } from '../../workers/client.ts';
import type { RunOptions, SetSource } from '../../workers/protocol.ts';

const client = lensClient();
let pictures: SetSource = { kind: 'files', files: [] };

/** Arrays cross to the test as base64 of their bytes. */
const base64 = (array: Float32Array | Int32Array): string => {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
};

const packed = (result: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(result).map(([name, value]) => [
      name,
      value instanceof Float32Array || value instanceof Int32Array ? base64(value) : value,
    ]),
  );

/** The tag of the LensError that `work` rejects with, or what else became of it. */
const tagOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (isLensError(error) ? error.tag : `not a LensError: ${String(error)}`),
  );

/** Longest the page was kept from answering, in ms, while `work` ran. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let [last, longest, running] = [performance.now(), 0, true];
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setTimeout(tick, 0);
  };
  tick();
  await work().finally(() => {
    running = false;
  });
  return longest;
}

const harness = {
  async pictures(urls: string[]): Promise<void> {
    const files = await Promise.all(urls.map(async (url) => (await fetch(url)).blob()));
    pictures = { kind: 'files', files };
  },
  open: (url: string, options: RunOptions) => client.open({ url }, options),
  openTag: (url: string, options: RunOptions) => tagOf(client.open({ url }, options)),
  analyse: async (options: AnalysisOptions) => packed(await client.analyse(pictures, options)),
  analyseTag: (options: AnalysisOptions) => tagOf(client.analyse(pictures, options)),
  project: async (block: number, means: number[], directions: number[]) =>
    packed(
      await client.project(pictures, block, {
        means: Float32Array.from(means),
        directions: Float32Array.from(directions),
      }),
    ),
  heatmaps: async (images: number[], block: number, neuron: number, direction: number[]) =>
    packed(await client.heatmaps(pictures, images, block, neuron, Float32Array.from(direction))),
  sparseCode: async (direction: number[], pool: number[], terms: number) =>
    packed(
      await client.sparseCode(Float32Array.from(direction), Float32Array.from(pool), {
        terms,
        atoms: 'as-released',
      }),
    ),
  /** Cancels an analysis after its first progress message with images in it. */
  async cancelTag(options: AnalysisOptions): Promise<{ tag: string; progress: Progress[] }> {
    const controller = new AbortController();
    const progress: Progress[] = [];
    const onProgress = (step: Progress): void => {
      progress.push(step);
      if (step.done > 0) controller.abort();
    };
    return {
      tag: await tagOf(client.analyse(pictures, options, { signal: controller.signal, onProgress })),
      progress,
    };
  },
  longestBlock: (options: AnalysisOptions) => longestBlock(() => client.analyse(pictures, options)),
};

export type Harness = typeof harness;
Object.assign(window, { harness });
