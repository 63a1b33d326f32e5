import type { PackHead } from '../src/pack/index.ts';
import type { PackValues } from './bake/options.ts';
import type { Model } from './model.ts';

/** What pack.json says of the model. */
export const modelInPack = (model: Model, values: PackValues): PackHead['model'] => ({
  name: values['model-name'] ?? model.name,
  ...(values['model-url'] !== undefined && { url: values['model-url'] }),
  hash: model.hash,
  config: { ...model.weights.config, vision: model.vision },
});

/** What pack.json says of the pictures; `skipped` is left out where it is 0. */
export const setInPack = (
  set: { readonly name: string; readonly hash: string; readonly count: number; readonly skipped: number },
  values: PackValues,
): PackHead['set'] => ({
  name: values['set-name'] ?? set.name,
  ...(values['set-url'] !== undefined && { url: values['set-url'] }),
  hash: set.hash,
  count: set.count,
  ...(set.skipped > 0 && { skipped: set.skipped }),
});
