import {
  comparedOf,
  comparing,
  MOST_COMPARED,
  movedCompared,
  type NeuronAt,
  withCompared,
  withoutCompared,
} from './compared.ts';
import { failed, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import { directionOf } from './directionOf.ts';
import { neuronKey } from './neuronSlice.ts';
import { sentenceFor } from './noticeSlice.ts';
import { rowOfNeuron } from './numbers.ts';
import type { Slice } from './state.ts';
import type { View } from './view.ts';

/** Neurons side by side; which they are is the view's `neurons`. */
export interface CompareSlice {
  /** Directions [D] that were compared, by neuronKey. */
  readonly directions: ReadonlyMap<string, Loadable<Float32Array>>;
  /** Opens the page on these neurons, of the view's analysis or of another view's. */
  compare(neurons: readonly NeuronAt[], of?: View): void;
  /** Puts a neuron beside those that are being compared, or beside its nearest relative in direction. */
  compareNeuron(place: NeuronAt): void;
  addCompared(place: NeuronAt): void;
  removeCompared(place: NeuronAt): void;
  moveCompared(place: NeuronAt, by: number): void;
  /** Loads the directions of the neurons in view that are not there yet; with `again` those that failed, too. */
  loadDirections(again?: boolean): void;
}

/** Directions kept: a few pages' worth. */
const KEPT = 100;

export const compareSlice: Slice<CompareSlice> = (set, get) => {
  const change = (neurons: string) => get().setView({ neurons });

  function put(key: string, value: Loadable<Float32Array>): void {
    const directions = new Map(get().directions).set(key, value);
    for (const oldest of directions.keys()) {
      if (directions.size <= KEPT) break;
      directions.delete(oldest);
    }
    set({ directions });
  }

  async function load(key: string, { block, neuron }: NeuronAt): Promise<void> {
    const { subject } = get();
    put(key, LOADING);
    const value = await directionOf(get(), block, neuron).then(ready, (error) => failed(sentenceFor(error)));
    if (get().subject === subject) put(key, value); // else of a model no longer in view
  }

  return {
    directions: new Map(),
    compare: (neurons, of = get().view) => set({ view: comparing(of, neurons) }),
    compareNeuron(place) {
      const there = comparedOf(withoutCompared(get().view.neurons, place));
      if (there.length > 0 && there.length < MOST_COMPARED) return get().compare([...there, place]);
      const nearest = loadedValue(rowOfNeuron(get(), place.block, place.neuron))?.similar[0];
      get().compare(nearest ? [place, { block: place.block, neuron: nearest.neuron }] : [place]);
    },
    addCompared: (place) => change(withCompared(get().view.neurons, place)),
    removeCompared: (place) => change(withoutCompared(get().view.neurons, place)),
    moveCompared: (place, by) => change(movedCompared(get().view.neurons, place, by)),
    loadDirections(again = false) {
      for (const place of comparedOf(get().view.neurons)) {
        const key = neuronKey(get(), place.block, place.neuron);
        const status = get().directions.get(key)?.status;
        if (status === undefined || (again && status === 'failed')) void load(key, place);
      }
    },
  };
};
