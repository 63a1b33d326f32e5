import type { Pack } from '../pack/index.ts';
import { entryFor } from './catalogue.ts';
import {
  type BlockDetail,
  type BlockOverview,
  failed,
  IDLE,
  LOADING,
  type Loadable,
  type PackManifest,
  type PackTexts,
  type PictureSet,
  ready,
} from './data.ts';
import { sentenceFor } from './noticeSlice.ts';
import type { Slice } from './state.ts';
import { fitToPack } from './viewSlice.ts';

/** The shipped analysis, loaded piece by piece as the view needs it. */
export interface CatalogueSlice {
  readonly manifest: Loadable<PackManifest>;
  readonly pictures: Loadable<PictureSet>;
  readonly overviews: ReadonlyMap<number, Loadable<BlockOverview>>;
  readonly details: ReadonlyMap<number, Loadable<BlockDetail>>;
  readonly texts: Loadable<PackTexts>;
  /** Opens the pack and its pictures; again after a failure. */
  openCatalogue(): Promise<void>;
  /** Loads what a block's page and its neurons need, if it is not there yet. */
  ensureBlock(block: number): Promise<BlockDetail | undefined>;
  ensureTexts(): Promise<PackTexts | undefined>;
}

type Pieces = 'overviews' | 'details';

export const catalogueSlice: Slice<CatalogueSlice> = (set, get, services) => {
  let pack: Pack | undefined;
  const pending = new Map<string, Promise<unknown>>();

  /** Runs a load once at a time by key. */
  function once<T>(key: string, load: () => Promise<T>): Promise<T> {
    const running = pending.get(key) as Promise<T> | undefined;
    if (running) return running;
    const promise = load().finally(() => pending.delete(key));
    pending.set(key, promise);
    return promise;
  }

  async function openPackage(): Promise<void> {
    set({ manifest: LOADING });
    try {
      const { model, set: setName } = get().view;
      pack = await services.openPack(services.url(entryFor(model, setName).packUrl));
      const manifest = ready(pack.manifest);
      set({ manifest, ...fitToPack({ ...get(), manifest }) });
    } catch (error) {
      set({ manifest: failed(sentenceFor(error)) });
    }
  }

  async function openPictures(): Promise<void> {
    set({ pictures: LOADING });
    try {
      const { model, set: setName } = get().view;
      set({ pictures: ready(await services.openPictures(services.url(entryFor(model, setName).setUrl))) });
    } catch (error) {
      set({ pictures: failed(sentenceFor(error)) });
    }
  }

  async function piece<T extends BlockOverview | BlockDetail>(
    name: Pieces,
    block: number,
    load: (pack: Pack) => Promise<T>,
  ): Promise<T | undefined> {
    const known = get()[name].get(block) as Loadable<T> | undefined;
    if (known?.status === 'ready') return known.value;
    if (!pack) return undefined;
    const put = (value: Loadable<T>) => set({ [name]: new Map(get()[name] as never).set(block, value) });
    put(LOADING);
    try {
      const value = await load(pack);
      put(ready(value));
      return value;
    } catch (error) {
      put(failed(sentenceFor(error)));
      return undefined;
    }
  }

  return {
    manifest: IDLE,
    pictures: IDLE,
    overviews: new Map(),
    details: new Map(),
    texts: IDLE,
    openCatalogue: () =>
      once('catalogue', async () => {
        const work: Promise<void>[] = [];
        if (get().manifest.status !== 'ready') work.push(openPackage());
        if (get().pictures.status !== 'ready') work.push(openPictures());
        await Promise.all(work);
      }),
    ensureBlock: (block) =>
      once(`block ${block}`, async () => {
        await piece('overviews', block, (opened) => opened.overview(block));
        return piece('details', block, (opened) => opened.detail(block));
      }),
    ensureTexts: () =>
      once('texts', async () => {
        const { texts } = get();
        if (texts.status === 'ready') return texts.value;
        if (!pack) return undefined;
        set({ texts: LOADING });
        try {
          const value = await pack.texts();
          set({
            texts: value ? ready(value) : failed('This analysis brings no words to describe neurons with.'),
          });
          return value;
        } catch (error) {
          set({ texts: failed(sentenceFor(error)) });
          return undefined;
        }
      }),
  };
};
