import type { LensState, Slice } from './state.ts';
import type { View } from './view.ts';
import { NO_HISTORY, recordStep, type Step, stepAgain, stepBack, type ViewHistory } from './viewHistory.ts';
import { fitToSubject } from './viewSlice.ts';

export interface ViewHistorySlice {
  readonly viewHistory: ViewHistory;
  /** Called by the store at every change of the view; keeps those that a person made. */
  noteView(before: LensState): void;
  undoView(): void;
  redoView(): void;
}

export const viewHistorySlice: Slice<ViewHistorySlice> = (set, get, services) => {
  function take(step: Step | undefined): void {
    if (!step) return;
    const before = get().view;
    set({ view: step.view, viewHistory: step.history, problems: [] });
    if (isSameSubject(step.view, before)) set(fitToSubject(get()));
    if (step.view.query !== before.query && get().subject.status === 'ready')
      get().typeQuery(step.view.query); // never starts a download
  }
  return {
    viewHistory: NO_HISTORY,
    noteView(before) {
      const { view, subject, viewHistory } = get();
      // A view that is only fitted to what opened was never on the screen; a step taken back is no new one.
      if (view === before.view || viewHistory !== before.viewHistory) return;
      if (subject !== before.subject || subject.status !== 'ready') return;
      set({ viewHistory: recordStep(viewHistory, before.view, view, services.now()) });
    },
    undoView: () => take(stepBack(get().viewHistory, get().view)),
    redoView: () => take(stepAgain(get().viewHistory, get().view)),
  };
};

const isSameSubject = (a: View, b: View): boolean =>
  a.model === b.model && a.set === b.set && a.pack === b.pack;
