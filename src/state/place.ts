import { directionName, directionsOf } from './directions.ts';
import type { LensState } from './state.ts';

/** A neuron, or a direction in its place, in words. */
export function neuronPlace(state: Pick<LensState, 'subject'>, block: number, neuron: number): string {
  const given = directionsOf(state);
  if (!given) return `Neuron ${neuron} of block ${block}`;
  const name = directionName(given, neuron);
  return `Direction ${neuron} of ${given.name}${name ? `: ${name}` : ''}`;
}

/** What the view shows, in words for a caption or a title. */
export function placeOf(state: Pick<LensState, 'subject' | 'view'>): string {
  const { page, block, neuron, image, experiment } = state.view;
  switch (page) {
    case 'neuron':
      return neuronPlace(state, block, neuron ?? 0);
    case 'block':
      return directionsOf(state)?.name ?? `Block ${block}`;
    case 'image':
      return /^\d{1,7}$/.test(image) ? `Picture ${image}` : `Own picture ${image}`;
    case 'experiments':
      return `Experiment: ${experiment}`;
    case 'compare':
      return `Neurons ${state.view.neurons
        .split('~')
        .map((place) => place.replace('.', '·'))
        .join(', ')} side by side`;
    default:
      return `Page “${page}”`;
  }
}
