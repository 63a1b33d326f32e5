import type { Form } from '../lens/form.ts';

export const EXPERIMENTS = ['ablation', 'indirect', 'segmentation', 'adversarial'] as const;
export const FORMS = ['corrected', 'as-released'] as const;
/** Parts of a set with a style that the model never saw. */
export const SET_PARTS = ['all', 'trained', 'held-out'] as const;

export type ExperimentName = (typeof EXPERIMENTS)[number];
export type SetPart = (typeof SET_PARTS)[number];

/** Which experiment the page shows and how it is made; part of the address. */
export interface ExperimentSettings {
  readonly experiment: ExperimentName;
  readonly form: Form;
  readonly part: SetPart;
  /** Pictures of each part; `all`; empty for what suits the experiment. */
  readonly first: string;
  /** k; empty for the one that the numbers of the page have. */
  readonly topK: string;
  /** With dots between. */
  readonly seeds: string;
  /** Blocks with dots between; empty for all that the experiment is of. */
  readonly layers: string;
  /** m of the rows “from texts”, with dots between; empty for none. */
  readonly lengths: string;
  /** Neurons drawn a block for indirect effects, or chosen for a text; empty for what suits. */
  readonly sample: string;
  /** Names of concepts of the set: seen and absent, and depicted. */
  readonly target: string;
  readonly depicted: string;
}

export const DEFAULT_EXPERIMENT: ExperimentSettings = {
  experiment: 'ablation',
  form: 'corrected',
  part: 'all',
  first: '',
  topK: '',
  seeds: '0.1.2',
  layers: '',
  lengths: '4.16.64',
  sample: '',
  target: 'school',
  depicted: 'telescope',
};

export const EXPERIMENT_SETTINGS = Object.keys(DEFAULT_EXPERIMENT) as (keyof ExperimentSettings)[];

/** Numbers with dots between, ascending, none twice. */
export const numbersOf = (text: string): number[] =>
  [...new Set(text.split('.').filter(Boolean).map(Number))].sort((a, b) => a - b);

/** Pictures a part that a first look takes. */
const FIRST: Record<ExperimentName, number> = {
  ablation: 200,
  indirect: 16,
  segmentation: 100,
  adversarial: 50,
};
/** Neurons drawn a block for indirect effects; none for their words unless asked for: they take long. */
const SAMPLE: Record<ExperimentName, number> = {
  ablation: 0,
  indirect: 32,
  segmentation: 200,
  adversarial: 0,
};

/** The settings with what was left open filled in. */
export interface ExperimentOptions {
  readonly experiment: ExperimentName;
  readonly form: Form;
  readonly part: SetPart;
  /** Undefined: all. */
  readonly pictures: number | undefined;
  readonly topK: number;
  readonly seeds: readonly number[];
  readonly layers: readonly number[];
  readonly terms: readonly number[];
  readonly sample: number;
  readonly target: string;
  readonly depicted: string;
}

/** @param known blocks there are, and the k of the page's numbers */
export function optionsOfExperiment(
  settings: ExperimentSettings,
  known: { readonly blocks: readonly number[]; readonly topK: number; readonly images: number },
): ExperimentOptions {
  const { experiment, form, part, first, topK, seeds, layers, lengths, sample, target, depicted } = settings;
  const chosen = numbersOf(layers).filter((block) => known.blocks.includes(block));
  return {
    experiment,
    form,
    part,
    pictures: first === 'all' ? undefined : Number(first || FIRST[experiment]),
    topK: Math.max(2, Math.min(known.images, Number(topK || known.topK))),
    seeds: seeds === '' ? [0] : numbersOf(seeds),
    layers: chosen.length > 0 ? chosen : blocksFor(settings, known.blocks),
    terms: numbersOf(lengths).filter((m) => m > 0),
    sample: Number(sample || SAMPLE[experiment]),
    target,
    depicted,
  };
}

/** Late blocks, as the released scripts take them for words and segmentation. */
const LATE = 3;

const blocksFor = ({ experiment, form }: ExperimentSettings, blocks: readonly number[]): readonly number[] =>
  experiment === 'adversarial' || (experiment === 'segmentation' && form === 'as-released')
    ? blocks.slice(-LATE)
    : blocks;

export const firstOf = (experiment: ExperimentName): number => FIRST[experiment];
export const sampleOf = (experiment: ExperimentName): number => SAMPLE[experiment];
