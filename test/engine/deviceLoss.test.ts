import { afterEach, describe, expect, it, vi } from 'vitest';
import { configJson } from '../../src/clip/configJson.ts';
import type { Backend } from '../../src/engine/backend.ts';
import { nodeBackend } from '../../src/engine/backends/node.ts';
import { ClipEngine } from '../../src/engine/clipEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import { LensError } from '../../src/errors.ts';
import { Models } from '../../workers/models/larder.ts';
import { OpenModel } from '../../workers/openModel.ts';
import { randomCheckpoint, TINY_VISION } from '../support/randomClip.ts';
import { randomPixels, randomWeights } from './cases.ts';

const config = { vision: TINY_VISION, dim: 8 };
const pixels = pixelsInMemory(randomPixels(4, TINY_VISION.imageSize), TINY_VISION.imageSize);

/** The processor, with a way to go away as a GPU does; once gone, its sessions never answer. */
async function losable(): Promise<{ backend: Backend; lose: () => void }> {
  const processor = await nodeBackend({ threads: 1 });
  let gone = false;
  let announce: (error: Error) => void = () => {};
  const lost = new Promise<Error>((resolve) => {
    announce = resolve;
  });
  const backend: Backend = {
    ...processor,
    lost,
    session: async (graph, options) => {
      const session = await processor.session(graph, options);
      return { ...session, run: (feeds) => (gone ? new Promise(() => {}) : session.run(feeds)) };
    },
  };
  const lose = (): void => {
    gone = true;
    announce(new LensError('device-lost', 'The GPU went away.'));
  };
  return { backend, lose };
}

describe('a lost device', () => {
  it('fails the call under way and every later one with `device-lost`', async () => {
    const { backend, lose } = await losable();
    const engine = new ClipEngine(backend, { weights: randomWeights(config), batchSize: 1 });
    const job = engine.analyse(
      pixels,
      { block: 0, topK: 2, listed: 1 },
      { onProgress: ({ stage, done }) => stage.includes('through the model') && done === 2 && lose() },
    );
    await expect(job).rejects.toMatchObject({ tag: 'device-lost' });
    await expect(engine.embedImages(pixels)).rejects.toMatchObject({ tag: 'device-lost' });
  });
});

const devices: Awaited<ReturnType<typeof losable>>[] = [];
vi.mock('../../src/engine/webEngine.ts', () => ({
  prepareRuntime: () => {},
  openWebEngine: async (options: ConstructorParameters<typeof ClipEngine>[1]) => {
    const device = await losable();
    devices.push(device);
    return { engine: new ClipEngine(device.backend, options), lost: device.backend.lost };
  },
}));

describe('the open model', () => {
  const files: Record<string, string | Uint8Array<ArrayBuffer>> = {
    'config.json': JSON.stringify(configJson(config)),
    'preprocessor_config.json': JSON.stringify({ size: 16, crop_size: 16 }),
    'model.safetensors': Uint8Array.from(randomCheckpoint(config, 3)),
  };
  const serve = (fetched: string[]) =>
    vi.stubGlobal('fetch', async (url: string) => {
      fetched.push(url);
      const body = url.startsWith('/model/') ? files[url.slice('/model/'.length)] : undefined;
      return new Response(body, { status: body === undefined ? 404 : 200 });
    });
  afterEach(() => vi.unstubAllGlobals());

  it('starts again after a loss, without fetching anything again', async () => {
    const fetched: string[] = [];
    serve(fetched);
    const model = new OpenModel(new Models());
    const info = await model.open({ kind: 'folder', url: '/model/' }, {}, {});
    expect(info.hash).toMatch(/^[0-9a-f]{64}$/);
    const before = fetched.length;
    const { engine } = await model.running({});
    devices.at(-1)?.lose();
    await expect(engine.embedImages(pixels)).rejects.toMatchObject({ tag: 'device-lost' });
    const again = await model.running({});
    expect(await again.engine.embedImages(pixels)).toHaveLength(4 * 8);
    expect(fetched).toHaveLength(before);
  });

  it('stays open when another cannot be read', async () => {
    serve([]);
    const model = new OpenModel(new Models());
    await model.open({ kind: 'folder', url: '/model' }, {}, {});
    await expect(model.open({ kind: 'folder', url: '/elsewhere' }, {}, {})).rejects.toMatchObject({
      tag: 'unavailable',
    });
    const { engine } = await model.running({});
    expect(await engine.embedImages(pixels)).toHaveLength(4 * 8);
  });

  it('refuses work before a model is open', async () => {
    await expect(new OpenModel(new Models()).running({})).rejects.toMatchObject({ tag: 'bad-request' });
  });
});
