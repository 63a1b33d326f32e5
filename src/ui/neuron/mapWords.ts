import type { ShownMap } from './overlayMaps.ts';

export const MAP_NAMES: Record<ShownMap, string> = {
  activation: 'Neuron’s activation',
  'second-order': 'Second-order effect',
  direction: 'Where the direction comes from',
};

/** What a value on each map means. */
export const MAP_MEANINGS: Record<ShownMap, string> = {
  activation: 'How strongly the neuron is switched on at each patch, after its non-linearity.',
  'second-order':
    'What each patch adds, through all later heads, to the effect along the neuron’s direction.',
  direction: 'What the heads of all blocks read at each patch and write along the direction.',
};
