import type { MapKind } from '../../state/index.ts';

export const MAP_NAMES: Record<MapKind, string> = {
  activation: 'Neuron’s activation',
  'second-order': 'Second-order effect',
};

/** What a value on each map means. */
export const MAP_MEANINGS: Record<MapKind, string> = {
  activation: 'How strongly the neuron is switched on at each patch, after its non-linearity.',
  'second-order':
    'What each patch adds, through all later heads, to the effect along the neuron’s direction.',
};
