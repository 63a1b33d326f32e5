import type { NeuronRow, Pack, ReadyCode, Vectors } from '../pack/index.ts';
import {
  type BlockDetail,
  type BlockOverview,
  failed,
  IDLE,
  LOADING,
  type Loadable,
  loadedValue,
  type PackTexts,
  type PictureSet,
  ready,
} from './data.ts';
import { pictureAddress } from './engineSlice.ts';
import { sentenceFor } from './noticeSlice.ts';
import { rowKey, sourceOf } from './numbers.ts';
import { OWN_SET, PACK_SET, shippedAnalysis, shippedSet } from './shipped.ts';
import type { LensState, Slice } from './state.ts';
import { type Subject, subjectOfModel, subjectOfPack } from './subject.ts';
import { unseenPictures } from './unseenPictures.ts';
import { DEFAULT_VIEW } from './view.ts';
import { fitToSubject } from './viewSlice.ts';

/** What the view's model and set are, and the shipped numbers about them, loaded piece by piece. */
export interface SubjectSlice {
  readonly subject: Loadable<Subject>;
  readonly pictures: Loadable<PictureSet>;
  readonly overviews: ReadonlyMap<number, Loadable<BlockOverview>>;
  /** Directions and mean effects: large, and loaded only for what acts on a whole block. */
  readonly vectors: ReadonlyMap<number, Loadable<Vectors>>;
  /** Single neurons, by `block neuron`. */
  readonly rows: ReadonlyMap<string, Loadable<NeuronRow>>;
  readonly texts: Loadable<PackTexts>;
  /** Opens what the view's model and set name; again after a failure. */
  openSubject(): Promise<void>;
  /** Loads what a block's page needs, if it ships and is not there yet. */
  ensureOverview(block: number): Promise<BlockOverview | undefined>;
  /** The same, and what acting on other pictures needs. */
  ensureVectors(block: number): Promise<Vectors | undefined>;
  /** What a neuron's page shows: some kilobytes. */
  ensureNeuron(block: number, neuron: number): Promise<NeuronRow | undefined>;
  /** Loads what its page shows before it is asked for: the pointer rests on it. */
  expectNeuron(block: number, neuron: number): void;
  /** One direction that ships; undefined where none does. Throws what the pack throws. */
  shippedDirection(block: number, neuron: number): Promise<Float32Array | undefined>;
  /** Descriptions of so many words of all neurons, as the opened pack brings them; undefined without one. Throws what it throws. */
  shippedCodes(block: number, terms: number): Promise<readonly ReadyCode[] | undefined>;
  /** All of a block as it is shown, live or shipped; not kept here. Throws what the pack throws. */
  wholeBlock(block: number): Promise<BlockDetail | undefined>;
  /** All of a block that ships. */
  shippedBlock(block: number): Promise<BlockDetail | undefined>;
  /** The pictures of a set are others now: what was known about them is forgotten, and the set is opened. */
  renewPictures(setName: string): void;
  /** The texts that ship with the numbers; undefined where there are none. */
  ensureTexts(): Promise<PackTexts | undefined>;
}

interface Place {
  readonly model: string;
  readonly set: string;
  readonly pack?: string;
}

type Pieces = 'overviews' | 'vectors' | 'rows';

const NOTHING = { overviews: new Map(), vectors: new Map(), rows: new Map(), texts: IDLE } as const;
/** Neurons kept; some kilobytes each. */
const KEPT_ROWS = 500;

export const subjectSlice: Slice<SubjectSlice> = (set, get, services) => {
  let pack: Pack | undefined;
  /** Which model and set everything here is about; what arrives for another is dropped. */
  let about = '';
  const pending = new Map<string, Promise<unknown>>();

  /** Runs a load once at a time by key. */
  function once<T>(key: string, load: () => Promise<T>): Promise<T> {
    const own = `${about} ${key}`;
    const running = pending.get(own) as Promise<T> | undefined;
    if (running) return running;
    const promise = load().finally(() => pending.delete(own));
    pending.set(own, promise);
    return promise;
  }

  /** Puts in what was loaded, unless the view has moved on to another model or set. */
  const putter = () => {
    const own = about;
    return (patch: Partial<LensState> | ((state: LensState) => Partial<LensState>)): void => {
      if (own === about) set(patch);
    };
  };

  /** An address may name what nobody here knows. */
  function knownPlace(): Place {
    const { view, problems } = get();
    if (view.pack) return { model: view.model, set: PACK_SET, pack: view.pack };
    const { model, set: setName } = view;
    const known = get().knowsModel(model) && (setName === OWN_SET || shippedSet(setName) !== undefined);
    if (known) return { model, set: setName };
    const place = { model: DEFAULT_VIEW.model, set: DEFAULT_VIEW.set };
    const unknown = `This page knows no analysis of ${model} on ${setName}; it shows ${place.model} on ${place.set}.`;
    set({ view: { ...view, ...place }, problems: [...problems, unknown] });
    return place;
  }

  function turnTo({ model, set: setName, pack: address }: Place): void {
    const wanted = address ? `${address} /${setName}` : `${model}/${setName}`;
    if (wanted === about) return;
    const samePictures = !address && about.endsWith(`/${setName}`) && get().pictures.status === 'ready';
    about = wanted;
    pack = undefined;
    set({ ...NOTHING, packAsked: undefined, subject: IDLE, ...(!samePictures && { pictures: IDLE }) });
    get().turnAnalysisTo(wanted);
    get().forgetNeurons();
    get().forgetOwnEffects();
  }

  async function openPictures(setName: string): Promise<void> {
    if (get().pictures.status === 'ready') return;
    const put = putter();
    put({ pictures: LOADING });
    try {
      const shipped = shippedSet(setName);
      const pictures = shipped
        ? await services.openPictures(services.url(shipped.url))
        : get().ownSetPictures();
      put({ pictures: ready(pictures) });
    } catch (error) {
      put({ pictures: failed(sentenceFor(error)) });
    }
  }

  /** Of a pack made elsewhere: its model takes the name it has here, if it is known here. */
  async function openElsewhere(): Promise<void> {
    const put = putter();
    const own = about;
    const opened = await services.openPack(get().packSource());
    if (own !== about) return;
    pack = opened;
    const { manifest } = opened;
    const model = await get().modelOfHash(manifest.model.hash);
    const subject = ready(subjectOfPack(model, PACK_SET, manifest, await opened.names()));
    put((state) => {
      const view = { ...state.view, model, set: PACK_SET };
      return { subject, ...fitToSubject({ ...state, view, subject }) };
    });
    await openItsPictures(opened);
  }

  /** What a pack was made of, if it brings it or says where it is; else its pictures have numbers only. */
  async function openItsPictures(opened: Pack): Promise<void> {
    const put = putter();
    const { pictures, set: of } = opened.manifest;
    const elsewhere = pictureAddress(get(), opened.manifest, services.url);
    put({ pictures: LOADING });
    try {
      if (pictures) return put({ pictures: ready(await services.packedPictures(opened)) });
      if (elsewhere) return put({ pictures: ready(await services.openPictures(elsewhere)) });
    } catch (error) {
      get().notify('error', `${sentenceFor(error)} The pictures are shown as numbers.`);
    }
    put({ pictures: ready(unseenPictures(of.name, of.count)) });
  }

  async function openPackage(model: string, setName: string, packUrl: string): Promise<void> {
    const put = putter();
    const own = about;
    const opened = await services.openPack({ kind: 'url', url: services.url(packUrl) });
    if (own === about) pack = opened;
    const subject = ready(subjectOfPack(model, setName, opened.manifest));
    put((state) => ({ subject, ...fitToSubject({ ...state, subject }) }));
  }

  /** Without a shipped analysis: the model's sizes and the number of pictures say what there is to compute. */
  async function openLive(model: string, setName: string, pictures: Promise<void>): Promise<void> {
    const put = putter();
    const known = await get().describeModel(model);
    await pictures;
    const shown = get().pictures;
    const found = loadedValue(shown);
    if (!found) {
      const message = shown.status === 'failed' ? shown.message : 'The pictures are not there.';
      return put({ subject: failed(message) });
    }
    const title = setName === OWN_SET ? found.name : (shippedSet(setName)?.title ?? found.name);
    const subject = ready(subjectOfModel(known, { name: setName, title, count: found.count }));
    put((state) => ({ subject, ...fitToSubject({ ...state, subject }) }));
  }

  async function piece<T>(
    name: Pieces,
    key: number | string,
    load: (pack: Pack) => Promise<T>,
  ): Promise<T | undefined> {
    const known = get()[name].get(key as never) as Loadable<T> | undefined;
    if (known?.status === 'ready') return known.value;
    if (!pack) return undefined;
    const putPatch = putter();
    const put = (value: Loadable<T>) => {
      const pieces = new Map<unknown, unknown>(get()[name]).set(key, value);
      for (const oldest of pieces.keys()) {
        if (pieces.size <= KEPT_ROWS) break;
        pieces.delete(oldest);
      }
      putPatch({ [name]: pieces });
    };
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
    subject: IDLE,
    pictures: IDLE,
    ...NOTHING,
    openSubject: () => {
      const place = knownPlace();
      const { model, set: setName } = place;
      turnTo(place);
      return once('subject', async () => {
        if (place.pack) {
          if (get().subject.status === 'ready') return;
          set({ subject: LOADING });
          return openElsewhere().catch((error) => set({ subject: failed(sentenceFor(error)) }));
        }
        const pictures = openPictures(setName);
        if (get().subject.status === 'ready') return pictures;
        const put = putter();
        put({ subject: LOADING });
        const shipped = shippedAnalysis(model, setName);
        const opening = shipped
          ? openPackage(model, setName, shipped.packUrl)
          : openLive(model, setName, pictures);
        await opening.catch((error) => put({ subject: failed(sentenceFor(error)) }));
        await pictures;
      });
    },
    ensureOverview: (block) =>
      once(`overview ${block}`, () => piece('overviews', block, (opened) => opened.overview(block))),
    ensureVectors: (block) =>
      once(`vectors ${block}`, async () => {
        await get().ensureOverview(block);
        return piece('vectors', block, (opened) => opened.vectors(block));
      }),
    ensureNeuron: (block, neuron) => {
      const key = rowKey(block, neuron);
      return once(`neuron ${key}`, () => piece('rows', key, (opened) => opened.neuron(block, neuron)));
    },
    expectNeuron(block, neuron) {
      const known = get().rows.has(rowKey(block, neuron));
      if (!known && sourceOf(get(), block) === 'shipped') void get().ensureNeuron(block, neuron);
    },
    shippedDirection: async (block, neuron) => pack?.direction(block, neuron),
    shippedCodes: async (block, terms) => pack?.codes(block, terms),
    shippedBlock: async (block) => pack?.detail(block),
    async wholeBlock(block) {
      if (sourceOf(get(), block) === 'shipped') return pack?.detail(block);
      return get().live.get(block)?.loadableDetail.value;
    },
    renewPictures(setName) {
      get().forgetAnalyses(setName);
      if (get().view.set !== setName) return get().openAnalysis(get().view.model, setName);
      about = '';
      set({ pictures: IDLE });
      void get().openSubject();
    },
    ensureTexts: () =>
      once('texts', async () => {
        const { texts } = get();
        if (texts.status === 'ready') return texts.value;
        if (!pack) return undefined;
        const put = putter();
        put({ texts: LOADING });
        try {
          const value = await pack.texts();
          put({
            texts: value ? ready(value) : failed('This analysis brings no words to describe neurons with.'),
          });
          return value;
        } catch (error) {
          put({ texts: failed(sentenceFor(error)) });
          return undefined;
        }
      }),
  };
};
