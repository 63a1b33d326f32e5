import { describe, expect, it } from 'vitest';
import { bindPreferences } from '../../src/state/preferences.ts';
import { createLensStore } from '../../src/state/store.ts';
import { fakeServices } from './fakes.ts';

/** A store bound to what a browser keeps in `storage`. */
function boundTo(storage: Map<string, string>) {
  const services = {
    ...fakeServices(),
    kept: (name: string) => storage.get(name),
    keep: (name: string, text: string) => Boolean(storage.set(name, text)),
  };
  const store = createLensStore(services);
  bindPreferences(store, services);
  return store;
}

describe('what is a matter of the person', () => {
  it('is there again at the next visit', () => {
    const storage = new Map<string, string>();
    const first = boundTo(storage);
    first.getState().setSingleKeys(false);
    first.getState().restoreActions(['go.models', 'view.undo']);
    const next = boundTo(storage).getState();
    expect(next.singleKeys).toBe(false);
    expect(next.recentActions).toEqual(first.getState().recentActions);
    expect(next.recentActions.length).toBeGreaterThan(0);
  });

  it('is as it always was where what was kept is broken', () => {
    const storage = new Map<string, string>();
    boundTo(storage).getState().restoreActions(['go.models']);
    const [key] = storage.keys();
    const { recentActions } = boundTo(new Map([[key!, '{"not":']])).getState();
    expect(recentActions).toEqual([]);
  });

  it('writes nothing while nothing changes', () => {
    const storage = new Map<string, string>();
    boundTo(storage).getState().setView({ embed: true });
    expect([...storage.keys()]).toEqual([]);
  });
});
