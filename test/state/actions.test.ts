import { describe, expect, it, vi } from 'vitest';
import { ACTIONS, type ActionPort, dispatchKey } from '../../src/state/actions.ts';
import { GLOSSARY } from '../../src/state/glossary.ts';
import { orderNeurons } from '../../src/state/ranking.ts';
import { openedStore, summaryOf } from './fakes.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false, busy: false };
const port = (): ActionPort => ({ focusSearch: vi.fn(), showHelp: vi.fn(), copyLink: vi.fn() });

describe('actions', () => {
  it('have a name and keys of their own', () => {
    const keys = ACTIONS.flatMap((action) => action.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(ACTIONS.map((action) => action.id)).size).toBe(ACTIONS.length);
  });

  it('are performed by their key, only while they are possible', async () => {
    const store = await openedStore();
    expect(dispatchKey({ ...plain, key: '0' }, store.getState(), port())).toBe(true);
    expect(store.getState().view.block).toBe(0);
    expect(dispatchKey({ ...plain, key: '1' }, store.getState(), port())).toBe(false);
    dispatchKey({ ...plain, key: 'b' }, store.getState(), port());
    expect(store.getState().view.block).toBe(2);
    dispatchKey({ ...plain, key: 'r' }, store.getState(), port());
    expect(store.getState().view).toMatchObject({ page: 'neuron', neuron: 4 });
    expect(dispatchKey({ ...plain, key: 'x' }, store.getState(), port())).toBe(false);
  });

  it('leave keys alone that are typed, held with another, or switched off', async () => {
    const store = await openedStore();
    const given = port();
    expect(dispatchKey({ ...plain, key: '?', busy: true }, store.getState(), given)).toBe(false);
    expect(dispatchKey({ ...plain, key: '?', ctrlKey: true }, store.getState(), given)).toBe(false);
    store.getState().setSingleKeys(false);
    expect(dispatchKey({ ...plain, key: '?' }, store.getState(), given)).toBe(false);
    store.getState().setSingleKeys(true);
    expect(dispatchKey({ ...plain, key: '?' }, store.getState(), given)).toBe(true);
    expect(given.showHelp).toHaveBeenCalledOnce();
  });
});

describe('the order of the list', () => {
  const { overview } = summaryOf(2);
  it('goes by a measure, either way', () => {
    const down = orderNeurons(overview, 'maxNorm', true);
    expect(orderNeurons(overview, 'maxNorm', false)).toEqual([...down].reverse());
    expect(overview.maxNorm[down[0]!]).toBe(Math.max(...overview.maxNorm));
  });
  it('puts numbers that are none last', () => {
    const scores = new Float32Array(overview.typicalNorm.length).fill(1);
    scores[0] = Number.NaN;
    scores[5] = 2;
    const order = orderNeurons(overview, 'searchScore', true, scores);
    expect(order[0]).toBe(5);
    expect(order.at(-1)).toBe(0);
  });
  it('is by index without scores', () => {
    expect(orderNeurons(overview, 'searchScore', true).slice(0, 3)).toEqual([0, 1, 2]);
    expect(orderNeurons(overview, 'index', true)[0]).toBe(overview.typicalNorm.length - 1);
  });
});

it('the glossary explains in whole sentences', () => {
  for (const entry of Object.values(GLOSSARY)) {
    expect(entry.sentence).toMatch(/^[A-Z].*[.]$/);
    expect(entry.term).not.toBe('');
  }
});
