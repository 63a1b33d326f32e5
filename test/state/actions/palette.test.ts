import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../src/state/actions/index.ts';
import { actionsMatching, fitOfWord } from '../../../src/state/actions/match.ts';
import { paletteSections } from '../../../src/state/actions/palette.ts';
import { typedActions } from '../../../src/state/actions/typed.ts';
import { openedStore } from '../fakes.ts';

const port = {
  focusSearch() {},
  showHelp() {},
  showPalette() {},
  showShare() {},
  copyLink() {},
  toggleFullScreen() {},
};

describe('finding an action by what was typed', () => {
  const first = (typed: string) => actionsMatching(typed, ACTIONS)[0]?.id;

  it('takes beginnings of words in any order, other words for the same, and letters left out', () => {
    expect(first('random')).toBe('random-neuron');
    expect(first('neur rand')).toBe('random-neuron');
    expect(first('dark mode')).toBe('theme');
    expect(first('bibtex')).toBe('share');
    expect(first('expr')).toBe('experiments');
    expect(first('undo')).toBe('undo');
    expect(first('random xyz')).toBeUndefined();
  });

  it('values the beginning of a word above its middle, and that above letters in order', () => {
    expect(fitOfWord('neu', ['neuron'])).toBe(3);
    expect(fitOfWord('uro', ['neuron'])).toBe(2);
    expect(fitOfWord('nrn', ['neuron'])).toBe(1);
    expect(fitOfWord('nx', ['neuron'])).toBe(0);
  });
});

describe('what numbers and words typed ask for', () => {
  it.each([
    ['3', { page: 'neuron', block: 0, neuron: 3 }],
    ['#3', { page: 'neuron', block: 0, neuron: 3 }],
    ['go to neuron 3', { page: 'neuron', block: 0, neuron: 3 }],
    ['2.3', { page: 'neuron', block: 2, neuron: 3 }],
    ['Block 2 neuron 3', { page: 'neuron', block: 2, neuron: 3 }],
    ['block 2', { page: 'block', block: 2 }],
    ['go to block 2', { page: 'block', block: 2 }],
  ])('%s', async (text, view) => {
    const store = await openedStore();
    typedActions(text, store.getState())[0]!.perform(store.getState(), port);
    expect(store.getState().view).toMatchObject(view);
  });

  it('offers nothing that is not there', async () => {
    const state = (await openedStore()).getState();
    expect(typedActions('neuron 99999', state).map(({ label }) => label)).toEqual([
      'Search for ‘neuron 99999’',
    ]);
    expect(typedActions('#99999', state)).toEqual([]);
    expect(typedActions('1.3', state).map(({ id }) => id)).toEqual(['search for']);
    expect(typedActions('  ', state)).toEqual([]);
  });

  it('searches on the page of the block', async () => {
    const store = await openedStore();
    store.getState().setView({ page: 'about' });
    const [search] = typedActions(' a  red dog ', store.getState());
    expect(search?.label).toBe('Search for ‘a red dog’');
    search!.perform(store.getState(), port);
    expect(store.getState().view).toMatchObject({ page: 'block', query: 'a red dog' });
  });
});

describe('the palette', () => {
  it('lists what is possible, each once, what was done lately first', async () => {
    const store = await openedStore();
    store.getState().restoreActions(['theme', 'gone', 'cancel']);
    store.getState().noteAction('about');
    const sections = paletteSections('', store.getState());
    expect(sections[0]).toMatchObject({ name: 'Recent' });
    expect(sections[0]!.rows.map(({ action }) => action.id)).toEqual(['about', 'theme']);
    const ids = sections.flatMap(({ rows }) => rows.map(({ action }) => action.id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain('cancel');
    expect(ids).not.toContain('palette');
  });

  it('says what an action needs that was asked for', async () => {
    const rows = paletteSections('cancel', (await openedStore()).getState()).flatMap(({ rows: own }) => own);
    expect(rows[0]).toMatchObject({ needs: 'a computation that is running' });
    expect(rows.at(-1)!.action.label).toBe('Search for ‘cancel’');
  });

  it('holds nothing that is not an action', async () => {
    const state = (await openedStore()).getState();
    for (const text of ['', 'neuron', '12', 'a dog'])
      for (const { rows } of paletteSections(text, state))
        for (const { action } of rows)
          expect(ACTIONS.includes(action) || action.keys.length === 0).toBe(true);
  });

  it('forgets the oldest, and takes only ids from what was kept', async () => {
    const store = await openedStore();
    store.getState().restoreActions([1, { id: 'x' }, 'a', 'b'.repeat(1000)]);
    expect(store.getState().recentActions).toEqual(['a']);
    store.getState().restoreActions('theme');
    expect(store.getState().recentActions).toEqual(['a']);
    for (let i = 0; i < 20; i++) store.getState().noteAction(`n${i}`);
    store.getState().noteAction('n15');
    expect(store.getState().recentActions.slice(0, 3)).toEqual(['n15', 'n19', 'n18']);
    expect(store.getState().recentActions).toHaveLength(8);
  });
});
