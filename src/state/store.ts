import { create, type StoreApi, type UseBoundStore } from 'zustand';
import { ablationSlice } from './ablationSlice.ts';
import { analysisSlice } from './analysisSlice.ts';
import { blockWordsSlice } from './blockWordsSlice.ts';
import { bundleSlice } from './bundleSlice.ts';
import { classesSlice } from './classesSlice.ts';
import { commandSlice } from './commandSlice.ts';
import { comparedOf, type NeuronAt } from './compared.ts';
import { compareSlice } from './compareSlice.ts';
import { conceptsSlice } from './conceptsSlice.ts';
import { loadedValue } from './data.ts';
import { engineSlice } from './engineSlice.ts';
import { experimentMoved, experimentsSlice } from './experimentsSlice.ts';
import { asksOtherwise } from './findSettings.ts';
import { findSlice } from './findSlice.ts';
import { imageSlice } from './imageSlice.ts';
import { intakeSlice } from './intakeSlice.ts';
import { learnSlice } from './learn/learnSlice.ts';
import { modelsSlice } from './modelsSlice.ts';
import { nearestSlice } from './nearestSlice.ts';
import { neuronSlice } from './neuronSlice.ts';
import { noticeSlice } from './noticeSlice.ts';
import { rowKey, sourceOf } from './numbers.ts';
import { offlineSlice } from './offlineSlice.ts';
import { ownSetSlice } from './ownSetSlice.ts';
import { ownSlice } from './ownSlice.ts';
import { packSlice } from './packSlice.ts';
import { pinsSlice } from './pinsSlice.ts';
import { presentSlice } from './presentSlice.ts';
import { isSearching, searchSlice } from './searchSlice.ts';
import type { Services } from './services.ts';
import type { LensState } from './state.ts';
import { subjectSlice } from './subjectSlice.ts';
import { viewHistorySlice } from './viewHistorySlice.ts';
import { viewSlice } from './viewSlice.ts';
import { wordsSlice } from './wordsSlice.ts';

export type LensStore = UseBoundStore<StoreApi<LensState>>;

/** One store for the whole page, and a hook to read it with. */
export function createLensStore(services: Services): LensStore {
  const store = create<LensState>()((set, get) => ({
    ...viewSlice(set, get, services),
    ...viewHistorySlice(set, get, services),
    ...commandSlice(set, get, services),
    ...presentSlice(set, get, services),
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
    ...intakeSlice(set, get, services),
    ...ablationSlice(set, get, services),
    ...classesSlice(set, get, services),
    ...conceptsSlice(set, get, services),
    ...nearestSlice(set, get, services),
    ...findSlice(set, get, services),
    ...wordsSlice(set, get, services),
    ...experimentsSlice(set, get, services),
    ...learnSlice(set, get, services),
    ...compareSlice(set, get, services),
    ...pinsSlice(set, get, services),
    ...bundleSlice(set, get, services),
    ...offlineSlice(set, get, services),
    ...noticeSlice(set, get, services),
  }));
  store.subscribe((state, before) => state.noteView(before)); // first: what others make of a change is no other change
  store.subscribe(followView);
  store.subscribe(loadWhatIsShown);
  store.subscribe((state, before) => {
    if (experimentMoved(state, before)) void state.lookForExperiment();
  });
  return store;

  /** What a change of the view sets in motion. */
  function followView(state: LensState, before: LensState): void {
    const { view } = state;
    const otherModel = view.model !== before.view.model || view.set !== before.view.set;
    if (otherModel || picturesReplaced(state, before)) state.forgetPicture();
    if (otherModel) void state.openSubject();
    const opened = state.subject !== before.subject && state.subject.status === 'ready';
    if (opened && view.query !== '') state.submitQuery(view.query);
    if (pictureMoved(state, before)) void state.readPicture();
    if (state.picture !== before.picture || asksOtherwise(view, before.view)) state.findNow();
    if (ownMoved(state, before)) void state.measureOwn();
  }
}

/** Whether a set's pictures are others now than those that were there. */
const picturesReplaced = (state: LensState, before: LensState): boolean => {
  const known = loadedValue(before.pictures);
  return known !== undefined && known !== loadedValue(state.pictures);
};

/** Whether the page of own pictures shows some that may not have been measured. */
const ownMoved = (state: LensState, before: LensState): boolean =>
  state.view.page === 'own' &&
  state.own.length > 0 &&
  (state.view.page !== before.view.page ||
    state.view.block !== before.view.block ||
    state.source !== before.source);

/** Of a pack, what the page in view needs and nobody asked for yet. A failure stays until it is asked for again. */
function loadWhatIsShown(state: LensState, before: LensState): void {
  const { view, subject } = state;
  if (view.pack !== before.view.pack) void state.openSubject();
  if (subject.status !== 'ready') return;
  for (const { block, neuron } of neuronsShown(view)) {
    if (sourceOf(state, block) !== 'shipped') continue;
    if (!state.overviews.has(block)) void state.ensureOverview(block);
    if (!state.rows.has(rowKey(block, neuron))) void state.ensureNeuron(block, neuron);
  }
  if (view.page === 'compare') state.loadDirections();
  const { block } = view;
  if (sourceOf(state, block) !== 'shipped') return;
  if (!state.overviews.has(block)) void state.ensureOverview(block);
  if (isSearching(state) && !state.vectors.has(block)) void state.ensureVectors(block);
}

/** The neurons that the page in view is about. */
function neuronsShown({ page, block, neuron, neurons }: LensState['view']): readonly NeuronAt[] {
  if (page === 'compare') return comparedOf(neurons);
  return page === 'neuron' && neuron !== undefined ? [{ block, neuron }] : [];
}

/** Whether the picture page shows something that is yet to be taken apart. */
function pictureMoved(state: LensState, before: LensState): boolean {
  const { view, subject, live } = state;
  if (view.page !== 'image' || subject.status !== 'ready') return false;
  const opened = subject !== before.subject;
  const otherNumbers = live !== before.live || state.source !== before.source;
  return opened || otherNumbers || view.page !== before.view.page || view.image !== before.view.image;
}
