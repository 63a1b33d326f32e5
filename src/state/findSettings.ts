import type { Form } from '../lens/form.ts';

/**
 * By neurons: what their firing adds along the text, or where they fire. To compare with: the direct effects of
 * heads along it, and where the model looks, whatever the text.
 */
export const FIND_MAPS = ['second-order', 'activation', 'heads', 'attention'] as const;
/** Neurons are chosen by what sets the text apart from the classes, or by the text alone. */
export const FIND_TEXTS = ['contrast', 'alone'] as const;
export const FIND_ORDERS = ['signed', 'absolute', 'random'] as const;
export const FIND_SIGNS = ['signed', 'unsigned'] as const;
export const FIND_LOOKS = ['overlay', 'outline', 'beside', 'compare'] as const;

export type FindMap = (typeof FIND_MAPS)[number];
export type FindLook = (typeof FIND_LOOKS)[number];

/** How a text is looked for in a picture, and how what was found is shown; part of the address. */
export interface FindSettings {
  /** The text; empty for none. */
  readonly find: string;
  readonly findMap: FindMap;
  readonly findText: (typeof FIND_TEXTS)[number];
  readonly findOrder: (typeof FIND_ORDERS)[number];
  /** Of maps of activations: whether those of neurons that point away are taken off. */
  readonly findSigns: (typeof FIND_SIGNS)[number];
  /** How many neurons, over all blocks together. */
  readonly findCount: number;
  /** Blocks to choose from, with dots between; empty for all. */
  readonly findBlocks: string;
  /** Pixels above it, of the map stretched to 0…1, belong to the text. */
  readonly findCut: number;
  readonly findLook: FindLook;
}

export const DEFAULT_FIND: FindSettings = {
  find: '',
  findMap: 'second-order',
  findText: 'contrast',
  findOrder: 'signed',
  findSigns: 'signed',
  findCount: 200,
  findBlocks: '',
  findCut: 0.5,
  findLook: 'overlay',
};

/** The settings of a form; the released one has maps of activations only. */
export const FIND_FORMS: Readonly<Record<Form, Partial<FindSettings>>> = {
  corrected: { findText: 'contrast', findOrder: 'signed', findSigns: 'signed' },
  'as-released': {
    findText: 'alone',
    findOrder: 'absolute',
    findSigns: 'unsigned',
    findMap: 'activation',
  },
};

/** Which form the settings are, if they are one. */
export function formOfFind(settings: FindSettings): Form | undefined {
  const forms = Object.keys(FIND_FORMS) as Form[];
  return forms.find((form) =>
    Object.entries(FIND_FORMS[form]).every(([key, value]) => settings[key as keyof FindSettings] === value),
  );
}

export const isOfNeurons = (map: FindMap): boolean => map === 'second-order' || map === 'activation';

/** The chosen blocks among those there are; all of them when none of the chosen is there. */
export function blocksOfFind(findBlocks: string, there: readonly number[]): readonly number[] {
  const chosen = findBlocks.split('.').filter(Boolean).map(Number);
  const found = there.filter((block) => chosen.includes(block));
  return found.length > 0 ? found : there;
}

export const findBlocksOf = (chosen: readonly number[], there: readonly number[]): string =>
  chosen.length === 0 || chosen.length === there.length ? '' : chosen.join('.');

/** What a search for a text depends on; the rest only changes how its result is shown. */
const ASKED = ['find', 'findMap', 'findText', 'findOrder', 'findSigns', 'findCount', 'findBlocks'] as const;

export const asksOtherwise = (a: FindSettings, b: FindSettings): boolean =>
  ASKED.some((key) => a[key] !== b[key]) || (a.findLook === 'compare') !== (b.findLook === 'compare');
