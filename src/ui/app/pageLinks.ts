import type { Page } from '../../state/index.ts';

/** A page as the ways to it call it. */
export interface PageEntry {
  readonly page: Exclude<Page, 'neuron'>;
  readonly name: string;
}

export const EXPLORE: PageEntry = { page: 'block', name: 'Explore' };

/** Pages that stand in the bar where it is wide. */
export const MAIN_PAGES: readonly PageEntry[] = [
  { page: 'image', name: 'Image' },
  { page: 'own', name: 'Own pictures' },
  { page: 'experiments', name: 'Experiments' },
  { page: 'learn', name: 'Learn' },
];

/** Pages behind “More”. */
export const MORE_PAGES: readonly PageEntry[] = [
  { page: 'compare', name: 'Compare' },
  { page: 'pins', name: 'Pins' },
  { page: 'models', name: 'Models' },
  { page: 'about', name: 'About' },
];
