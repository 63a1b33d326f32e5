import type { JobOptions } from '../../src/progress.ts';
import type { Larder, StoredSource } from '../openModel.ts';
import type { ModelPlan, ModelSource, StoredModel } from '../protocol.ts';
import { httpUrl } from './address.ts';
import { planInPlace, planRecipe } from './plan.ts';
import { addressRecipe, catalogueRecipe, type Recipe } from './recipe.ts';
import type { Patience } from './remoteFile.ts';
import { ModelStore } from './store.ts';

/** Models that must be fetched or were stored: what they are made of, what they take, which are here. */
export class Models implements Larder {
  readonly patience?: Patience;
  readonly #open: () => Promise<ModelStore>;
  #store: Promise<ModelStore> | undefined;

  constructor(open: () => Promise<ModelStore> = ModelStore.open, patience?: Patience) {
    this.#open = open;
    if (patience) this.patience = patience;
  }

  /** Opened when first asked for: a page that only shows what ships with it touches no storage. */
  readonly store = (): Promise<ModelStore> => {
    this.#store ??= this.#open();
    return this.#store;
  };

  readonly recipe = async (source: StoredSource, job: JobOptions): Promise<Recipe> => {
    if (source.kind === 'catalogue') return catalogueRecipe(source.id);
    const store = await this.store();
    if (source.kind === 'stored') return store.recipe(source.id);
    const known = await store.fromAddress(httpUrl(source.url).href);
    return known ?? addressRecipe(source.url, job.signal, this.patience);
  };

  async plan(source: ModelSource, job: JobOptions): Promise<ModelPlan> {
    const store = await this.store();
    if (source.kind === 'files' || source.kind === 'folder') return planInPlace(source, store);
    return planRecipe(await this.recipe(source, job), store, job, this.patience);
  }

  async stored(): Promise<readonly StoredModel[]> {
    return (await this.store()).list();
  }

  async forget(id: string): Promise<void> {
    return (await this.store()).forget(id);
  }
}
