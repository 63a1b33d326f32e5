import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { httpFiles, openPack } from '../../src/pack/index.ts';
import { neuronPages } from '../../src/state/neuronView.ts';
import { createLensStore } from '../../src/state/store.ts';
import { LARGE, largePack } from '../pack/large.ts';
import { type FileServer, fileServer } from '../support/fileServer.ts';
import { fakeServices } from './fakes.ts';

/** What the page of a neuron asks of a host, beyond pictures, for a pack of 12 blocks of 3,072 neurons. */
describe('traffic of a large pack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'neuronlens-pack-'));
  let server: FileServer;
  beforeAll(async () => {
    for (const [name, bytes] of largePack()) writeFileSync(join(folder, name), bytes);
    const files = readdirSync(folder).map((name) => [`/pack/${name}`, readFileSync(join(folder, name))]);
    server = await fileServer(Object.fromEntries(files));
  }, 120_000);
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const size = (path: string) => server.files.get(path)?.length ?? 0;
  const traffic = () => ({
    requests: server.asked.length,
    bytes: server.asked.reduce((sum, { path, range }) => sum + (range ? range[1] - range[0] : size(path)), 0),
  });

  /** A store on the page of a neuron, its words wanted, as the page asks for them. */
  async function openNeuron(neuron: number) {
    const openIt = () => openPack(httpFiles(`${server.url}/pack/`));
    const store = createLensStore(fakeServices({}, { openPack: openIt }));
    const pageOf = neuronPages();
    const page = () => pageOf(store.getState(), 0, neuron);
    store.getState().openNeuron(neuron, 0);
    await store.getState().openSubject();
    await vi.waitFor(() => expect(page().detail.status).toBe('ready'));
    await vi.waitFor(() => expect(page().code(16, 'unit-atoms').status).toBe('ready'));
    await vi.waitFor(() => expect(page().measures).toBeDefined());
    return { store, page };
  }

  it('is under 300 kB and five requests for a neuron whose address was opened', async () => {
    expect(statSync(join(folder, 'block-0.safetensors')).size).toBeGreaterThan(20e6);
    server.asked.length = 0;
    const { store, page } = await openNeuron(1234);
    const detail = page().detail;
    if (detail.status !== 'ready') throw new Error('not ready');
    expect(detail.value.neighbours).toHaveLength(12);
    expect(detail.value.opposites).toHaveLength(12);
    expect(detail.value.headShares).toHaveLength(144);
    expect(detail.value.positive).toHaveLength(LARGE.listed);
    expect(page().chance(16, 'unit-atoms')?.mean).toBe(0.1);
    const opened = traffic();
    expect(opened.bytes).toBeLessThan(300e3);
    expect(opened.requests).toBeLessThanOrEqual(5);

    server.asked.length = 0;
    store.getState().stepNeuron(1);
    const next = store.getState().view.neuron!;
    await vi.waitFor(() => expect(store.getState().rows.get(`0 ${next}`)?.status).toBe('ready'));
    const stepped = traffic();
    expect(stepped.bytes).toBeLessThan(16e3);
    expect(stepped.requests).toBe(2);
    console.info(`a neuron opened: ${JSON.stringify(opened)}; the next one: ${JSON.stringify(stepped)}`);
  });

  it('falls back to whole files, each once, on a host without ranges', async () => {
    server.asked.length = 0;
    server.fault = () => ({ noRanges: true });
    const { page } = await openNeuron(7);
    server.fault = () => undefined;
    expect(page().detail.status).toBe('ready');
    const bodies = server.asked.filter(({ path }) => path.endsWith('block-0.safetensors'));
    expect(bodies.length).toBeLessThanOrEqual(2);
  });

  it('says so when a file ends early', async () => {
    const path = '/pack/block-0.safetensors';
    const whole = server.files.get(path)!;
    server.files.set(path, whole.subarray(0, 10e6));
    const pack = await openPack(httpFiles(`${server.url}/pack`));
    await expect(pack.neuron(0, 3)).rejects.toMatchObject({ tag: 'bad-file' });
    server.files.set(path, whole);
    await expect(pack.neuron(0, 3)).resolves.toBeDefined();
  });
});
