import { describe, expect, it } from 'vitest';
import { bindHistory } from '../../src/state/history.ts';
import type { HistoryPort } from '../../src/state/services.ts';
import { DEFAULT_VIEW, type View } from '../../src/state/view.ts';
import {
  MOST_STEPS,
  NO_HISTORY,
  ONE_STEP_MS,
  recordStep,
  stepAgain,
  stepBack,
} from '../../src/state/viewHistory.ts';
import { openedStore } from './fakes.ts';

const view = (patch: Partial<View>): View => ({ ...DEFAULT_VIEW, ...patch });

describe('undo and redo of the view, pure', () => {
  it('goes back and forth', () => {
    const [a, b] = [view({ block: 0 }), view({ block: 1 })];
    const history = recordStep(NO_HISTORY, a, b, 0);
    const back = stepBack(history, b)!;
    expect(back.view).toEqual(a);
    expect(stepBack(back.history, a)).toBeUndefined();
    const again = stepAgain(back.history, a)!;
    expect(again.view).toEqual(b);
    expect(stepAgain(again.history, b)).toBeUndefined();
    expect(stepBack(again.history, b)!.view).toEqual(a);
  });

  it('makes one step of changes of one setting in quick succession', () => {
    const steps = [0.1, 0.2, 0.3, 0.4].map((findCut) => view({ findCut }));
    let history = NO_HISTORY;
    for (let i = 1; i < steps.length; i++)
      history = recordStep(history, steps[i - 1]!, steps[i]!, i * (ONE_STEP_MS - 1));
    expect(history.past).toEqual([steps[0]]);
    history = recordStep(history, steps[3]!, view({ findCut: 0.5 }), 10 * ONE_STEP_MS);
    expect(history.past).toEqual([steps[0], steps[3]]);
  });

  it('goes on with what began together: the first letter of a search also orders the list', () => {
    const typed = [
      view({}),
      view({ query: 'd', sort: 'searchScore' }),
      view({ query: 'do', sort: 'searchScore' }),
    ];
    const history = recordStep(recordStep(NO_HISTORY, typed[0]!, typed[1]!, 0), typed[1]!, typed[2]!, 100);
    expect(history.past).toEqual([typed[0]]);
  });

  it('keeps every place, however quickly they follow each other', () => {
    const places = [1, 2, 3].map((neuron) => view({ page: 'neuron', neuron }));
    const history = recordStep(recordStep(NO_HISTORY, places[0]!, places[1]!, 0), places[1]!, places[2]!, 1);
    expect(history.past).toEqual(places.slice(0, 2));
  });

  it('forgets what was undone once something else is done', () => {
    const [a, b, c] = [view({ block: 0 }), view({ block: 1 }), view({ block: 2 })];
    const back = stepBack(recordStep(NO_HISTORY, a, b, 0), b)!;
    expect(recordStep(back.history, a, c, 0).future).toEqual([]);
  });

  it('is bounded', () => {
    let history = NO_HISTORY;
    for (let block = 0; block < 3 * MOST_STEPS; block++)
      history = recordStep(history, view({ block }), view({ block: block + 1 }), block);
    expect(history.past).toHaveLength(MOST_STEPS);
    expect(history.past.at(-1)!.block).toBe(3 * MOST_STEPS - 1);
  });

  it('leaves alone how the page is shown', () => {
    const plain = view({ block: 1 });
    const shown = view({ block: 1, present: true });
    expect(recordStep(NO_HISTORY, plain, shown, 0)).toBe(NO_HISTORY);
    const history = recordStep(NO_HISTORY, view({ block: 0 }), plain, 0);
    expect(stepBack(history, shown)!.view).toEqual(view({ block: 0, present: true }));
  });
});

/** A browser's history, as far as the store needs it. */
function fakeBrowser(start: string) {
  const entries = [start];
  let at = 0;
  let tell = () => {};
  const port: HistoryPort = {
    hash: () => entries[at]!,
    push(hash) {
      entries.splice(++at, Infinity, hash);
    },
    replace(hash) {
      entries[at] = hash;
    },
    listen(changed) {
      tell = changed;
    },
  };
  const go = (by: number) => {
    at += by;
    tell();
  };
  return { port, entries, go };
}

describe('undo beside the browser’s own history', () => {
  it('an undone place is a step of the browser, and going back there is one step here', async () => {
    const store = await openedStore();
    const { port, entries, go } = fakeBrowser('#/pictogram-clip/pictograms/0');
    bindHistory(store, port);
    const state = () => store.getState();
    const before = state().viewHistory.past.length;
    state().openBlock(2);
    state().openNeuron(3);
    expect(entries.map((hash) => hash.split('/').slice(3).join('/'))).toEqual(['0', '2', '2/3']);
    state().undoView();
    expect(state().view).toMatchObject({ page: 'block', block: 2 });
    expect(entries.at(-1)).toBe('#/pictogram-clip/pictograms/2');
    state().redoView();
    expect(state().view).toMatchObject({ page: 'neuron', neuron: 3 });
    const steps = state().viewHistory.past.length;
    go(-2);
    expect(state().view).toMatchObject({ page: 'neuron', block: 2, neuron: 3 });
    go(-1);
    expect(state().view).toMatchObject({ page: 'block', block: 2 });
    expect(state().viewHistory.past.length).toBe(steps + 1);
    state().undoView();
    expect(state().view).toMatchObject({ page: 'neuron', neuron: 3 });
    while (state().viewHistory.past.length > before) state().undoView();
    expect(state().view).toMatchObject({ page: 'block', block: 0 });
  });

  it('counts no step for what is only fitted while a set opens', async () => {
    const store = await openedStore();
    expect(store.getState().viewHistory).toBe(NO_HISTORY);
  });

  it('a search that is undone is undone in the list too, and starts nothing', async () => {
    const store = await openedStore();
    store.getState().typeQuery('a dog');
    store.getState().undoView();
    expect(store.getState().view).toMatchObject({ query: '', sort: 'typicalNorm' });
    expect(store.getState().search.status).toBe('idle');
    store.getState().redoView();
    expect(store.getState().view).toMatchObject({ query: 'a dog', sort: 'searchScore' });
    expect(store.getState().engine.status).toBe('idle');
  });
});
