import type { ModelPlan, ModelSource, StoredModel } from '../../workers/protocol.ts';
import { CATALOGUE, catalogueModel } from '../clip/catalogue.ts';
import { LensError } from '../errors.ts';
import { failed, IDLE, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import type { ModelInfo } from './engineSlice.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { PACK_MODEL, SHIPPED_MODELS, shippedModel } from './shipped.ts';
import type { Slice } from './state.ts';
import type { LensConfig, Subject } from './subject.ts';
import { DEFAULT_VIEW } from './view.ts';

export type { ModelPlan, ModelSource, StoredModel } from '../../workers/protocol.ts';
export { CATALOGUE };

/** A model a person asked about, and what it would take to open it. */
export interface AskedModel {
  readonly source: ModelSource;
  readonly plan: Loadable<ModelPlan>;
}

export interface ModelsSlice {
  /** Models opened since the page came up, by the name they have in addresses. */
  readonly opened: ReadonlyMap<string, ModelInfo>;
  /** What this browser keeps of models. */
  readonly stored: Loadable<readonly StoredModel[]>;
  /** Bytes of text vectors this browser keeps. */
  readonly keptTexts: number;
  readonly asked: AskedModel | undefined;
  /** Finds out what a model would take. Asks its server for headers only, and only now. */
  askFor(source: ModelSource): Promise<void>;
  /** Loads what was asked about, and looks into it with the set in view. */
  openAsked(): Promise<void>;
  /** Stops a download; what has arrived is kept, to go on from. */
  dropAsked(): void;
  /** Looks with a model that was opened: at the pack in view if it was made with it, else at the set in view. */
  lookWith(info: ModelInfo): Promise<void>;
  /** The name here of the model with that hash: shipped, of the catalogue, or opened; `PACK_MODEL` for none. */
  modelOfHash(hash: string): Promise<string>;
  listStored(): Promise<void>;
  forgetModel(id: string): Promise<void>;
  forgetTexts(): Promise<void>;
  /** Whether a name in an address can be a model at all: shipped, of the catalogue, or a file of this machine. */
  knowsModel(name: string): boolean;
  /** Name, title and sizes of a model as far as known without loading it. @throws LensError `unavailable` */
  describeModel(name: string): Promise<Subject['model']>;
  /** Where a model of the view is to be had without a download. @throws LensError `unavailable` */
  sourceOfModel(name: string): Promise<ModelSource>;
}

/** Names of models that came from a file or address of a person's own begin so. */
const LOCAL = 'local-';

export const modelsSlice: Slice<ModelsSlice> = (set, get, services) => {
  let controller: AbortController | undefined;
  /** Where the models opened in this session came from. */
  const sources = new Map<string, ModelSource>();

  const isAsked = (source: ModelSource): boolean => get().asked?.source === source;

  async function isStored(name: string): Promise<boolean> {
    const list = await (await services.client()).storedModels();
    set({ stored: ready(list) });
    return list.some(({ id, complete }) => id === name && complete);
  }

  return {
    opened: new Map(),
    stored: IDLE,
    keptTexts: 0,
    asked: undefined,
    async askFor(source) {
      controller?.abort(new LensError('cancelled', 'Another model was asked for.'));
      const own = new AbortController();
      controller = own;
      set({ asked: { source, plan: LOADING } });
      try {
        const client = await services.client();
        const plan = await client.plan(source, { signal: own.signal });
        if (isAsked(source)) set({ asked: { source, plan: ready(plan) } });
      } catch (error) {
        if (isAsked(source) && !isCancelled(error))
          set({ asked: { source, plan: failed(sentenceFor(error)) } });
      }
    },
    async openAsked() {
      const { asked } = get();
      if (!asked) return;
      const own = new AbortController();
      controller = own;
      try {
        const info = await get().openModel(asked.source, own.signal);
        sources.set(info.id, asked.source);
        set({ opened: new Map(get().opened).set(info.id, info), asked: undefined });
        await get().lookWith(info);
      } catch (error) {
        if (isCancelled(error) || own.signal.aborted) return;
        if (isAsked(asked.source)) set({ asked: { source: asked.source, plan: failed(sentenceFor(error)) } });
      } finally {
        void get().listStored();
      }
    },
    async lookWith(info) {
      const { view } = get();
      const made = loadedValue(get().subject)?.pack?.model;
      if (!view.pack) return get().openAnalysis(info.id, view.set);
      if (made && (info.hash === made.hash || (await get().modelOfHash(made.hash)) === info.id)) {
        return get().setView({ page: 'block', model: info.id });
      }
      get().notify(
        'info',
        `${info.title} is not the model of the analysis that was in view; the shipped pictures are.`,
      );
      get().openAnalysis(info.id, DEFAULT_VIEW.set);
    },
    async modelOfHash(hash) {
      const ships = Object.entries(SHIPPED_MODELS).find(([, model]) => model.hash === hash)?.[0];
      const catalogued = CATALOGUE.find(({ files }) => files.some(({ sha256 }) => sha256 === hash))?.id;
      const opened = [...get().opened.values()].find((info) => info.hash === hash)?.id;
      return ships ?? opened ?? catalogued ?? PACK_MODEL;
    },
    dropAsked() {
      controller?.abort(new LensError('cancelled', 'It was cancelled.'));
      set({ asked: undefined });
    },
    async listStored() {
      if (get().stored.status !== 'ready') set({ stored: LOADING });
      try {
        const client = await services.client();
        const [stored, keptTexts] = await Promise.all([client.storedModels(), client.keptTexts()]);
        set({ stored: ready(stored), keptTexts });
      } catch (error) {
        set({ stored: failed(sentenceFor(error)) });
      }
    },
    async forgetModel(id) {
      try {
        await (await services.client()).forgetModel(id);
      } catch (error) {
        get().notify('error', sentenceFor(error));
      }
      await get().listStored();
    },
    knowsModel: (name) =>
      shippedModel(name) !== undefined ||
      catalogueModel(name) !== undefined ||
      name.startsWith(LOCAL) ||
      get().opened.has(name),
    async forgetTexts() {
      try {
        await (await services.client()).forgetTexts();
      } catch (error) {
        get().notify('error', sentenceFor(error));
      }
      await get().listStored();
    },
    async describeModel(name) {
      const info = get().opened.get(name);
      if (info) return { name, title: info.title, hash: info.hash, config: visionOf(info.config) };
      const entry = catalogueModel(name);
      if (entry) return { name, title: entry.title, config: visionOf(entry.config) };
      const source = await get().sourceOfModel(name);
      const opened = await get().openModel(source);
      set({ opened: new Map(get().opened).set(name, opened) });
      return { name, title: opened.title, hash: opened.hash, config: visionOf(opened.config) };
    },
    async sourceOfModel(name) {
      const shipped = shippedModel(name);
      if (shipped) return { kind: 'folder', url: services.url(shipped.url) };
      const known = sources.get(name);
      if (known) return known;
      if (await isStored(name)) return { kind: 'stored', id: name };
      const entry = catalogueModel(name);
      if (name === PACK_MODEL) {
        const made = loadedValue(get().subject)?.pack?.model;
        throw new LensError(
          'unavailable',
          `This needs the model the analysis was made with, ${made?.name ?? 'which is not known'}: open it on the Models page.`,
        );
      }
      throw new LensError(
        'unavailable',
        entry
          ? `${entry.title} is not on this machine yet: open it on the Models page, where its size is stated.`
          : 'This model is a file that is not on this machine: open it on the Models page.',
      );
    },
  };
};

/** @throws LensError `unsupported` for a model that reads texts only */
function visionOf(config: ModelInfo['config']): LensConfig {
  const { vision } = config;
  if (vision) return { ...config, vision };
  throw new LensError('unsupported', 'This model reads texts only; its neurons never see a picture.');
}
