import { loadedValue } from './data.ts';
import type { LensState } from './state.ts';
import type { GivenDirections } from './subject.ts';
import type { Page } from './view.ts';

/** The directions in view, where the analysis is of such and not of neurons. */
export const directionsOf = (state: Pick<LensState, 'subject'>): GivenDirections | undefined =>
  loadedValue(state.subject)?.directions;

/** Pages about what neurons do, which a direction does not. */
const ABOUT_NEURONS: readonly Page[] = ['image', 'own', 'experiments'];

/** Whether a page has something to show of the analysis in view. */
export const isShown = (state: Pick<LensState, 'subject'>, page: Page): boolean =>
  !directionsOf(state) || !ABOUT_NEURONS.includes(page);

/** What a direction is called, if it has a name. */
export const directionName = (given: GivenDirections | undefined, direction: number): string | undefined =>
  given?.names?.[direction] || undefined;
