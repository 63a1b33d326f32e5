import { CATALOGUE } from './catalogue.ts';
import { blocksOf, loadedValue } from './data.ts';
import { orderOf } from './ranking.ts';
import type { LensState, Slice } from './state.ts';
import { decodeView, fitView } from './urlCodec.ts';
import { DEFAULT_VIEW, type View } from './view.ts';

export interface ViewSlice {
  readonly view: View;
  /** What could not be followed in the address, in sentences. */
  readonly problems: readonly string[];
  /** False while the address named no block, so that the analysis may choose one. */
  readonly blockChosen: boolean;
  /** Keys without a modifier act; can be turned off for people whose software types for them. */
  readonly singleKeys: boolean;
  setView(patch: Partial<View>): void;
  /** Reads an address; fits it to what exists. */
  followAddress(hash: string): void;
  dismissProblems(): void;
  setSingleKeys(on: boolean): void;
  openBlock(block: number): void;
  openNeuron(neuron: number, block?: number): void;
  /** Next (1) or previous (−1) neuron in the order of the list; round at the ends. */
  stepNeuron(by: 1 | -1): void;
  randomNeuron(): void;
}

/** The view moved to what exists, as far as that is known yet. */
export function fitToPack(state: LensState): Partial<LensState> {
  const manifest = loadedValue(state.manifest);
  if (!manifest) return {};
  const blocks = blocksOf(manifest);
  const chosen = state.blockChosen ? state.view.block : preferredBlock(blocks);
  const neurons = manifest.blocks[0]?.neurons ?? 0;
  const fitted = fitView({ ...state.view, block: chosen }, { blocks, neurons });
  const known = CATALOGUE.some(({ model, set }) => model === state.view.model && set === state.view.set);
  const view = known ? fitted.view : { ...fitted.view, model: DEFAULT_VIEW.model, set: DEFAULT_VIEW.set };
  const unknown = `This page has no analysis of ${state.view.model} on ${state.view.set}; it shows ${DEFAULT_VIEW.model} on ${DEFAULT_VIEW.set}.`;
  const added = known ? fitted.problems : [unknown, ...fitted.problems];
  return { view, blockChosen: true, problems: [...state.problems, ...added] };
}

/**
 * Where to begin: the first block, which most later heads read; in the embedded model its effects
 * also matter most for the answer (the model card's ablations).
 */
export const preferredBlock = (blocks: readonly number[]): number => blocks[0] ?? DEFAULT_VIEW.block;

export const viewSlice: Slice<ViewSlice> = (set, get, services) => ({
  view: DEFAULT_VIEW,
  problems: [],
  blockChosen: false,
  singleKeys: true,
  setView: (patch) => set({ view: { ...get().view, ...patch } }),
  followAddress(hash) {
    const { query } = get().view;
    const { view, problems, blockGiven } = decodeView(hash);
    set({ view, problems, blockChosen: blockGiven });
    set(fitToPack(get()));
    if (view.query !== query && get().manifest.status === 'ready') get().submitQuery(view.query);
  },
  dismissProblems: () => set({ problems: [] }),
  setSingleKeys: (singleKeys) => set({ singleKeys }),
  openBlock: (block) =>
    set({ view: { ...withoutNeuron(get().view), page: 'block', block }, blockChosen: true }),
  openNeuron(neuron, block = get().view.block) {
    set({ view: { ...get().view, page: 'neuron', block, neuron }, blockChosen: true });
  },
  stepNeuron(by) {
    const order = orderOf(get());
    if (order.length === 0) return;
    const { neuron } = get().view;
    const place = neuron === undefined ? (by === 1 ? -1 : 0) : order.indexOf(neuron);
    get().openNeuron(order[(place + by + order.length) % order.length]!);
  },
  randomNeuron() {
    const neurons = loadedValue(get().manifest)?.blocks[0]?.neurons ?? 0;
    if (neurons > 0) get().openNeuron(Math.floor(services.random() * neurons));
  },
});

function withoutNeuron(view: View): View {
  const { neuron: _, ...rest } = view;
  return rest;
}
