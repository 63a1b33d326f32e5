import type { Form } from '../lens/form.ts';
import type { VotedWord } from '../lens/wordVotes.ts';

/** What can be switched off on one picture, with its words for the list of what is off. */
export type SwitchedOff =
  | {
      readonly block: number;
      /** Some neurons, the significant ones, or all of the block. */
      readonly neurons: readonly number[] | 'significant' | 'all';
      readonly label: string;
    }
  /** What all neurons that were read write at one patch. */
  | { readonly patch: number; readonly label: string };

/** A neuron as it acts on the picture in view. */
export interface ActingNeuron {
  readonly block: number;
  readonly neuron: number;
  /** Signed activation along its direction. */
  readonly activation: number;
  /** Norm of the centred effect. */
  readonly norm: number;
  readonly threshold: number;
  readonly significant: boolean;
}

/** How the classes stand, before and after what was switched off. */
export interface ClassScore {
  readonly name: string;
  readonly before: number;
  /** Equal to `before` while nothing is off. */
  readonly after: number;
}

/** Words that the picture's significant neurons add up to. */
export interface FoundConcepts {
  readonly words: readonly (VotedWord & { readonly name: string })[];
  /** How many neurons were significant. */
  readonly neurons: number;
}

/** Where a text is, and by which neurons; none for the maps that are not neurons'. */
export interface FoundText {
  readonly text: string;
  readonly gridSide: number;
  /** [G·G] */
  readonly map: Float32Array;
  /** True when the map is the same everywhere, and so says nothing. */
  readonly flat: boolean;
  readonly chosen: readonly { readonly block: number; readonly neuron: number; readonly score: number }[];
}

/** How a text is looked for. */
export interface FindOptions {
  /**
   * - `corrected`: neurons that lie towards what sets the text apart from the classes, by sign.
   * - `as-released`: neurons that lie most to the text or away from it, signs left out.
   */
  readonly form: Form;
  readonly neurons: number;
  /**
   * By neurons: where they fire, or what their firing adds along the text. To compare with: the direct effects of
   * heads, and where the model looks, whatever the text.
   */
  readonly map: 'activation' | 'second-order' | 'heads' | 'attention';
  /** Pixels above it, of the map stretched to 0…1, belong to the text. */
  readonly threshold: number;
}

/** Who writes at a patch: what each adds there along its direction, signed. */
export type PatchReading = readonly {
  readonly block: number;
  readonly neuron: number;
  readonly value: number;
}[];
