import type { LensState } from '../state.ts';
import type { View } from '../view.ts';
import type { FormulaId } from './formulaIds.ts';

/** A neuron of the shipped model. */
export interface Place {
  readonly block: number;
  readonly neuron: number;
}

/** One screen of a lesson: what is said beside the real page, and what that page shows meanwhile. */
export interface Step {
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** For who wants the mathematics. */
  readonly more?: { readonly text: string; readonly formulas?: readonly FormulaId[] };
  /** What the view is at this step; all else is as on a first visit, but for what is a matter of the person. */
  readonly view: Partial<View>;
  /** What is pointed at: a heading or label of the page, as it is written or read out there. */
  readonly look?: string;
  readonly question?: Question;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  /** What one can do or say after it. */
  readonly promise: string;
  readonly minutes: number;
  readonly steps: readonly Step[];
}

/** One of the answers to choose from. */
export interface Option {
  readonly id: string;
  readonly label: string;
}

interface AnyQuestion {
  readonly ask: string;
  /** Where to look, for who was wrong. */
  readonly hint: string;
  /** Why the right answer is right, with the numbers of the page. Called only once they are there. */
  because(state: LensState): string;
  /** Neurons whose numbers it needs besides the one in view. */
  readonly needs?: readonly Place[];
  /** It also needs the vectors of the words that come with the analysis. */
  readonly needsTexts?: true;
}

/** Checked against what the page shows; undefined says that its data are not there yet. */
export type Question =
  | (AnyQuestion & {
      readonly kind: 'choice';
      options(state: LensState): readonly Option[] | undefined;
      /** The right option's id. */
      truth(state: LensState): string | undefined;
    })
  | (AnyQuestion & {
      readonly kind: 'number';
      readonly unit: string;
      truth(state: LensState): number | undefined;
      /** How far from the truth an answer may be, in the unit. */
      readonly tolerance: number;
    })
  /** Answered in the app itself: by opening a neuron, choosing a picture, switching something. */
  | (AnyQuestion & {
      readonly kind: 'do';
      done(state: LensState): 'yes' | 'no' | 'wrong';
    });

/** What came of an answer. */
export interface Verdict {
  readonly is: 'waiting' | 'right' | 'wrong';
  readonly says: string;
}
