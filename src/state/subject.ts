import type { ClipConfig, VisionConfig } from '../clip/config.ts';
import { type Head, laterHeads } from '../clip/trace.ts';
import { HISTOGRAM_BINS } from '../lens/blockSummary.ts';
import type { PackManifest } from '../pack/index.ts';
import { shippedModel, shippedSet } from './shipped.ts';

/** A model with an image tower. */
export type LensConfig = ClipConfig & { readonly vision: VisionConfig };

/** What is analysed and how: known before any number is. */
export interface Subject {
  readonly model: {
    readonly name: string;
    readonly title: string;
    /** sha256 of the weights, hex; unknown until the model was opened once. */
    readonly hash?: string | undefined;
    readonly config: LensConfig;
  };
  readonly set: { readonly name: string; readonly title: string; readonly count: number };
  readonly options: {
    /** k: size of a neuron's set of strongest images. */
    readonly topK: number;
    /** Images listed at each end of the signed activation. */
    readonly listed: number;
    readonly bins: number;
  };
  readonly blocks: readonly SubjectBlock[];
  /** The shipped analysis; without one all numbers are made on this machine. */
  readonly pack?: PackManifest;
  /** Where block 0 holds directions made elsewhere and no neurons. */
  readonly directions?: GivenDirections;
}

/** Directions that an analysis is of, in the place of neurons. */
export interface GivenDirections {
  /** What they are together. */
  readonly name: string;
  /** One each, '' for those without a name; undefined where none has one. */
  readonly names: readonly string[] | undefined;
  /** Size of cosine that the nearest neuron has to a random direction; undefined where none were compared. */
  readonly chance: number | undefined;
}

export interface SubjectBlock {
  readonly block: number;
  readonly neurons: number;
  readonly laterHeads: readonly Head[];
}

/** @param names of the pack's directions, where it has such */
export function subjectOfPack(
  model: string,
  set: string,
  pack: PackManifest,
  names?: readonly string[],
): Subject {
  const { directions } = pack;
  return {
    model: {
      name: model,
      title: shippedModel(model)?.title ?? pack.model.name,
      hash: pack.model.hash,
      config: pack.model.config,
    },
    set: { name: set, title: shippedSet(set)?.title ?? pack.set.name, count: pack.set.count },
    options: pack.options,
    blocks: pack.blocks,
    pack,
    ...(directions && {
      directions: { name: directions.name, names, chance: directions.aligned?.chance },
    }),
  };
}

/** Every block but the last, which no head comes after, with the options that suit so many pictures. */
export function subjectOfModel(model: Subject['model'], set: Subject['set']): Subject {
  const { layers, heads, neurons } = model.config.vision;
  const blocks = Array.from({ length: layers - 1 }, (_, block) => ({
    block,
    neurons,
    laterHeads: laterHeads(block, layers, heads),
  }));
  return { model, set, options: optionsFor(set.count), blocks };
}

/** The paper's 100 of about 5,000 pictures; of fewer a twentieth, but enough to have a direction. */
export function optionsFor(images: number): Subject['options'] {
  const topK = Math.max(1, Math.min(100, Math.max(20, Math.round(images / 20)), Math.floor(images / 2)));
  return { topK, listed: Math.min(48, images), bins: HISTOGRAM_BINS };
}

/** The blocks that have neurons to look at, in order. */
export const blocksOf = (subject: Subject): number[] =>
  subject.blocks.map((entry) => entry.block).sort((a, b) => a - b);

export const laterHeadsOf = (subject: Subject, block: number): readonly Head[] =>
  subject.blocks.find((entry) => entry.block === block)?.laterHeads ?? [];

export const neuronsOf = (subject: Subject | undefined, block?: number): number =>
  (subject?.blocks.find((entry) => entry.block === block) ?? subject?.blocks[0])?.neurons ?? 0;
