import type { NeuronRow } from '../../pack/index.ts';
import { type BlockOverview, loadedValue, type PictureSet } from '../data.ts';
import { overviewOf, rowOfNeuron } from '../numbers.ts';
import type { LensState } from '../state.ts';
import type { View } from '../view.ts';
import type { Place } from './lesson.ts';

/** What questions read of the page's data; undefined while it is on its way. */
export const rowAt = (state: LensState, { block, neuron }: Place): NeuronRow | undefined =>
  loadedValue(rowOfNeuron(state, block, neuron));

export const picturesOf = (state: LensState): PictureSet | undefined => loadedValue(state.pictures);

export function measureAt(
  state: LensState,
  measure: keyof BlockOverview,
  { block, neuron }: Place,
): number | undefined {
  return overviewOf(state, block)?.[measure][neuron];
}

/** What random directions reach with so many words. */
export const chanceOf = (state: LensState, terms: number) =>
  loadedValue(state.subject)?.pack?.codes?.lengths.find((length) => length.terms === terms)?.chance;

/** The neuron in view; undefined on other pages. */
export const inView = ({ view }: LensState): Place | undefined =>
  view.page === 'neuron' && view.neuron !== undefined
    ? { block: view.block, neuron: view.neuron }
    : undefined;

export const isSame = (a: Place | undefined, b: Place | undefined): boolean =>
  a !== undefined && b !== undefined && a.block === b.block && a.neuron === b.neuron;

/** The view of a neuron's page. */
export const ofNeuron = (place: Place, more: Partial<View> = {}): Partial<View> => ({
  page: 'neuron',
  ...place,
  ...more,
});

/** As the page prints them. */
export const percents = (share: number): string => `${(100 * share).toFixed(1)}%`;
export const named = ({ block, neuron }: Place): string => `neuron ${neuron} of block ${block}`;
