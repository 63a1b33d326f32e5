/** What ships with the page. */
export interface ShippedAnalysis {
  readonly model: string;
  readonly set: string;
  readonly packUrl: string;
}

interface Shipped {
  readonly title: string;
  readonly url: string;
}

interface ShippedModel extends Shipped {
  /** SHA-256 of model.safetensors: what a pack names it by. */
  readonly hash: string;
}

export const SHIPPED_MODELS: Readonly<Record<string, ShippedModel>> = {
  'pictogram-clip': {
    title: 'Pictogram CLIP',
    url: 'models/pictogram-clip/',
    hash: '848545fab09fd99064ccba6212c1c8e13de1ed76332734842e77ef11bd29f853',
  },
};

export const SHIPPED_SETS: Readonly<Record<string, Shipped>> = {
  pictograms: { title: 'Pictogram scenes', url: 'sets/pictograms/' },
};

const ANALYSES: readonly ShippedAnalysis[] = [
  { model: 'pictogram-clip', set: 'pictograms', packUrl: 'packs/pictograms/' },
];

/** The shipped analysis of a model on a set, where there is one. */
export const shippedAnalysis = (model: string, set: string): ShippedAnalysis | undefined =>
  ANALYSES.find((entry) => entry.model === model && entry.set === set);

export const shippedModel = (name: string): ShippedModel | undefined =>
  Object.hasOwn(SHIPPED_MODELS, name) ? SHIPPED_MODELS[name] : undefined;

export const shippedSet = (name: string): Shipped | undefined =>
  Object.hasOwn(SHIPPED_SETS, name) ? SHIPPED_SETS[name] : undefined;

/** Name of a set that a person chose on this machine; no link can carry its pictures. */
export const OWN_SET = 'own';

/** Name of the set that an opened pack was made of. */
export const PACK_SET = 'pack';
/** Name of a model that a pack needs and that is not known here. */
export const PACK_MODEL = 'pack-model';
/** How an address names a pack of this machine; no link can carry it. */
export const LOCAL_PACK = 'local';
