import { loadedValue } from './data.ts';
import { directionsOf, isShown } from './directions.ts';
import type { LensState } from './state.ts';
import { blocksOf } from './subject.ts';
import { OVERLAYS, THEMES } from './view.ts';

/** What only the page itself can do for an action. */
export interface ActionPort {
  focusSearch(): void;
  showHelp(): void;
  copyLink(): void;
}

/** Something a person can do: the same data feeds buttons, keys and the list of both. */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly group: 'Move' | 'Look' | 'Compute' | 'Page';
  /** As KeyboardEvent.key, any of them; the first is the one that is shown. */
  readonly keys: readonly string[];
  enabled(state: LensState): boolean;
  perform(state: LensState, port: ActionPort): void;
}

const always = () => true;
const hasSubject = (state: LensState) => state.subject.status === 'ready';
const onAnalysis = (state: LensState) =>
  hasSubject(state) &&
  (state.view.page === 'block' || state.view.page === 'neuron' || state.view.page === 'own');
const hasMaps = (state: LensState) =>
  onAnalysis(state) && state.view.page !== 'block' && directionsOf(state) === undefined;
const isRunning = (state: LensState) => state.job.status === 'running';

function stepBlock(state: LensState, by: 1 | -1): void {
  const subject = loadedValue(state.subject);
  if (!subject) return;
  const blocks = blocksOf(subject);
  const place = blocks.indexOf(state.view.block);
  state.openBlock(blocks[(place + by + blocks.length) % blocks.length]!);
}

function next<T>(values: readonly T[], current: T): T {
  return values[(values.indexOf(current) + 1) % values.length]!;
}

const NAMED: readonly Action[] = [
  {
    id: 'next-neuron',
    label: 'Next neuron of the list',
    group: 'Move',
    keys: ['j'],
    enabled: hasSubject,
    perform: (state) => state.stepNeuron(1),
  },
  {
    id: 'previous-neuron',
    label: 'Previous neuron of the list',
    group: 'Move',
    keys: ['k'],
    enabled: hasSubject,
    perform: (state) => state.stepNeuron(-1),
  },
  {
    id: 'random-neuron',
    label: 'Random neuron',
    group: 'Move',
    keys: ['r'],
    enabled: hasSubject,
    perform: (state) => state.randomNeuron(),
  },
  {
    id: 'next-block',
    label: 'Next block',
    group: 'Move',
    keys: ['b'],
    enabled: hasSubject,
    perform: (state) => stepBlock(state, 1),
  },
  {
    id: 'previous-block',
    label: 'Previous block',
    group: 'Move',
    keys: ['B'],
    enabled: hasSubject,
    perform: (state) => stepBlock(state, -1),
  },
  {
    id: 'up',
    label: 'Up to the whole block',
    group: 'Move',
    keys: ['u'],
    enabled: (state) => state.view.page !== 'block',
    perform: (state) => state.openBlock(state.view.block),
  },
  {
    id: 'search',
    label: 'Search neurons by words or number',
    group: 'Look',
    keys: ['/'],
    enabled: always,
    perform: (_, port) => port.focusSearch(),
  },
  {
    id: 'overlay',
    label: 'Heat maps: off, on hover, always',
    group: 'Look',
    keys: ['h'],
    enabled: hasMaps,
    perform: (state) => state.setView({ overlay: next(OVERLAYS, state.view.overlay) }),
  },
  {
    id: 'map',
    label: 'Heat map of the activation or of the second-order effect',
    group: 'Look',
    keys: ['m'],
    enabled: hasMaps,
    perform: (state) =>
      state.setView({ map: state.view.map === 'activation' ? 'second-order' : 'activation' }),
  },
  {
    id: 'theme',
    label: 'Colours: as the system, light, dark',
    group: 'Look',
    keys: ['t'],
    enabled: always,
    perform: (state) => state.setView({ theme: next(THEMES, state.view.theme) }),
  },
  {
    id: 'recompute',
    label: 'Recompute this block on this machine',
    group: 'Compute',
    keys: ['R'],
    enabled: (state) =>
      hasSubject(state) && !directionsOf(state) && !isRunning(state) && state.pictures.status === 'ready',
    perform: (state) => void state.recompute(),
  },
  {
    id: 'cancel',
    label: 'Cancel the computation',
    group: 'Compute',
    keys: ['x'],
    enabled: isRunning,
    perform: (state) => state.cancelJob(),
  },
  {
    id: 'source',
    label: 'Switch between shipped and live numbers',
    group: 'Compute',
    keys: ['l'],
    enabled: (state) => state.live.size > 0,
    perform: (state) => state.setSource(state.source === 'live' ? 'shipped' : 'live'),
  },
  {
    id: 'image',
    label: 'Take a picture apart',
    group: 'Page',
    keys: ['p'],
    enabled: (state) => state.view.page !== 'image' && isShown(state, 'image'),
    perform: (state) => state.setView({ page: 'image' }),
  },
  {
    id: 'own',
    label: 'Own pictures',
    group: 'Page',
    keys: ['o'],
    enabled: (state) => state.view.page !== 'own' && isShown(state, 'own'),
    perform: (state) => state.setView({ page: 'own' }),
  },
  {
    id: 'experiments',
    label: 'Experiments: ablation, indirect effects, segmentation, adversarial words',
    group: 'Page',
    keys: ['e'],
    enabled: (state) => state.view.page !== 'experiments' && isShown(state, 'experiments'),
    perform: (state) => state.setView({ page: 'experiments' }),
  },
  {
    id: 'models',
    label: 'Models: open another, see what is stored',
    group: 'Page',
    keys: ['i'],
    enabled: (state) => state.view.page !== 'models',
    perform: (state) => state.setView({ page: 'models' }),
  },
  {
    id: 'about',
    label: 'About, and what the numbers mean',
    group: 'Page',
    keys: ['a'],
    enabled: (state) => state.view.page !== 'about',
    perform: (state) => state.setView({ page: 'about' }),
  },
  {
    id: 'copy-link',
    label: 'Copy a link to this view',
    group: 'Page',
    keys: ['c'],
    enabled: always,
    perform: (_, port) => port.copyLink(),
  },
  {
    id: 'help',
    label: 'Keys and actions',
    group: 'Page',
    keys: ['?'],
    enabled: always,
    perform: (_, port) => port.showHelp(),
  },
];

/** A digit goes straight to a block. */
const TO_BLOCK: readonly Action[] = Array.from({ length: 10 }, (_, block) => ({
  id: `block-${block}`,
  label: `Block ${block}`,
  group: 'Move',
  keys: [String(block)],
  enabled: (state) => {
    const subject = loadedValue(state.subject);
    return subject !== undefined && blocksOf(subject).includes(block);
  },
  perform: (state) => state.openBlock(block),
}));

export const ACTIONS: readonly Action[] = [...NAMED, ...TO_BLOCK];

export function actionById(id: string): Action {
  const action = ACTIONS.find((candidate) => candidate.id === id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
}

/** A key press, as far as it matters here. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Whether it was typed into a field, or in an open dialog or menu. */
  readonly busy: boolean;
}

/** Performs the action a key stands for. True when there was one, so that the browser's own is left out. */
export function dispatchKey(press: KeyPress, state: LensState, port: ActionPort): boolean {
  if (press.busy || press.ctrlKey || press.metaKey || press.altKey || !state.singleKeys) return false;
  const action = ACTIONS.find(({ keys }) => keys.includes(press.key));
  if (!action?.enabled(state)) return false;
  action.perform(state, port);
  return true;
}
