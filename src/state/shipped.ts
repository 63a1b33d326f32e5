/** What ships with the page. */
export interface ShippedAnalysis {
  readonly model: string;
  readonly set: string;
  readonly packUrl: string;
}

interface Shipped {
  readonly title: string;
  readonly url: string;
  /** SHA-256 of model.safetensors, or of set.json: what a pack names it by. */
  readonly hash: string;
}

export const SHIPPED_MODELS: Readonly<Record<string, Shipped>> = {
  'pictogram-clip': {
    title: 'Pictogram CLIP',
    url: 'models/pictogram-clip/',
    hash: '848545fab09fd99064ccba6212c1c8e13de1ed76332734842e77ef11bd29f853',
  },
};

export const SHIPPED_SETS: Readonly<Record<string, Shipped>> = {
  pictograms: {
    title: 'Pictogram scenes',
    url: 'sets/pictograms/',
    hash: 'a3fde328da72098b57b83eb1d434204de272b016a14e32dc52e5d3c1dba3aa4c',
  },
};

const ANALYSES: readonly ShippedAnalysis[] = [
  { model: 'pictogram-clip', set: 'pictograms', packUrl: 'packs/pictograms/' },
];

/** The shipped analysis of a model on a set, where there is one. */
export const shippedAnalysis = (model: string, set: string): ShippedAnalysis | undefined =>
  ANALYSES.find((entry) => entry.model === model && entry.set === set);

export const shippedModel = (name: string): Shipped | undefined =>
  Object.hasOwn(SHIPPED_MODELS, name) ? SHIPPED_MODELS[name] : undefined;

export const shippedSet = (name: string): Shipped | undefined =>
  Object.hasOwn(SHIPPED_SETS, name) ? SHIPPED_SETS[name] : undefined;

/** The shipped set of that hash. */
export const shippedSetOf = (hash: string): Shipped | undefined =>
  Object.values(SHIPPED_SETS).find((known) => known.hash === hash);

/** Name of a set that a person chose on this machine; no link can carry its pictures. */
export const OWN_SET = 'own';

/** Name of the set that an opened pack was made of. */
export const PACK_SET = 'pack';
/** Name of a model that a pack needs and that is not known here. */
export const PACK_MODEL = 'pack-model';
/** How an address names a pack of this machine; no link can carry it. */
export const LOCAL_PACK = 'local';
