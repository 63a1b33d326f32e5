import { loadedValue } from './data.ts';
import { orderOf } from './ranking.ts';
import type { LensState, Slice } from './state.ts';
import { blocksOf, neuronsOf } from './subject.ts';
import { decodeView, fitView } from './urlCodec.ts';
import { DEFAULT_VIEW, type View } from './view.ts';

export interface ViewSlice {
  readonly view: View;
  /** What could not be followed in the address, in sentences. */
  readonly problems: readonly string[];
  /** Keys without a modifier act; can be turned off for people whose software types for them. */
  readonly singleKeys: boolean;
  setView(patch: Partial<View>): void;
  /** Reads an address; fits it to what exists, and opens its model and set if they are others. */
  followAddress(hash: string): void;
  dismissProblems(): void;
  setSingleKeys(on: boolean): void;
  openBlock(block: number): void;
  /** Another model or another set; the same block where there is one. */
  openAnalysis(model: string, set: string): void;
  openNeuron(neuron: number, block?: number): void;
  /** Next (1) or previous (−1) neuron in the order of the list; round at the ends. */
  stepNeuron(by: 1 | -1): void;
  randomNeuron(): void;
}

/** The view moved to what exists, as far as that is known yet. */
export function fitToSubject(state: LensState): Partial<LensState> {
  const subject = loadedValue(state.subject);
  if (!subject) return {};
  const { view, problems } = fitView(state.view, { blocks: blocksOf(subject), neurons: neuronsOf(subject) });
  return { view, problems: [...state.problems, ...problems] };
}

export const viewSlice: Slice<ViewSlice> = (set, get, services) => ({
  view: DEFAULT_VIEW,
  problems: [],
  singleKeys: true,
  setView: (patch) => set({ view: { ...get().view, ...patch } }),
  followAddress(hash) {
    const before = get().view;
    const { view, problems } = decodeView(hash);
    set({ view, problems });
    if (view.model !== before.model || view.set !== before.set || view.pack !== before.pack) return; // opening it fits the view
    set(fitToSubject(get()));
    if (view.query !== before.query && get().subject.status === 'ready') get().submitQuery(view.query);
  },
  dismissProblems: () => set({ problems: [] }),
  setSingleKeys: (singleKeys) => set({ singleKeys }),
  openBlock: (block) => set({ view: { ...withoutNeuron(get().view), page: 'block', block } }),
  openAnalysis: (model, setName) =>
    set({ view: { ...withoutPack(get().view), page: 'block', model, set: setName }, problems: [] }),
  openNeuron(neuron, block = get().view.block) {
    set({ view: { ...get().view, page: 'neuron', block, neuron } });
  },
  stepNeuron(by) {
    const order = orderOf(get());
    if (order.length === 0) return;
    const { neuron } = get().view;
    const place = neuron === undefined ? (by === 1 ? -1 : 0) : order.indexOf(neuron);
    get().openNeuron(order[(place + by + order.length) % order.length]!);
  },
  randomNeuron() {
    const neurons = neuronsOf(loadedValue(get().subject));
    if (neurons > 0) get().openNeuron(Math.floor(services.random() * neurons));
  },
});

function withoutPack(view: View): View {
  const { pack: _, ...rest } = withoutNeuron(view);
  return rest;
}

function withoutNeuron(view: View): View {
  const { neuron: _, ...rest } = view;
  return rest;
}
