/**
 * A page with nothing but the lens client, for engine.spec.ts: the same worker and bundle as the
 * product's, driven from the test. It is built on its own and is no part of the product.
 */
import { isLensError } from '../../src/errors.ts';
import type { AnalysisOptions } from '../../src/lens/analysis.ts';
import type { Progress } from '../../src/progress.ts';
import { lensClient, type TextPool } from '../../workers/client.ts';
import type { ModelSource, RunOptions, SetSource } from '../../workers/protocol.ts';

/** Every worker started on this page, so that a test can break one. */
const workers: Worker[] = [];
window.Worker = class extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    workers.push(this);
  }
};

const client = lensClient();
let pool: TextPool | undefined;
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

/** Tag and words of the LensError that `work` rejects with, or what else became of it. */
const failureOf = (work: Promise<unknown>): Promise<{ tag: string; message: string }> =>
  work.then(
    () => ({ tag: 'none', message: 'it succeeded' }),
    (error: unknown) => ({ tag: isLensError(error) ? error.tag : 'not a LensError', message: String(error) }),
  );

const harness = {
  async pictures(urls: string[]): Promise<void> {
    const files = await Promise.all(urls.map(async (url) => (await fetch(url)).blob()));
    pictures = { kind: 'files', files };
  },
  open: (url: string, run: RunOptions) => client.open({ kind: 'folder', url }, run),
  openFailure: (url: string, run: RunOptions) => failureOf(client.open({ kind: 'folder', url }, run)),
  /** A model of any source, and the progress of getting it. */
  async openSource(source: ModelSource, run: RunOptions) {
    const progress: Progress[] = [];
    const info = await client.open(source, { ...run, onProgress: (step) => progress.push(step) });
    return { info, progress };
  },
  openSourceFailure: (source: ModelSource, run: RunOptions) => failureOf(client.open(source, run)),
  /** What becomes of an opening that is cancelled once so many bytes have arrived. */
  cancelledOpening(source: ModelSource, run: RunOptions, bytes: number) {
    const controller = new AbortController();
    const onProgress = ({ stage, done }: Progress): void => {
      if (stage.startsWith('Downloading') && done >= bytes) controller.abort();
    };
    return failureOf(client.open(source, { ...run, signal: controller.signal, onProgress }));
  },
  /** Opens without waiting for it; resolves when so many bytes have arrived. */
  openUntil: (source: ModelSource, run: RunOptions, bytes: number) =>
    new Promise<void>((resolve) => {
      const onProgress = ({ stage, done }: Progress): void => {
        if (stage.startsWith('Downloading') && done >= bytes) resolve();
      };
      client.open(source, { ...run, onProgress }).catch(() => {});
    }),
  plan: (source: ModelSource) => client.plan(source),
  storedModels: () => client.storedModels(),
  forgetModel: (id: string) => client.forgetModel(id),
  modelInfo: () => client.modelInfo(),
  /** Texts' embeddings, and the progress of fetching the text tower for them. */
  async embedTexts(texts: readonly string[]) {
    const progress: Progress[] = [];
    const embeddings = await client.embedTexts(texts, { onProgress: (step) => progress.push(step) });
    return { embeddings: base64(embeddings), progress };
  },
  /** The analysis, and the progress it reported. */
  async analyse(options: AnalysisOptions) {
    const progress: Progress[] = [];
    const analysis = await client.analyse(pictures, options, { onProgress: (step) => progress.push(step) });
    return { analysis: packed(analysis), progress };
  },
  analyseFailure: (options: AnalysisOptions) => failureOf(client.analyse(pictures, options)),
  project: async (block: number, means: readonly number[], directions: readonly number[]) =>
    packed(
      await client.project(pictures, block, {
        means: Float32Array.from(means),
        directions: Float32Array.from(directions),
      }),
    ),
  heatmaps: async (images: readonly number[], block: number, neuron: number, direction: readonly number[]) =>
    packed(await client.heatmaps(pictures, images, block, neuron, Float32Array.from(direction))),
  /** A picture read against a block's means and directions, and what acting on it gives. */
  async picture(
    image: number,
    block: number,
    means: readonly number[],
    directions: readonly number[],
    text: readonly number[],
  ) {
    const reference = {
      block,
      means: Float32Array.from(means),
      directions: Float32Array.from(directions),
      thresholds: new Float32Array(means.length / text.length),
    };
    const words = Float32Array.from(text);
    const { id, blocks } = await client.readImage(pictures, image, [reference]);
    const without = await client.ablateImage(id, [{ block, neurons: 'all' }]);
    const withoutPatch = await client.ablatePatch(id, 11);
    const options = { neurons: 10, order: 'absolute', signs: 'signed', map: 'second-order' } as const;
    return packed({
      ...blocks[0],
      without: without.representation,
      withoutPatch: withoutPatch.representation,
      text: (await client.segmentImage(id, words, options)).map,
      heads: (await client.headTextMap(id, words)).map,
      attention: (await client.attentionMaps(id)).lastBlock,
      effects: Float32Array.from(
        (await client.patchNeurons(id, 11, 5))[0]!.byActivation,
        ({ effect }) => effect,
      ),
    });
  },
  sparseCode: async (direction: readonly number[], pool: readonly number[], terms: number) =>
    packed(
      await client.sparseCode(Float32Array.from(direction), Float32Array.from(pool), {
        terms,
        atoms: 'as-released',
      }),
    ),
  /** A list of texts read by the model; with how much of it came from the disk. */
  async openPool(lines: readonly string[], template: string) {
    const source = { kind: 'file', file: new Blob([lines.join('\n')]) } as const;
    pool = await client.openPool({ source, template });
    return { count: pool.texts.length, fromDisk: pool.fromDisk, dropped: pool.dropped };
  },
  /** What becomes of such a reading, cancelled once so many texts were read. */
  openPoolFailure(lines: readonly string[], cancelAt: number) {
    const controller = new AbortController();
    const source = { kind: 'file', file: new Blob([lines.join('\n')]) } as const;
    const onProgress = ({ done }: Progress): void => {
      if (done >= cancelAt) controller.abort();
    };
    return failureOf(client.openPool({ source, template: '{}' }, { signal: controller.signal, onProgress }));
  },
  /** Codes of directions over the pool, together and the first by itself, and what of R² is chance. */
  async codes(directions: readonly number[], dim: number, terms: number) {
    if (!pool) throw new Error('no pool is open');
    const options = { terms, atoms: 'unit-atoms' } as const;
    const all = Float32Array.from(directions);
    const { texts, r2 } = await client.sparseCodes(all, dim, pool, options);
    const one = await client.sparseCode(all.slice(0, dim), pool, options);
    const chance = await client.chanceR2(pool, dim, options);
    return { texts: [...texts], r2: [...r2], one: [...one.texts], chance };
  },
  /** What becomes of an analysis that is cancelled after its first batch. */
  cancelledFailure(options: AnalysisOptions) {
    const controller = new AbortController();
    const onProgress = ({ stage, done }: Progress): void => {
      if (stage.includes('through the model') && done > 0) controller.abort();
    };
    return failureOf(client.analyse(pictures, options, { signal: controller.signal, onProgress }));
  },
  /** What becomes of an analysis whose worker breaks after its first batch. */
  async crashedFailure(options: AnalysisOptions) {
    const worker = workers.at(-1);
    const onProgress = ({ stage, done }: Progress): void => {
      if (!stage.includes('through the model') || done === 0) return;
      worker?.terminate();
      worker?.dispatchEvent(new ErrorEvent('error', { message: 'broken by the test' }));
    };
    return failureOf(client.analyse(pictures, options, { onProgress }));
  },
  breakWorker(): void {
    workers.at(-1)?.terminate();
    workers.at(-1)?.dispatchEvent(new ErrorEvent('error', { message: 'broken by the test' }));
  },
  workersStarted: () => workers.length,
};

export type Harness = typeof harness;
Object.assign(window, { harness });
