import { describe, expect, it, vi } from 'vitest';
import { helpGroups } from '../../../src/state/actions/help.ts';
import { ACTIONS, type ActionPort, dispatchKey, type KeyPress } from '../../../src/state/actions/index.ts';
import { openedStore } from '../fakes.ts';

const press = (key: string, other: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  where: 'page',
  ...other,
});
const port = (): ActionPort => ({
  focusSearch: vi.fn(),
  showHelp: vi.fn(),
  showPalette: vi.fn(),
  showShare: vi.fn(),
  copyLink: vi.fn(),
  toggleFullScreen: vi.fn(),
});

describe('actions', () => {
  const unique = (values: readonly string[]) => expect([...new Set(values)]).toEqual(values);

  it('have an id, a label and keys of their own', () => {
    unique(ACTIONS.map(({ id }) => id));
    unique(ACTIONS.map(({ label }) => label));
    unique(ACTIONS.filter(({ presenting }) => !presenting).flatMap(({ keys }) => keys));
    unique(ACTIONS.filter(({ presenting }) => presenting).flatMap(({ keys }) => keys));
  });

  it('all have a key', () => {
    expect(ACTIONS.filter(({ keys }) => keys.length === 0).map(({ id }) => id)).toEqual([]);
  });

  it('all stand in the list of keys, once', () => {
    const listed = helpGroups(ACTIONS).flatMap(({ rows }) => rows.flatMap(({ actions }) => actions));
    expect(listed).toHaveLength(ACTIONS.length);
    expect(new Set(listed)).toEqual(new Set(ACTIONS));
    const digits = helpGroups(ACTIONS)[0]!.rows.find(({ label }) => label === 'Straight to a block');
    expect(digits?.keys).toEqual(['0', '9']);
  });

  it('are performed by their key, only while they are possible', async () => {
    const store = await openedStore();
    const dispatch = (key: string) => dispatchKey(press(key), store.getState(), port());
    expect(dispatch('0')).toBe(true);
    expect(store.getState().view.block).toBe(0);
    expect(dispatch('1')).toBe(false);
    dispatch('b');
    expect(store.getState().view.block).toBe(2);
    dispatch('r');
    expect(store.getState().view).toMatchObject({ page: 'neuron', neuron: 4 });
    expect(dispatch('x')).toBe(false);
  });

  it('step through neurons by arrows where no widget wants them', async () => {
    const store = await openedStore();
    const right = (where: KeyPress['where']) =>
      dispatchKey(press('ArrowRight', { where }), store.getState(), port());
    expect([right('widget'), right('field'), right('overlay')]).toEqual([false, false, false]);
    expect(store.getState().view.page).toBe('block');
    expect(right('button')).toBe(true);
    const first = store.getState().view.neuron;
    expect(right('page')).toBe(true);
    expect(store.getState().view.neuron).not.toBe(first);
    dispatchKey(press('ArrowLeft'), store.getState(), port());
    expect(store.getState().view.neuron).toBe(first);
    expect(dispatchKey(press('ArrowDown'), store.getState(), port())).toBe(false);
    store.getState().setView({ page: 'image' });
    expect(right('page')).toBe(false);
  });

  it('leave single keys alone that are typed, or switched off', async () => {
    const store = await openedStore();
    const given = port();
    expect(dispatchKey(press('?', { where: 'field' }), store.getState(), given)).toBe(false);
    expect(dispatchKey(press('?', { where: 'overlay' }), store.getState(), given)).toBe(false);
    expect(dispatchKey(press('c', { ctrlKey: true }), store.getState(), given)).toBe(false);
    expect(dispatchKey(press('c', { altKey: true }), store.getState(), given)).toBe(false);
    store.getState().setSingleKeys(false);
    expect(dispatchKey(press('?'), store.getState(), given)).toBe(false);
    expect(dispatchKey(press('k', { metaKey: true }), store.getState(), given)).toBe(true);
    store.getState().setSingleKeys(true);
    expect(dispatchKey(press('?', { shiftKey: true }), store.getState(), given)).toBe(true);
    expect(given.showHelp).toHaveBeenCalledOnce();
    expect(given.copyLink).not.toHaveBeenCalled();
    expect(given.showPalette).toHaveBeenCalledOnce();
  });

  it('open the palette from a field too, but not over a dialog', async () => {
    const store = await openedStore();
    const given = port();
    const open = (where: KeyPress['where'], key = 'k') =>
      dispatchKey(press(key, { ctrlKey: true, where }), store.getState(), given);
    expect([open('field'), open('widget', 'K'), open('overlay')]).toEqual([true, true, false]);
    expect(given.showPalette).toHaveBeenCalledTimes(2);
  });
});
