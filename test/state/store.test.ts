import { describe, expect, it, vi } from 'vitest';
import { LensError } from '../../src/errors.ts';
import { bindHistory } from '../../src/state/history.ts';
import { neuronPages } from '../../src/state/neuronView.ts';
import { overviewOf, sourceOf, vectorsOf } from '../../src/state/numbers.ts';
import { orderOf } from '../../src/state/ranking.ts';
import { searchScoresOf } from '../../src/state/searchSlice.ts';
import type { HistoryPort, LensClient } from '../../src/state/services.ts';
import { createLensStore } from '../../src/state/store.ts';
import { fakeServices, madeUpInfo, openedStore, SIZES, summaryOf } from './fakes.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('opening', () => {
  it('opens the pack, chooses a block that exists and loads it', async () => {
    const store = await openedStore();
    const state = store.getState();
    expect([0, 2]).toContain(state.view.block);
    expect(overviewOf(state, state.view.block)?.typicalNorm).toHaveLength(SIZES.neurons);
    expect(vectorsOf(state, state.view.block).status).toBe('ready');
    expect(state.problems).toEqual([]);
  });

  it('moves a link to a block that is not there to the nearest, and says so', async () => {
    const store = createLensStore(fakeServices());
    store.getState().followAddress('#/pictogram-clip/pictograms/7/99');
    await store.getState().openSubject();
    expect(store.getState().view).toMatchObject({ page: 'neuron', block: 2, neuron: SIZES.neurons - 1 });
    expect(store.getState().problems).toHaveLength(2);
  });

  it('shows the default analysis for a model it does not ship, and says so', async () => {
    const store = createLensStore(fakeServices());
    store.getState().followAddress('#/other/set/0');
    await store.getState().openSubject();
    expect(store.getState().view).toMatchObject({ model: 'pictogram-clip', set: 'pictograms' });
    expect(store.getState().problems[0]).toMatch(/no analysis of other on set/);
  });

  it('fails with a sentence and succeeds when tried again', async () => {
    const services = fakeServices();
    let broken = true;
    const open = services.openPack;
    const store = createLensStore({
      ...services,
      openPack: async (url) => {
        if (broken) throw new LensError('unavailable', 'No network.');
        return open(url);
      },
    });
    await store.getState().openSubject();
    expect(store.getState().subject).toEqual({ status: 'failed', message: 'No network.' });
    broken = false;
    await store.getState().openSubject();
    expect(store.getState().subject.status).toBe('ready');
  });
});

describe('moving', () => {
  it('steps in the order of the list, round at the ends', async () => {
    const store = await openedStore();
    const order = orderOf(store.getState());
    store.getState().stepNeuron(1);
    expect(store.getState().view.neuron).toBe(order[0]);
    store.getState().stepNeuron(-1);
    expect(store.getState().view.neuron).toBe(order.at(-1));
    store.getState().stepNeuron(1);
    expect(store.getState().view.neuron).toBe(order[0]);
  });

  it('loads the block it moves to', async () => {
    const store = await openedStore();
    store.getState().openBlock(0);
    await vi.waitFor(() => expect(vectorsOf(store.getState(), 0).status).toBe('ready'));
    expect(store.getState().view).toMatchObject({ page: 'block', block: 0 });
    expect(store.getState().view.neuron).toBeUndefined();
  });
});

describe('the address', () => {
  function fakeHistory(first: string) {
    const entries = [first];
    let changed: () => void = () => {};
    const port: HistoryPort = {
      hash: () => entries.at(-1)!,
      push: (hash) => entries.push(hash),
      replace: (hash) => entries.splice(-1, 1, hash),
      listen: (call) => {
        changed = call;
      },
    };
    const back = () => {
      entries.pop();
      changed();
    };
    return { port, entries, back };
  }

  it('makes a step for a place, none for a setting, and follows Back', async () => {
    vi.useFakeTimers();
    try {
      const store = createLensStore(fakeServices());
      const { port, entries, back } = fakeHistory('');
      bindHistory(store, port);
      await store.getState().openSubject();
      await vi.advanceTimersByTimeAsync(500);
      expect(entries).toEqual(['#/pictogram-clip/pictograms/0']);
      store.getState().openNeuron(3);
      store.getState().setView({ terms: 4 });
      await vi.advanceTimersByTimeAsync(500);
      expect(entries).toEqual(['#/pictogram-clip/pictograms/0', '#/pictogram-clip/pictograms/0/3?m=4']);
      store.getState().openBlock(2);
      expect(entries).toHaveLength(3);
      back();
      expect(store.getState().view).toMatchObject({ page: 'neuron', neuron: 3, terms: 4 });
      back();
      expect(store.getState().view).toMatchObject({ page: 'block', block: 0, terms: 16 });
      await vi.advanceTimersByTimeAsync(500);
      expect(entries).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('replaces an address that could not be followed', async () => {
    const store = createLensStore(fakeServices());
    const { port, entries } = fakeHistory('#/pictogram-clip/pictograms/2/77?m=3');
    bindHistory(store, port);
    await store.getState().openSubject();
    await vi.waitFor(() => expect(entries).toEqual(['#/pictogram-clip/pictograms/2/7']));
    expect(store.getState().problems).toHaveLength(2);
  });
});

/** Reads texts at once, but one with a certain word when it is released. */
function readerHeldUpBy(word: string) {
  let release: () => void = () => {};
  const embedTexts = vi.fn(async (texts: readonly string[]) => {
    if (texts[0]!.includes(word))
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    return new Float32Array(texts.length * SIZES.dim).fill(1);
  });
  return { embedTexts, release: () => release() };
}

describe('searching', () => {
  it('answers a shipped word without the model', async () => {
    const client = vi.fn();
    const store = await openedStore({}, { client });
    store.getState().submitQuery(' A Dog ');
    await vi.waitFor(() => expect(store.getState().search.status).toBe('ready'));
    expect(store.getState().search).toMatchObject({ value: { from: 'pool', sentences: ['dog'] } });
    expect(searchScoresOf(store.getState())).toHaveLength(SIZES.neurons);
    expect(store.getState().view.sort).toBe('searchScore');
    expect(client).not.toHaveBeenCalled();
  });

  it('does not start the model for letters, but at Enter', async () => {
    const embedTexts = vi.fn(async (texts: readonly string[]) =>
      new Float32Array(texts.length * SIZES.dim).fill(1),
    );
    const store = await openedStore({ embedTexts });
    store.getState().typeQuery('red dog');
    await vi.waitFor(() => expect(store.getState().searchWaits).toBe(true));
    expect(store.getState().engine.status).toBe('idle');
    store.getState().submitQuery('red dog');
    await vi.waitFor(() => expect(store.getState().search.status).toBe('ready'));
    expect(embedTexts.mock.calls[0]![0]).toEqual(['a photo of red dog', 'red dog']);
    const { embedding } = (store.getState().search as { value: { embedding: Float32Array } }).value;
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
  });

  it('does not fetch a text tower for letters, and says how far it is at Enter', async () => {
    const { text: _, ...config } = madeUpInfo().config;
    const downloading = { stage: 'Downloading the text tower', done: 1, total: 9, unit: 'bytes' } as const;
    let arrive: () => void = () => {};
    const embedTexts = vi.fn<LensClient['embedTexts']>(async (texts, job) => {
      job?.onProgress?.(downloading);
      await new Promise<void>((resolve) => {
        arrive = resolve;
      });
      return new Float32Array(texts.length * SIZES.dim).fill(1);
    });
    const store = await openedStore({ embedTexts, open: async () => ({ ...madeUpInfo(), config }) });
    await store.getState().ensureEngine();
    store.getState().typeQuery('red dog');
    await vi.waitFor(() => expect(store.getState().searchWaits).toBe(true));
    expect(embedTexts).not.toHaveBeenCalled();
    store.getState().submitQuery('red dog');
    await vi.waitFor(() => expect(store.getState().searchProgress).toEqual(downloading));
    arrive();
    await vi.waitFor(() => expect(store.getState().search.status).toBe('ready'));
  });

  it('reads words once, though Enter follows the last letter', async () => {
    const embedTexts = vi.fn(async (texts: readonly string[]) =>
      new Float32Array(texts.length * SIZES.dim).fill(1),
    );
    const store = await openedStore({ embedTexts });
    await store.getState().ensureEngine();
    store.getState().typeQuery('red dog');
    store.getState().submitQuery('red dog');
    await vi.waitFor(() => expect(store.getState().search.status).toBe('ready'));
    store.getState().submitQuery('red dog');
    await settled();
    expect(embedTexts).toHaveBeenCalledTimes(1);
  });

  it('lets go of what was typed since when the words are the answered ones again', async () => {
    const { embedTexts, release } = readerHeldUpBy('doggy');
    const store = await openedStore({ embedTexts });
    store.getState().submitQuery('red dog');
    await vi.waitFor(() => expect(store.getState().search.status).toBe('ready'));
    store.getState().submitQuery('red doggy');
    await vi.waitFor(() => expect(embedTexts).toHaveBeenCalledTimes(2));
    store.getState().typeQuery('red dog');
    release();
    await settled();
    expect(store.getState().search).toMatchObject({ status: 'ready', value: { query: 'red dog' } });
  });

  it('fetches what the words are matched with while they are read', async () => {
    const store = createLensStore(fakeServices({ embedTexts: () => new Promise<Float32Array>(() => {}) }));
    await store.getState().openSubject();
    const { block } = store.getState().view;
    await vi.waitFor(() => expect(store.getState().overviews.get(block)?.status).toBe('ready'));
    expect(store.getState().vectors.has(block)).toBe(false);
    store.getState().submitQuery('red dog');
    await vi.waitFor(() => expect(store.getState().vectors.get(block)?.status).toBe('ready'));
    expect(store.getState().search.status).toBe('loading');
  });

  it('keeps only the newest of two searches', async () => {
    const { embedTexts, release } = readerHeldUpBy('first');
    const store = await openedStore({ embedTexts });
    store.getState().submitQuery('first words');
    await vi.waitFor(() => expect(embedTexts).toHaveBeenCalledTimes(1));
    store.getState().submitQuery('second words');
    await vi.waitFor(() => expect(store.getState().search.status).toBe('ready'));
    release();
    await settled();
    expect(store.getState().search).toMatchObject({ value: { query: 'second words' } });
  });

  it('goes to a neuron by its number, or says that there is none', async () => {
    const store = await openedStore();
    store.getState().submitQuery('#5');
    expect(store.getState().view).toMatchObject({ page: 'neuron', neuron: 5, query: '' });
    store.getState().submitQuery('800');
    expect(store.getState().notices[0]?.text).toMatch(/no neuron 800/);
  });

  it('says why a search failed and goes back to the old order when it ends', async () => {
    const store = await openedStore();
    store.getState().submitQuery('red dog');
    await vi.waitFor(() =>
      expect(store.getState().search).toEqual({ status: 'failed', message: 'not in this test' }),
    );
    store.getState().typeQuery('');
    expect(store.getState().search.status).toBe('idle');
    expect(store.getState().view.sort).toBe('typicalNorm');
  });
});

describe('recomputing', () => {
  it('gives live numbers that agree with the shipped, and switches between both', async () => {
    const store = await openedStore({ summarise: async (_, options) => summaryOf(options.block) });
    const { block } = store.getState().view;
    await store.getState().recompute();
    const state = store.getState();
    expect(state.job).toEqual({ status: 'done', block });
    expect(sourceOf(state, block)).toBe('live');
    const { agreement } = state.live.get(block)!;
    expect(agreement?.typicalNormError).toBe(0);
    expect(agreement?.equalTopSets).toBe(1);
    expect(agreement?.cosineSmallest).toBeCloseTo(1, 6);
    state.setSource('shipped');
    expect(sourceOf(store.getState(), block)).toBe('shipped');
  });

  it('reports progress with the time left', async () => {
    const seen: unknown[] = [];
    const store = await openedStore({
      summarise: async (_, options, job) => {
        job?.onProgress?.({ stage: 'Images', done: 10, total: 30 });
        seen.push(store.getState().job);
        return summaryOf(options.block);
      },
    });
    await store.getState().recompute();
    expect(seen[0]).toMatchObject({ status: 'running', progress: { done: 10, total: 30 } });
    expect((seen[0] as { secondsLeft: number }).secondsLeft).toBeGreaterThan(0);
  });

  it('ends at once when cancelled and keeps nothing', async () => {
    const store = await openedStore({
      summarise: (_, __, job) =>
        new Promise((_, reject) => {
          job?.signal?.addEventListener('abort', () => reject(new LensError('cancelled', 'Cancelled.')));
        }),
    });
    const run = store.getState().recompute();
    await settled();
    store.getState().cancelJob();
    await run;
    expect(store.getState().job.status).toBe('cancelled');
    expect(store.getState().live.size).toBe(0);
  });

  it('says why it failed', async () => {
    const store = await openedStore();
    await store.getState().recompute();
    expect(store.getState().job).toMatchObject({ status: 'failed', message: 'not in this test' });
  });
});

describe('the page of a neuron', () => {
  const pageOf = neuronPages();

  it('holds measures, pictures, heads and neighbours', async () => {
    const store = await openedStore();
    const { block } = store.getState().view;
    await store.getState().ensureNeuron(block, 1);
    const page = pageOf(store.getState(), block, 1);
    expect(page.neurons).toBe(SIZES.neurons);
    expect(page.measures?.rankByTypicalNorm).toBeGreaterThanOrEqual(1);
    if (page.detail.status !== 'ready') throw new Error('detail is not ready');
    const { positive, negative, headShares, neighbours } = page.detail.value;
    expect(positive[0]!.value).toBeGreaterThan(positive[1]!.value);
    expect(negative[0]!.value).toBeLessThan(0);
    expect(positive[0]!.caption).toBe(`caption ${positive[0]!.image}`);
    expect(headShares[0]!.head.block).toBe(block + 1);
    expect(neighbours.every(({ neuron }) => neuron !== 1)).toBe(true);
  });

  it('is the same object until something in it changes', async () => {
    const store = await openedStore();
    const { block } = store.getState().view;
    const first = pageOf(store.getState(), block, 1);
    store.getState().notify('info', 'elsewhere');
    expect(pageOf(store.getState(), block, 1)).toBe(first);
  });

  it('gathers heat maps asked for together into one call, and keeps them', async () => {
    const heatmaps = vi.fn(async (_set: unknown, images: readonly number[]) => ({
      gridSide: 2,
      activation: new Float32Array(images.length * 4).fill(1),
      secondOrder: Float32Array.from({ length: images.length * 4 }, (_, i) => i),
      clsTerm: new Float32Array(images.length).fill(0.5),
    }));
    const store = await openedStore({ heatmaps });
    const { block } = store.getState().view;
    pageOf(store.getState(), block, 1).requestHeatmaps([4]);
    pageOf(store.getState(), block, 1).requestHeatmaps([4, 9, -1]);
    expect(pageOf(store.getState(), block, 1).heatmaps.get(9)?.status).toBe('loading');
    await vi.waitFor(() => expect(pageOf(store.getState(), block, 1).heatmaps.get(9)?.status).toBe('ready'));
    expect(heatmaps).toHaveBeenCalledTimes(1);
    expect(heatmaps.mock.calls[0]![1]).toEqual([4, 9]);
    expect(pageOf(store.getState(), block, 1).heatmaps.get(9)).toMatchObject({
      value: { gridSide: 2, secondOrder: new Float32Array([4, 5, 6, 7]), clsTerm: 0.5 },
    });
    pageOf(store.getState(), block, 1).requestHeatmaps([4, 9]);
    await settled();
    expect(heatmaps).toHaveBeenCalledTimes(1);
  });

  it('puts a direction into words, or says why not', async () => {
    const sparseCode = vi.fn(async () => ({
      options: { terms: 4, atoms: 'unit-atoms' as const },
      texts: new Int32Array([2, 0]),
      coefficients: new Float32Array([0.5, -0.25]),
      r2: 0.75,
    }));
    const store = await openedStore({ sparseCode });
    const { block } = store.getState().view;
    const page = () => pageOf(store.getState(), block, 1);
    page().requestSparseCode(4, 'unit-atoms');
    await vi.waitFor(() => expect(page().code(4, 'unit-atoms').status).toBe('ready'));
    expect(page().code(4, 'unit-atoms')).toMatchObject({
      value: {
        r2: 0.75,
        terms: [
          { text: 'snowman ☃', coefficient: 0.5 },
          { text: 'cat', coefficient: -0.25 },
        ],
      },
    });
    expect(page().code(8, 'unit-atoms').status).toBe('idle');
    expect(store.getState().engine.status).toBe('idle');
  });
});

describe('own pictures', () => {
  const file = (name: string) => new File(['x'], name);
  const projection = (images: number) => ({
    activations: new Float32Array(images * SIZES.neurons).fill(1),
    norms: new Float32Array(images * SIZES.neurons).fill(2),
    embeddings: new Float32Array(images * SIZES.dim).fill(3),
  });

  it('takes a picture once and measures it', async () => {
    const project = vi.fn(async (set: { kind: string; files?: readonly Blob[] }) =>
      projection(set.files!.length),
    );
    const store = await openedStore({ project: project as never });
    await store.getState().addOwn([file('a.png'), file('b.png'), file('a.png')]);
    const { own, view } = store.getState();
    expect(own.map((picture) => picture.name)).toEqual(['a.png', 'b.png']);
    expect(own[0]!.effects.get(`shipped ${view.block}`)).toMatchObject({ status: 'ready' });
    expect(store.getState().ownProgress).toBeUndefined();
  });

  it('lets one broken picture spoil only itself', async () => {
    const project = async (set: { files: readonly File[] }) => {
      const broken = set.files.find((given) => given.name === 'bad.png');
      if (broken) throw new LensError('bad-file', 'bad.png is broken.');
      return projection(set.files.length);
    };
    const store = await openedStore({ project: project as never });
    await store.getState().addOwn([file('a.png'), file('bad.png')]);
    const [good, bad] = store.getState().own.map((picture) => [...picture.effects.values()][0]);
    expect(good?.status).toBe('ready');
    expect(bad).toEqual({ status: 'failed', message: 'bad.png is broken.' });
  });
});
