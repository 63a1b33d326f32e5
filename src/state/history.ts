import type { HistoryPort } from './services.ts';
import type { LensStore } from './store.ts';
import { encodeView } from './urlCodec.ts';
import type { View } from './view.ts';

/** Browsers refuse replaceState by the hundred: a slider writes once it rests. */
const REST_MS = 150;

/** Keeps address and view the same. A change of place makes a step to go back to; a setting does not. */
export function bindHistory(store: LensStore, port: HistoryPort): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let following = false;

  const follow = () => {
    clearTimeout(timer);
    following = true;
    store.getState().followAddress(port.hash());
    following = false;
    correct();
  };
  /** An address that could not be followed to the letter is replaced by what is shown. */
  const correct = () => {
    const state = store.getState();
    if (state.subject.status !== 'ready') return;
    const hash = encodeView(state.view);
    if (hash !== port.hash()) port.replace(hash);
  };
  follow();
  port.listen(follow);

  return store.subscribe(({ view, subject }, { view: before, subject: subjectBefore }) => {
    if (subject !== subjectBefore && subject.status === 'ready') correct();
    if (view === before || following) return;
    clearTimeout(timer);
    const hash = encodeView(view);
    if (hash === port.hash()) return;
    // Before model and set are known, the view is only being fitted: no step back to what never was shown.
    const settled = subjectBefore.status === 'ready';
    if (settled && !isOnTheWay(before) && isOtherPlace(view, before)) port.push(hash);
    else timer = setTimeout(() => port.replace(hash), REST_MS);
  });
}

/** What of a view is where one is, and not how it is looked at. */
export const PLACE = ['page', 'model', 'set', 'block', 'neuron', 'image', 'lesson', 'step', 'game'] as const;
/** A short link to a lesson stands on the page ‘learn’ until its step is shown: Back must not lead there again. */
const isOnTheWay = ({ page, lesson }: View): boolean => page === 'learn' && lesson !== '';
const isOtherPlace = (a: View, b: View): boolean => PLACE.some((key) => a[key] !== b[key]);
