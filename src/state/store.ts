import { create, type StoreApi, type UseBoundStore } from 'zustand';
import { analysisSlice } from './analysisSlice.ts';
import { blockWordsSlice } from './blockWordsSlice.ts';
import { engineSlice } from './engineSlice.ts';
import { experimentMoved, experimentsSlice } from './experimentsSlice.ts';
import { imageSlice } from './imageSlice.ts';
import { modelsSlice } from './modelsSlice.ts';
import { neuronSlice } from './neuronSlice.ts';
import { noticeSlice } from './noticeSlice.ts';
import { rowKey, sourceOf } from './numbers.ts';
import { ownSetSlice } from './ownSetSlice.ts';
import { ownSlice } from './ownSlice.ts';
import { packSlice } from './packSlice.ts';
import { searchSlice } from './searchSlice.ts';
import type { Services } from './services.ts';
import type { LensState } from './state.ts';
import { subjectSlice } from './subjectSlice.ts';
import { viewSlice } from './viewSlice.ts';
import { wordsSlice } from './wordsSlice.ts';

export type LensStore = UseBoundStore<StoreApi<LensState>>;

/** One store for the whole page, and a hook to read it with. */
export function createLensStore(services: Services): LensStore {
  const store = create<LensState>()((set, get) => ({
    ...viewSlice(set, get, services),
    ...subjectSlice(set, get, services),
    ...packSlice(set, get, services),
    ...modelsSlice(set, get, services),
    ...ownSetSlice(set, get, services),
    ...engineSlice(set, get, services),
    ...analysisSlice(set, get, services),
    ...searchSlice(set, get, services),
    ...neuronSlice(set, get, services),
    ...ownSlice(set, get, services),
    ...blockWordsSlice(set, get, services),
    ...imageSlice(set, get, services),
    ...wordsSlice(set, get, services),
    ...experimentsSlice(set, get, services),
    ...noticeSlice(set, get, services),
  }));
  store.subscribe(followView);
  store.subscribe((state, before) => {
    if (experimentMoved(state, before)) void state.lookForExperiment();
  });
  store.subscribe(loadWhatIsShown);
  return store;

  /** What a change of the view sets in motion. */
  function followView(state: LensState, before: LensState): void {
    const { view } = state;
    if (view.model !== before.view.model || view.set !== before.view.set) void state.openSubject();
    const opened = state.subject !== before.subject && state.subject.status === 'ready';
    if (opened && state.view.query !== '') state.submitQuery(state.view.query);
    if (pictureMoved(state, before)) void state.readPicture();
    const ownMoved = state.view.page === 'own' && state.own.length > 0;
    if (ownMoved && (state.view.block !== before.view.block || state.source !== before.source))
      void state.measureOwn();
  }
}

/** Of a pack, what the page in view needs and nobody asked for yet. A failure stays until it is asked for again. */
function loadWhatIsShown(state: LensState, before: LensState): void {
  const { view, subject } = state;
  if (view.pack !== before.view.pack) void state.openSubject();
  if (subject.status !== 'ready' || sourceOf(state, view.block) !== 'shipped') return;
  const { block, neuron } = view;
  if (!state.overviews.has(block)) void state.ensureOverview(block);
  if (neuron !== undefined && view.page === 'neuron' && !state.rows.has(rowKey(block, neuron)))
    void state.ensureNeuron(block, neuron);
  if (state.search.status === 'ready' && !state.details.has(block)) void state.ensureBlock(block);
}

/** Whether the picture page shows something that is yet to be taken apart. */
function pictureMoved(state: LensState, before: LensState): boolean {
  const { view, subject, live } = state;
  if (view.page !== 'image' || subject.status !== 'ready') return false;
  const opened = subject !== before.subject;
  return opened || live !== before.live || view.page !== before.view.page || view.image !== before.view.image;
}
