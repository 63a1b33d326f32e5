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

export const SHIPPED_MODELS: Readonly<Record<string, Shipped>> = {
  'pictogram-clip': { title: 'Pictogram CLIP', url: 'models/pictogram-clip/' },
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

export const shippedModel = (name: string): Shipped | undefined =>
  Object.hasOwn(SHIPPED_MODELS, name) ? SHIPPED_MODELS[name] : undefined;

export const shippedSet = (name: string): Shipped | undefined =>
  Object.hasOwn(SHIPPED_SETS, name) ? SHIPPED_SETS[name] : undefined;

/** Name of a set that a person chose on this machine; no link can carry its pictures. */
export const OWN_SET = 'own';
