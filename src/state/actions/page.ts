import { isShown } from '../directions.ts';
import type { Page } from '../view.ts';
import { type Action, always } from './action.ts';

interface PageEntry {
  readonly page: Page;
  readonly label: string;
  readonly key: string;
  readonly words?: string;
}

/** Pages that are not the block or a neuron of it. */
const ENTRIES: readonly PageEntry[] = [
  { page: 'image', label: 'Take a picture apart', key: 'p', words: 'image photo' },
  { page: 'own', label: 'Own pictures', key: 'o', words: 'mine upload camera images' },
  {
    page: 'experiments',
    label: 'Experiments: ablation, indirect effects, segmentation, adversarial words',
    key: 'e',
  },
  { page: 'compare', label: 'Compare neurons side by side', key: 'C', words: 'versus difference' },
  { page: 'pins', label: 'Pinned neurons', key: 'P', words: 'list notes bookmarks' },
  { page: 'learn', label: 'Learn: tour, lessons and a game', key: 'L', words: 'teach lesson guide' },
  { page: 'models', label: 'Models: open another, see what is stored', key: 'i', words: 'load pack weights' },
  { page: 'about', label: 'About, and what the numbers mean', key: 'a', words: 'glossary method help' },
];

export const PAGE: readonly Action[] = [
  ...ENTRIES.map(
    ({ page, label, key, words = '' }): Action => ({
      id: page,
      label,
      group: 'Page',
      keys: [key],
      words: `go to page ${words}`,
      enabled: (state) => state.view.page !== page && isShown(state, page),
      perform: (state) => state.setView({ page }),
    }),
  ),
  {
    id: 'palette',
    label: 'Find a command',
    group: 'Page',
    keys: ['Mod+k'],
    inFields: true,
    enabled: always,
    perform: (_, port) => port.showPalette(),
  },
  {
    id: 'help',
    label: 'Keys and actions',
    group: 'Page',
    keys: ['?'],
    words: 'shortcuts keyboard help',
    enabled: always,
    perform: (_, port) => port.showHelp(),
  },
];
