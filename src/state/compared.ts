import type { View } from './view.ts';

/** A neuron by its place in a model. */
export interface NeuronAt {
  readonly block: number;
  readonly neuron: number;
}

/** So many stand side by side on a screen and can still be read. */
export const MOST_COMPARED = 4;

const isSame = (a: NeuronAt, b: NeuronAt): boolean => a.block === b.block && a.neuron === b.neuron;

/** The neurons of a view's `neurons`, none twice. */
export function comparedOf(text: string): NeuronAt[] {
  const all = text
    .split('~')
    .filter(Boolean)
    .map((place) => {
      const [block, neuron] = place.split('.').map(Number);
      return { block: block!, neuron: neuron! };
    });
  return all.filter((place, i) => all.findIndex((other) => isSame(place, other)) === i);
}

export const comparedText = (neurons: readonly NeuronAt[]): string =>
  neurons.map(({ block, neuron }) => `${block}.${neuron}`).join('~');

export const isCompared = (text: string, place: NeuronAt): boolean =>
  comparedOf(text).some((other) => isSame(place, other));

/** With one more at the end; the same where it is there already, or where there is no room. */
export function withCompared(text: string, place: NeuronAt): string {
  const neurons = comparedOf(text);
  if (neurons.length >= MOST_COMPARED || isCompared(text, place)) return text;
  return comparedText([...neurons, place]);
}

export const withoutCompared = (text: string, place: NeuronAt): string =>
  comparedText(comparedOf(text).filter((other) => !isSame(place, other)));

/** Moved by so many places, not beyond the ends. */
export function movedCompared(text: string, place: NeuronAt, by: number): string {
  const neurons = comparedOf(text);
  const from = neurons.findIndex((other) => isSame(place, other));
  const [moved] = neurons.splice(from, from < 0 ? 0 : 1);
  if (moved) neurons.splice(Math.max(0, Math.min(neurons.length, from + by)), 0, moved);
  return comparedText(neurons);
}

/** The page that compares these neurons of the view's analysis. */
export const comparing = (view: View, neurons: readonly NeuronAt[]): View => {
  const { neuron: _, ...rest } = view;
  return { ...rest, page: 'compare', neurons: comparedText(neurons.slice(0, MOST_COMPARED)) };
};
