import { describe, expect, it, vi } from 'vitest';
import { dispatchKey, type KeyPress } from '../../src/state/actions/index.ts';
import { presentationOf } from '../../src/state/presentation.ts';
import { openedStore } from './fakes.ts';

const port = {
  focusSearch() {},
  showHelp() {},
  showPalette() {},
  showShare() {},
  copyLink() {},
  toggleFullScreen() {},
};
const press = (key: string, where: KeyPress['where'] = 'page'): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  where,
});

describe('what a presentation goes through', () => {
  it('is the neurons of the block in their order, by the keys of a remote control, and stays at the ends', async () => {
    const store = await openedStore();
    const state = () => store.getState();
    const key = (name: string, where?: KeyPress['where']) => dispatchKey(press(name, where), state(), port);
    expect(key('PageDown')).toBe(false);
    expect(key('F')).toBe(true);
    expect(state().view.present).toBe(true);
    const count = presentationOf(state())!.count;
    expect(presentationOf(state())).toEqual({ through: 'neurons', at: -1, count });
    expect(key('PageUp')).toBe(false);
    for (const name of ['PageDown', ' ', 'ArrowRight']) expect(key(name)).toBe(true);
    expect(presentationOf(state())!.at).toBe(2);
    expect([key(' ', 'button'), key('PageDown', 'widget'), key('PageDown', 'button')]).toEqual([
      false,
      false,
      true,
    ]);
    for (let i = 0; i < count; i++) key('PageDown');
    expect(presentationOf(state())!.at).toBe(count - 1);
    expect(key('PageDown')).toBe(false);
    expect(key('PageUp')).toBe(true);
    expect(key('Escape')).toBe(true);
    expect(state().view).toMatchObject({ present: false, page: 'neuron' });
  });

  it('is the list of pins while it or one of them is in view', async () => {
    const store = await openedStore();
    const state = () => store.getState();
    const { model, set } = state().view;
    for (const neuron of [4, 1, 3]) state().togglePin({ model, set, block: 0, neuron });
    state().setView({ page: 'pins' });
    state().present(true);
    expect(presentationOf(state())).toEqual({ through: 'pins', at: -1, count: 3 });
    const seen = [];
    while (dispatchKey(press('PageDown'), state(), port)) seen.push(state().view.neuron);
    expect(seen).toEqual([4, 1, 3]);
    expect(presentationOf(state())).toEqual({ through: 'pins', at: 2, count: 3 });
    dispatchKey(press('PageUp'), state(), port);
    expect(state().view).toMatchObject({ page: 'neuron', block: 0, neuron: 1, present: true });
    state().openNeuron(2);
    expect(presentationOf(state())!.through).toBe('neurons');
  });

  it('is the steps of the lesson that is open', async () => {
    const store = await openedStore();
    const state = () => store.getState();
    await state().startLesson('words', 0);
    state().present(true);
    const { count } = presentationOf(state())!;
    expect(presentationOf(state())).toEqual({ through: 'lesson', at: 0, count });
    expect(dispatchKey(press('PageDown'), state(), port)).toBe(true);
    await vi.waitFor(() => expect(presentationOf(state())!.at).toBe(1));
    expect(state().view.present).toBe(true);
  });

  it('is nothing on pages without neurons in a row', async () => {
    const store = await openedStore();
    store.getState().setView({ page: 'about', present: true });
    expect(presentationOf(store.getState())).toBeUndefined();
    expect(dispatchKey(press('PageDown'), store.getState(), port)).toBe(false);
  });

  it('has larger and smaller type, within bounds', async () => {
    const store = await openedStore();
    store.getState().present(true);
    for (let i = 0; i < 9; i++) dispatchKey(press('+'), store.getState(), port);
    expect(store.getState().presentScale).toBe(2.5);
    for (let i = 0; i < 9; i++) dispatchKey(press('-'), store.getState(), port);
    expect(store.getState().presentScale).toBe(1);
  });
});
