import type { LensState } from '../state.ts';
import type { Question } from './lesson.ts';
import { chanceOf } from './look.ts';

/** Spreads of random directions within which an R² is no finding; the page of a neuron says so too. */
export const SPREADS = 3;

/**
 * Has the R² that random directions reach read off the page.
 * @param because what follows from it, given as the page prints it
 */
export const chanceQuestion = (
  terms: number,
  because: (chance: string, state: LensState) => string,
): Question => ({
  kind: 'number',
  ask: `What R² do random directions reach with ${terms} words?`,
  unit: '',
  tolerance: 0.01,
  truth: (state) => chanceOf(state, terms)?.mean,
  hint: 'It stands in brackets beside R², above the words.',
  because: (state) => because(chanceOf(state, terms)!.mean.toFixed(2), state),
});
