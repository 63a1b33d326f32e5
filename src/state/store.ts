import { create, type StoreApi, type UseBoundStore } from 'zustand';
import { analysisSlice } from './analysisSlice.ts';
import { catalogueSlice } from './catalogueSlice.ts';
import { engineSlice } from './engineSlice.ts';
import { neuronSlice } from './neuronSlice.ts';
import { noticeSlice } from './noticeSlice.ts';
import { ownSlice } from './ownSlice.ts';
import { searchSlice } from './searchSlice.ts';
import type { Services } from './services.ts';
import type { LensState } from './state.ts';
import { viewSlice } from './viewSlice.ts';

export type LensStore = UseBoundStore<StoreApi<LensState>>;

/** One store for the whole page, and a hook to read it with. */
export function createLensStore(services: Services): LensStore {
  const store = create<LensState>()((set, get) => ({
    ...viewSlice(set, get, services),
    ...catalogueSlice(set, get, services),
    ...engineSlice(set, get, services),
    ...analysisSlice(set, get, services),
    ...searchSlice(set, get, services),
    ...neuronSlice(set, get, services),
    ...ownSlice(set, get, services),
    ...noticeSlice(set, get, services),
  }));
  store.subscribe(followView);
  return store;

  /** What a change of the view sets in motion. */
  function followView(state: LensState, before: LensState): void {
    const opened = state.manifest !== before.manifest && state.manifest.status === 'ready';
    if (opened || state.view.block !== before.view.block) void state.ensureBlock(state.view.block);
    if (opened && state.view.query !== '') state.submitQuery(state.view.query);
    const ownMoved = state.view.page === 'own' && state.own.length > 0;
    if (ownMoved && (state.view.block !== before.view.block || state.source !== before.source))
      void state.measureOwn();
  }
}
