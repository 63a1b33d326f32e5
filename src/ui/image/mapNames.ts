import type { FindMap } from '../../state/index.ts';

export const MAP_TITLES: Record<FindMap, string> = {
  'second-order': 'Second-order effects of neurons',
  activation: 'Activations of neurons',
  heads: 'Direct effects of heads',
  attention: 'Raw attention',
};
