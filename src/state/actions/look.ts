import { pinPlace } from '../pinsSlice.ts';
import type { LensState } from '../state.ts';
import { OVERLAYS, THEMES } from '../view.ts';
import { type Action, always, hasSubject, isDirections, next } from './action.ts';

const hasMaps = (state: LensState): boolean =>
  hasSubject(state) && (state.view.page === 'neuron' || state.view.page === 'own') && !isDirections(state);
const onNeuron = (state: LensState): boolean => hasSubject(state) && state.view.page === 'neuron';

export const LOOK: readonly Action[] = [
  {
    id: 'search',
    label: 'Search neurons by words or number',
    group: 'Look',
    keys: ['/'],
    words: 'find',
    enabled: always,
    perform: (_, port) => port.focusSearch(),
  },
  {
    id: 'overlay',
    label: 'Heat maps: off, on hover, always',
    group: 'Look',
    keys: ['h'],
    words: 'overlay heatmap',
    needs: 'the pictures of a neuron in view',
    enabled: hasMaps,
    perform: (state) => state.setView({ overlay: next(OVERLAYS, state.view.overlay) }),
  },
  {
    id: 'map',
    label: 'Heat map of the activation or of the second-order effect',
    group: 'Look',
    keys: ['m'],
    words: 'heatmap kind',
    needs: 'the pictures of a neuron in view',
    enabled: hasMaps,
    perform: (state) =>
      state.setView({ map: state.view.map === 'activation' ? 'second-order' : 'activation' }),
  },
  {
    id: 'pin',
    label: 'Pin this neuron, or take it off',
    group: 'Look',
    keys: ['n'],
    words: 'bookmark keep note list',
    needs: 'a neuron in view',
    enabled: onNeuron,
    perform: ({ view, togglePin }) => togglePin(pinPlace(view, view.block, view.neuron ?? 0)),
  },
  {
    id: 'compare-neuron',
    label: 'Compare this neuron with others',
    group: 'Look',
    keys: ['v'],
    words: 'versus beside difference',
    needs: 'a neuron in view',
    enabled: onNeuron,
    perform: ({ view, compareNeuron }) => compareNeuron({ block: view.block, neuron: view.neuron ?? 0 }),
  },
  {
    id: 'theme',
    label: 'Colours: as the system, light, dark',
    group: 'Look',
    keys: ['t'],
    words: 'theme mode night colors',
    enabled: always,
    perform: (state) => state.setView({ theme: next(THEMES, state.view.theme) }),
  },
];
