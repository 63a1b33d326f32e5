import { describe, expect, it, vi } from 'vitest';
import { LensError } from '../../src/errors.ts';
import { experimentKey, experimentOptions } from '../../src/state/experimentRequest.ts';
import {
  ablationSeries,
  type ExperimentRun,
  filesOfRun,
  missingForExperiment,
  secondsOfExperiment,
  waysOf,
} from '../../src/state/index.ts';
import { ownLabels } from '../../src/state/ownLabels.ts';
import type { LensClient } from '../../src/state/services.ts';
import type { AblationFigures, TrialResult } from '../../workers/experimentProtocol.ts';
import { madeUpParts, openedStore } from './fakes.ts';

const row = (ablation: AblationFigures['ablation'], percent: number, more: Partial<AblationFigures> = {}) =>
  ({
    ablation,
    block: 0,
    percent,
    standardError: 3,
    change: percent - 50,
    changeStandardError: 2,
    ...more,
  }) as AblationFigures;

const runOf = (key: string, more: Partial<ExperimentRun> = {}): ExperimentRun => ({
  key,
  address: '#/experiments',
  about: {
    software: { name: 'neuronlens', version: '1' },
    experiment: 'ablation',
    form: 'corrected',
    parameters: { layers: [0, 2], top: 4, seeds: [0, 1] },
    model: { name: 'made up', hash: madeUpParts().model.hash },
    images: { name: 'made up', hash: 'abc', count: 24 },
    analysesGiven: [0, 2],
  },
  backend: { ...madeUpParts().backend, provider: 'wasm' },
  tables: { kind: 'ablation', parts: [{ name: 'all, of them', images: 10, rows: [row('baseline', 50)] }] },
  finished: true,
  seconds: 30,
  tableSeconds: 20,
  ...more,
});

async function opened(given: Partial<LensClient> = {}) {
  const store = await openedStore(given);
  store.getState().setView({ page: 'experiments' });
  await vi.waitFor(() => expect(store.getState().pictures.status).toBe('ready'));
  return store;
}

describe('an experiment', () => {
  it('is asked for with what the page knows, and its result is shown under its key', async () => {
    const runExperiment = vi.fn<LensClient['runExperiment']>(async ({ key }) => runOf(key));
    const store = await opened({ runExperiment });
    store.getState().setView({ first: '7', layers: '2', seeds: '3.4', form: 'as-released', lengths: '4.16' });
    await store.getState().runExperiment();
    const [request] = runExperiment.mock.calls[0]!;
    expect(request).toMatchObject({
      kind: 'ablation',
      form: 'as-released',
      pictures: 7,
      blocks: [2],
      seeds: [3, 4],
      terms: [4, 16],
      words: { name: 'set' },
    });
    expect(request.analyses.map(({ block }) => block)).toEqual([2]);
    expect(request.address).toContain('form=as-released');
    expect(store.getState().runs.get(experimentKey(store.getState())!)?.finished).toBe(true);
  });

  it('gives no analysis of another k: the worker makes its own', async () => {
    const runExperiment = vi.fn<LensClient['runExperiment']>(async ({ key }) => runOf(key));
    const store = await opened({ runExperiment });
    store.getState().setView({ topK: '3' });
    await store.getState().runExperiment();
    expect(runExperiment.mock.calls[0]![0]).toMatchObject({ topK: 3, analyses: [] });
  });

  it('has another key for every option, and the same for the same', async () => {
    const store = await opened();
    const key = () => experimentKey(store.getState());
    const first = key();
    for (const patch of [
      { form: 'as-released' },
      { first: '9' },
      { seeds: '5' },
      { pool: 'noun-phrases-10000' },
    ] as const) {
      const before = key();
      store.getState().setView(patch);
      expect(key()).not.toBe(before);
    }
    store.getState().setView({ form: 'corrected', first: '', seeds: '0.1.2', pool: 'set', query: 'cat' });
    expect(key()).toBe(first);
  });

  it('that is cancelled shows what it had, and goes on under the same key', async () => {
    let begun = (): void => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const runExperiment: LensClient['runExperiment'] = ({ key }, { signal, onProgress } = {}) => {
      onProgress?.({ stage: 'Ablating pictures', done: 1, total: 9 });
      begun();
      return new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new LensError('cancelled', key))),
      );
    };
    const store = await opened({
      runExperiment,
      experiment: async (key) => runOf(key, { finished: false, stage: 'Ablating pictures' }),
    });
    const ended = store.getState().runExperiment();
    await running;
    expect(store.getState().experimentJob).toMatchObject({ status: 'running' });
    store.getState().cancelExperiment();
    await ended;
    const key = experimentKey(store.getState())!;
    expect(store.getState().experimentJob).toEqual({ status: 'cancelled', key });
    expect(store.getState().runs.get(key)?.finished).toBe(false);
  });

  it('that fails says why', async () => {
    const store = await opened({
      runExperiment: async () => {
        throw new LensError('bad-request', 'Pictures without classes.');
      },
    });
    await store.getState().runExperiment();
    expect(store.getState().experimentJob).toMatchObject({
      status: 'failed',
      message: 'Pictures without classes.',
    });
  });

  it('that was kept is found when the page opens', async () => {
    const store = await opened({ experiment: async (key) => runOf(key) });
    await vi.waitFor(() => expect(store.getState().runs.has(experimentKey(store.getState())!)).toBe(true));
  });
});

describe('the chart of ablations', () => {
  it('has a line a row of the table, with its error; pushes are means over seeds', () => {
    const series = ablationSeries(
      [
        row('baseline', 50),
        row('withoutAll', 40),
        row('fromTexts', 47, { terms: 16 }),
        row('fromTexts', 45, { terms: 4 }),
        row('randomPush', 48, { asLongAs: 'withoutAll', seed: 0 }),
        row('randomPush', 50, { asLongAs: 'withoutAll', seed: 1 }),
      ],
      'change',
    );
    expect(series.map(({ id }) => id)).toEqual(['withoutAll', 'texts 4', 'texts 16', 'push withoutAll']);
    expect(series[0]!.points).toEqual([{ block: 0, value: -10, error: 2 }]);
    expect(series[3]!.points[0]).toEqual({ block: 0, value: -1, error: 2 });
  });
});

describe('files of a run', () => {
  it('say what made them, and quote what has commas', () => {
    const { csv, json } = filesOfRun(runOf('ablation-0011'));
    const [header, line] = csv.trim().split('\n');
    expect(header).toMatch(/^part,ablation,block,.*modelHash/);
    expect(line).toContain('"all, of them",baseline,0');
    expect(line).toContain(madeUpParts().model.hash);
    expect(JSON.parse(json)).toMatchObject({
      software: { version: '1' },
      images: { hash: 'abc' },
      finished: true,
    });
  });
});

describe('what is known before a run', () => {
  it('is its time, from the last like it: what grows with pictures and blocks, and what does not', async () => {
    const store = await opened();
    const options = experimentOptions(store.getState())!;
    const { hash } = madeUpParts().model;
    const kept = [{ ...runOf('a'), pictures: 10, at: 1 }];
    expect(secondsOfExperiment(kept, options, 100, hash)).toBeCloseTo(10 + 200);
    expect(secondsOfExperiment(kept, { ...options, layers: [0] }, 100, hash)).toBeCloseTo(10 + 100);
    expect(secondsOfExperiment(kept, options, 100, 'another')).toBeUndefined();
  });

  it('is what is missing: labels, masks', () => {
    const pictures = { status: 'ready', value: {} } as never;
    const view = { set: 'own' } as never;
    const engine = { status: 'idle' } as const;
    const state = (paths: string[]) => ({
      pictures,
      view,
      engine,
      ownSet: { files: paths.map((path) => ({ name: path, webkitRelativePath: path })) } as never,
    });
    expect(missingForExperiment(state(['a/1.png', 'a/2.png']), 'ablation')).toMatch(/folder for each class/);
    expect(missingForExperiment(state(['a/cats/1.png', 'a/dogs/1.png']), 'ablation')).toBeUndefined();
    expect(missingForExperiment(state(['a/cats/1.png', 'a/dogs/1.png']), 'segmentation')).toMatch(/masks/);
  });

  it('are the classes of own pictures: the folders they lie in', () => {
    const files = ['x/fire_engine/1.png', 'x/cat/2.png', 'x/cat/3.png'].map((path) => ({
      name: path,
      webkitRelativePath: path,
    }));
    expect(ownLabels(files)).toEqual({ names: ['cat', 'fire engine'], labels: [1, 0, 0] });
    expect(ownLabels(files.slice(1))).toBeUndefined();
  });
});

describe('ways of finding words', () => {
  it('succeed as often as their pictures, with the deviation between seeds', () => {
    const trial = (seed: number, successes: number): TrialResult => ({
      way: 'random words',
      drawn: ['cat'],
      seed,
      pictures: 10,
      successes,
      best: 0,
      margin: { count: 10, mean: successes, squares: 0 },
    });
    const [way] = waysOf([trial(0, 2), trial(1, 4)]);
    expect(way).toMatchObject({ success: 30, margin: 3, pictures: 20 });
    expect(way!.deviation).toBeCloseTo(Math.sqrt(200));
  });
});
