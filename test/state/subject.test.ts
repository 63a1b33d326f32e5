import { describe, expect, it, vi } from 'vitest';
import { LensError } from '../../src/errors.ts';
import { loadedValue } from '../../src/state/data.ts';
import { overviewOf, sourceOf } from '../../src/state/numbers.ts';
import { createLensStore } from '../../src/state/store.ts';
import { blocksOf, neuronsOf, optionsFor } from '../../src/state/subject.ts';
import { fakeServices, madeUpInfo, openedStore, SIZES, summaryOf } from './fakes.ts';

const LOCAL = 'local-0123456789ab';
const file = (name: string) => new File([name], name);
const source = { kind: 'files' as const, files: [file('model.safetensors')] };
const plan = {
  title: 'A file',
  files: [],
  bytesToDownload: 0,
  textBytesToDownload: undefined,
  bytesStored: 0,
  quotaFree: undefined,
  needs: { gpuBytes: 1, wasmBytes: 1, processor: '' },
  selfCheck: undefined,
  licence: undefined,
  citation: undefined,
  problems: [],
};
const local = () => ({ ...madeUpInfo(), id: LOCAL, title: 'A file' });

/** A store whose worker opens a person's own file. */
async function openedLocal(given: Parameters<typeof fakeServices>[0] = {}) {
  const open = vi.fn(async ({ kind }: { kind: string }) => (kind === 'files' ? local() : madeUpInfo()));
  const store = await openedStore({ open, plan: async () => plan, ...given });
  await store.getState().askFor(source);
  await store.getState().openAsked();
  await vi.waitFor(() => expect(store.getState().subject.status).toBe('ready'));
  return { store, open };
}

describe('a model without shipped numbers', () => {
  it('is in view with its sizes before any number is', async () => {
    const { store } = await openedLocal();
    const state = store.getState();
    expect(state.view).toMatchObject({ page: 'block', model: LOCAL, set: 'pictograms' });
    const subject = loadedValue(state.subject)!;
    expect(subject.pack).toBeUndefined();
    expect(blocksOf(subject)).toEqual([0, 1, 2]);
    expect(neuronsOf(subject, 1)).toBe(SIZES.neurons);
    expect(subject.set.count).toBe(SIZES.images);
    expect(overviewOf(state, 0)).toBeUndefined();
    expect(sourceOf(state, 0)).toBe('live');
  });

  it('is analysed on this machine with options that suit the number of pictures', async () => {
    const summarise = vi.fn(async (_: unknown, options: { block: number }) => summaryOf(options.block));
    const { store } = await openedLocal({ summarise });
    await store.getState().recompute();
    const state = store.getState();
    expect(state.job).toEqual({ status: 'done', block: 0 });
    expect(summarise.mock.calls[0]?.[1]).toMatchObject({ block: 0, ...optionsFor(SIZES.images) });
    expect(overviewOf(state, 0)?.typicalNorm).toHaveLength(SIZES.neurons);
    expect(state.live.get(0)?.agreement).toBeUndefined();
  });

  it('keeps what was computed while another model is looked at', async () => {
    const { store } = await openedLocal({ summarise: async (_, { block }) => summaryOf(block) });
    await store.getState().recompute();
    const computed = store.getState().live.get(0);
    store.getState().openAnalysis('pictogram-clip', 'pictograms');
    await vi.waitFor(() => expect(loadedValue(store.getState().subject)?.pack).toBeDefined());
    expect(store.getState().live.size).toBe(0);
    store.getState().openAnalysis(LOCAL, 'pictograms');
    expect(store.getState().live.get(0)).toBe(computed);
  });

  it('opens each model once, and the right one after a switch', async () => {
    const { store, open } = await openedLocal({ embedTexts: async () => new Float32Array(SIZES.dim) });
    await Promise.all([store.getState().ensureEngine(), store.getState().ensureEngine()]);
    expect(open).toHaveBeenCalledTimes(1);
    store.getState().openAnalysis('pictogram-clip', 'pictograms');
    await Promise.all([store.getState().ensureEngine(), store.getState().ensureEngine()]);
    expect(open.mock.calls.map(([{ kind }]) => kind)).toEqual(['files', 'folder']);
  });

  it('says what is wrong with a link to a file on another machine', async () => {
    const store = createLensStore(fakeServices());
    store.getState().followAddress(`#/${LOCAL}/pictograms/0`);
    await store.getState().openSubject();
    expect(store.getState().subject).toMatchObject({ status: 'failed', message: /Models page/ });
  });

  it('does not download a model of the catalogue because a link names it', async () => {
    const open = vi.fn();
    const store = createLensStore(fakeServices({ open }));
    store.getState().followAddress('#/openai-vit-b-32/pictograms/9');
    await store.getState().openSubject();
    expect(loadedValue(store.getState().subject)?.model.title).toBe('OpenAI ViT-B/32');
    await expect(store.getState().ensureEngine()).rejects.toThrow(/not on this machine yet/);
    expect(open).not.toHaveBeenCalled();
  });
});

describe('asking for a model', () => {
  it('shows why it cannot be had, and forgets it when left', async () => {
    const store = await openedStore({
      plan: async () => {
        throw new LensError('unsupported', 'This is SigLIP, not CLIP.');
      },
    });
    await store.getState().askFor(source);
    expect(store.getState().asked?.plan).toEqual({ status: 'failed', message: 'This is SigLIP, not CLIP.' });
    store.getState().dropAsked();
    expect(store.getState().asked).toBeUndefined();
  });

  it('can be stopped while it loads, and the view stays where it was', async () => {
    const store = await openedStore({
      plan: async () => plan,
      open: (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(new LensError('cancelled', 'Cancelled.')));
        }),
    });
    await store.getState().askFor(source);
    const opening = store.getState().openAsked();
    store.getState().dropAsked();
    await opening;
    expect(store.getState().view.model).toBe('pictogram-clip');
    expect(store.getState().engine.status).toBe('idle');
  });
});

describe('a picture set of one’s own', () => {
  const files = Array.from({ length: 12 }, (_, i) => file(`${i}.jpg`));
  const lookThrough = async (given: readonly Blob[]) => ({
    kept: given.map((_, i) => i).filter((i) => i !== 3),
    thumbnails: given.slice(1).map(() => new Blob(['small'])),
    skipped: [{ index: 3, name: '3.jpg', reason: '3.jpg could not be decoded.' }],
  });

  it('takes the place of the shipped pictures, without those that cannot be read', async () => {
    const store = await openedStore({ lookThrough });
    await store.getState().chooseOwnSet(files, 'Holidays');
    await vi.waitFor(() => expect(store.getState().subject.status).toBe('ready'));
    const state = store.getState();
    expect(state.view.set).toBe('own');
    expect(state.ownSet?.skipped).toEqual(['3.jpg could not be decoded.']);
    const subject = loadedValue(state.subject)!;
    expect(subject.set).toEqual({ name: 'own', title: 'Holidays', count: 11 });
    expect(subject.pack).toBeUndefined();
    expect(loadedValue(state.pictures)?.caption(3)).toBe('4.jpg');
  });

  it('forgets what was computed when other pictures take their place', async () => {
    const store = await openedStore({ lookThrough, summarise: async (_, { block }) => summaryOf(block) });
    await store.getState().chooseOwnSet(files, 'Holidays');
    await vi.waitFor(() => expect(store.getState().subject.status).toBe('ready'));
    await store.getState().recompute();
    expect(store.getState().live.size).toBe(1);
    await store.getState().chooseOwnSet(files, 'Others');
    await vi.waitFor(() => expect(loadedValue(store.getState().subject)?.set.title).toBe('Others'));
    expect(store.getState().live.size).toBe(0);
  });

  it('refuses too few, with the reason of the first that was left out', async () => {
    const store = await openedStore({ lookThrough });
    await store.getState().chooseOwnSet(files.slice(0, 5), 'Few');
    expect(store.getState().notices.at(-1)?.text).toMatch(/at least 10 readable pictures; here are 4.*3.jpg/);
    expect(store.getState().view.set).toBe('pictograms');
  });

  it('is asked for by a link that cannot carry it', async () => {
    const store = createLensStore(fakeServices());
    store.getState().followAddress('#/pictogram-clip/own/0');
    await store.getState().openSubject();
    expect(store.getState().subject).toMatchObject({ status: 'failed', message: /own machine/ });
  });
});

it('keeps a twentieth of the pictures, never more than the hundred of the paper', () => {
  expect([10, 100, 1000, 2000, 50_000].map((images) => optionsFor(images).topK)).toEqual([
    5, 20, 50, 100, 100,
  ]);
});
