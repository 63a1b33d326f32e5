import { DEFAULT_EXPERIMENT, type ExperimentSettings } from './experimentSettings.ts';
import { DEFAULT_FIND, type FindSettings } from './findSettings.ts';

/** Everything that decides what is on the screen and can be put into a link. */
export const PAGES = [
  'block',
  'neuron',
  'image',
  'own',
  'experiments',
  'compare',
  'pins',
  'learn',
  'models',
  'about',
] as const;
export const SORT_KEYS = [
  'typicalNorm',
  'maxNorm',
  'varianceShare',
  'threshold',
  'searchScore',
  'index',
] as const;
export const TERM_COUNTS = [4, 8, 16, 32, 64, 128] as const;
export const ATOM_FORMS = ['unit-atoms', 'as-released'] as const;
/** Lists of words: the set's own, two that ship, or a person's file. */
export const POOLS = ['set', 'english-30000', 'noun-phrases-10000', 'file'] as const;
export const OVERLAYS = ['off', 'hover', 'always'] as const;
export const MAPS = ['activation', 'second-order'] as const;
export const SIGNS = ['both', 'positive', 'negative'] as const;
export const THEMES = ['system', 'light', 'dark'] as const;
export const BACKENDS = ['webgpu', 'wasm'] as const;
export const PRECISIONS = ['float32', 'float16'] as const;

export type Page = (typeof PAGES)[number];
/** What the neurons of a block can be ordered by. */
export type SortKey = (typeof SORT_KEYS)[number];
/** m: how many texts a description may have. */
export type TermCount = (typeof TERM_COUNTS)[number];
export type PoolChoice = (typeof POOLS)[number];
export type Overlay = (typeof OVERLAYS)[number];
/** Which heat map is drawn: the neuron's own activation, or its second-order effect. */
export type MapKind = (typeof MAPS)[number];
/** Which end of the signed activation is listed. */
export type SignChoice = (typeof SIGNS)[number];
export type Theme = (typeof THEMES)[number];
export type BackendChoice = (typeof BACKENDS)[number];

export interface View extends FindSettings, ExperimentSettings {
  readonly page: Page;
  readonly model: string;
  /** Where an analysis made elsewhere is: an address, or the name of one on this machine. */
  readonly pack?: string;
  readonly set: string;
  /** Counted from 0, like the papers count layers. */
  readonly block: number;
  /** Counted from 0; present exactly when the page is 'neuron'. */
  readonly neuron?: number;
  /** The picture that is taken apart: its number in the set, or the beginning of an own one's SHA-256. */
  readonly image: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly query: string;
  readonly terms: TermCount;
  readonly atoms: (typeof ATOM_FORMS)[number];
  /** Which words a direction is put into. */
  readonly pool: PoolChoice;
  readonly overlay: Overlay;
  readonly map: MapKind;
  readonly sign: SignChoice;
  readonly theme: Theme;
  /** Forces a backend; a link that forces one is obeyed or refused, never silently replaced. */
  readonly backend?: BackendChoice;
  /** Forces the arithmetic of the image tower; obeyed or refused, as the backend. */
  readonly precision?: (typeof PRECISIONS)[number];
  /** Neurons side by side, as `block.neuron` with ~ between; see compared.ts. Of the page 'compare' alone. */
  readonly neurons: string;
  /** Somebody's pinned neurons, packed; see pinLink.ts. Of the page 'pins' alone. */
  readonly list: string;
  /** Inside another page: only what is shown, nothing around it. */
  readonly embed: boolean;
  /** In front of people: large, and nothing around it. */
  readonly present: boolean;
  /** Id of the lesson that is being taken; '' for none. */
  readonly lesson: string;
  /** Where in the lesson, from 0. */
  readonly step: number;
  /** The game that is played on the page ‘learn’, as `mode.seed`; '' for none. */
  readonly game: string;
}

export const DEFAULT_VIEW: View = {
  page: 'block',
  model: 'pictogram-clip',
  set: 'pictograms',
  block: 0,
  image: '0',
  sort: 'typicalNorm',
  descending: true,
  query: '',
  terms: 16,
  atoms: 'unit-atoms',
  pool: 'set',
  overlay: 'hover',
  map: 'second-order',
  sign: 'both',
  theme: 'system',
  neurons: '',
  list: '',
  embed: false,
  present: false,
  lesson: '',
  step: 0,
  game: '',
  ...DEFAULT_FIND,
  ...DEFAULT_EXPERIMENT,
};

/** Longest search the page takes; the text tower reads 77 tokens and no more. */
export const LONGEST_QUERY = 200;

/** Longest packed list an address may carry: mail and chat cut longer ones off. */
export const LONGEST_LIST = 6000;
