import type { BlockOnConcepts } from '../lens/conceptDiscovery.ts';
import type { Vote } from '../lens/wordVotes.ts';
import type { FindMap } from './findSettings.ts';

/** Neurons of one block. */
export interface ChosenNeurons {
  readonly block: number;
  /** Some neurons, the significant ones, or all of the block. */
  readonly neurons: readonly number[] | 'significant' | 'all';
}

/** What can be switched off on one picture. The label says what it is, and names it: the same label, the same thing. */
export type SwitchedOff =
  | { readonly label: string; readonly chosen: readonly ChosenNeurons[] }
  /** What all neurons that were read write at one patch. */
  | { readonly label: string; readonly patch: number };

/** The picture without what is switched off. */
export interface Ablated {
  /** [D] of length 100 when intact. */
  readonly representation: Float32Array;
  /** What a neuron's signed activation lost to a patch that was taken away, [N] a block; empty for neurons. */
  readonly lost: ReadonlyMap<number, Float32Array>;
}

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

/** How a class stands, before and after what was switched off; equal while nothing is. */
export interface ClassScore {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** Among all classes of the list, 0…1. */
  readonly shareBefore: number;
  readonly shareAfter: number;
}

/** The picture's significant neurons in words: each may vote. */
export interface Voices {
  readonly blocks: readonly BlockOnConcepts[];
  readonly words: readonly string[];
}

/** A word that the picture's significant neurons add up to. */
export interface Concept {
  readonly name: string;
  readonly before: number;
  /** Without what is switched off. */
  readonly after: number;
  /** Who says so, as the picture is whole; largest part in size first. */
  readonly votes: readonly Vote[];
}

/** Where something is on the picture, patch by patch. */
export interface FoundMap {
  /** [G·G] */
  readonly map: Float32Array;
  /** True when the map is the same everywhere, and so says nothing. */
  readonly flat: boolean;
  /** By which neurons; none for maps that are not neurons'. */
  readonly chosen: readonly { readonly block: number; readonly neuron: number; readonly score: number }[];
}

/** Where a text is: by the map that was asked for, or by all. */
export interface FoundText {
  readonly text: string;
  readonly maps: ReadonlyMap<FindMap, FoundMap>;
}

/** Who writes at a patch, and the picture without what is written there. */
export interface PatchReading {
  /** What each adds there along its direction, signed; largest in size first. */
  readonly writers: readonly { readonly block: number; readonly neuron: number; readonly value: number }[];
  /** [D] */
  readonly without: Float32Array;
}

/** A picture of the set, by its nearness to the one in view. */
export interface NearPicture {
  readonly image: number;
  readonly cosine: number;
}
