import type { SetSource } from '../../workers/protocol.ts';
import { isLensError, LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { failed, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import type { HeatmapPair } from './neuronTypes.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { sourceOf, vectorsOf } from './numbers.ts';
import type { Slice } from './state.ts';
import { neuronsOf } from './subject.ts';

/** What every neuron of one block does to one own picture. */
export interface OwnEffects {
  /** [N] signed activation along the shipped (or live) direction. */
  readonly activations: Float32Array;
  /** [N] norm of the centred effect; above the neuron's threshold the picture is significant for it. */
  readonly norms: Float32Array;
  /** [D] un-normalised image embedding. */
  readonly embedding: Float32Array;
}

/** A picture a person brought; it never leaves the machine. */
export interface OwnPicture {
  /** SHA-256 of its bytes: the same picture twice is one. */
  readonly id: string;
  readonly name: string;
  readonly file: Blob;
  /** By `ownKey(source, block)`. */
  readonly effects: ReadonlyMap<string, Loadable<OwnEffects>>;
  /** By `source block neuron`. */
  readonly heatmaps: ReadonlyMap<string, Loadable<HeatmapPair>>;
}

export interface OwnSlice {
  readonly own: readonly OwnPicture[];
  /** While pictures are read or measured. */
  readonly ownProgress: Progress | undefined;
  /** Takes files in; what cannot be read becomes a notice with its name. The SHA-256 of those that are here now. */
  keepOwn(files: readonly File[]): Promise<string[]>;
  /** Takes files in and measures the block in view. */
  addOwn(files: readonly File[]): Promise<void>;
  removeOwn(id: string): void;
  clearOwn(): void;
  /** Measures the pictures that have no numbers for the block in view yet. Starts the engine. */
  measureOwn(): Promise<void>;
  cancelOwn(): void;
  /** Another model or set is in view: pictures stay, what was measured on them does not. */
  forgetOwnEffects(): void;
  requestOwnHeatmap(id: string, block: number, neuron: number): void;
}

/** Pictures measured in one call of the engine. */
const BATCH = 8;
/** More than this at once is a set to analyse with the command line, not a handful to look at. */
export const MOST_OWN = 500;

export const ownKey = (source: 'shipped' | 'live', block: number): string => `${source} ${block}`;

export const ownSlice: Slice<OwnSlice> = (set, get, services) => {
  let controller: AbortController | undefined;

  function patch(ids: ReadonlySet<string>, change: (picture: OwnPicture) => OwnPicture): void {
    set({ own: get().own.map((picture) => (ids.has(picture.id) ? change(picture) : picture)) });
  }
  const putEffects = (id: string, key: string, value: Loadable<OwnEffects>): void =>
    patch(new Set([id]), (picture) => ({ ...picture, effects: new Map(picture.effects).set(key, value) }));
  const putHeatmap = (id: string, key: string, value: Loadable<HeatmapPair>): void =>
    patch(new Set([id]), (picture) => ({ ...picture, heatmaps: new Map(picture.heatmaps).set(key, value) }));

  async function measureBatch(
    batch: readonly OwnPicture[],
    block: number,
    key: string,
    signal: AbortSignal,
  ): Promise<void> {
    const vectors = vectorsOf(get(), block);
    if (vectors.status !== 'ready')
      throw new LensError('unavailable', 'The directions of this block are not loaded.');
    const { means, directions } = vectors.value;
    const client = await get().ensureEngine();
    signal.throwIfAborted();
    const files: SetSource = { kind: 'files', files: batch.map((picture) => picture.file) };
    try {
      const result = await client.project(files, block, { means, directions }, { signal });
      const neurons = result.activations.length / batch.length;
      const dim = result.embeddings.length / batch.length;
      batch.forEach((picture, i) => {
        const effects = {
          activations: result.activations.slice(i * neurons, (i + 1) * neurons),
          norms: result.norms.slice(i * neurons, (i + 1) * neurons),
          embedding: result.embeddings.slice(i * dim, (i + 1) * dim),
        };
        putEffects(picture.id, key, ready(effects));
      });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      if (batch.length === 1) putEffects(batch[0]!.id, key, failed(sentenceFor(error)));
      else for (const picture of batch) await measureBatch([picture], block, key, signal); // one bad file spoils only itself
    }
  }

  async function measure(signal: AbortSignal): Promise<void> {
    const { block } = get().view;
    await get().ensureVectors(block);
    const key = ownKey(sourceOf(get(), block), block);
    const open = get().own.filter((picture) => !isSettled(picture.effects.get(key)));
    if (open.length === 0) return;
    for (const picture of open) putEffects(picture.id, key, LOADING);
    let done = 0;
    try {
      for (; done < open.length; done += BATCH) {
        set({ ownProgress: { stage: 'Measuring your pictures', done, total: open.length } });
        await measureBatch(open.slice(done, done + BATCH), block, key, signal);
        signal.throwIfAborted();
      }
    } catch (error) {
      const words = isCancelled(error) || signal.aborted ? 'It was cancelled.' : sentenceFor(error);
      failUnfinished(key, words);
      if (!signal.aborted) get().notify('error', words);
    }
  }

  function failUnfinished(key: string, words: string): void {
    for (const picture of get().own) {
      if (picture.effects.get(key)?.status === 'loading') putEffects(picture.id, key, failed(words));
    }
  }

  return {
    own: [],
    ownProgress: undefined,
    async keepOwn(files) {
      const room = MOST_OWN - get().own.length;
      if (files.length > room) {
        get().notify('error', `At most ${MOST_OWN} pictures at once; the first ${room} were taken.`);
      }
      const kept: string[] = [];
      for (const [i, file] of files.slice(0, room).entries()) {
        set({ ownProgress: { stage: 'Reading your pictures', done: i, total: files.length } });
        try {
          const id = await services.readOwn(file);
          kept.push(id);
          if (get().own.some((picture) => picture.id === id)) continue;
          const picture = { id, name: file.name, file, effects: new Map(), heatmaps: new Map() };
          set({ own: [...get().own, picture] });
        } catch (error) {
          get().notify('error', sentenceFor(error));
        }
      }
      set({ ownProgress: undefined });
      return kept;
    },
    async addOwn(files) {
      await get().keepOwn(files);
      if (get().own.length > 0) await get().measureOwn();
    },
    removeOwn: (id) => set({ own: get().own.filter((picture) => picture.id !== id) }),
    clearOwn() {
      get().cancelOwn();
      set({ own: [] });
    },
    async measureOwn() {
      controller?.abort(new LensError('cancelled', 'Newer pictures came.'));
      const own = new AbortController();
      controller = own;
      await measure(own.signal);
      if (controller === own) set({ ownProgress: undefined });
    },
    forgetOwnEffects: () =>
      set({ own: get().own.map((picture) => ({ ...picture, effects: new Map(), heatmaps: new Map() })) }),
    cancelOwn: () => controller?.abort(new LensError('cancelled', 'It was cancelled.')),
    requestOwnHeatmap(id, block, neuron) {
      const picture = get().own.find((candidate) => candidate.id === id);
      const key = `${sourceOf(get(), block)} ${block} ${neuron}`;
      if (!picture || isSettled(picture.heatmaps.get(key)) || picture.heatmaps.get(key)?.status === 'loading')
        return;
      putHeatmap(id, key, LOADING);
      const work = async () => {
        const vectors = await get().ensureVectors(block);
        const shown = vectorsOf(get(), block);
        const directions = shown.status === 'ready' ? shown.value.directions : vectors?.directions;
        const neurons = get().own.length > 0 && directions ? neuronsOf(loadedValue(get().subject), block) : 0;
        if (!directions || neurons === 0)
          throw new LensError('unavailable', 'The directions are not loaded.');
        const dim = directions.length / neurons;
        const client = await get().ensureEngine();
        const files: SetSource = { kind: 'files', files: [picture.file] };
        const along = directions.slice(neuron * dim, (neuron + 1) * dim);
        const { gridSide, activation, secondOrder, clsTerm } = await client.heatmaps(
          files,
          [0],
          block,
          neuron,
          along,
        );
        putHeatmap(id, key, ready({ gridSide, activation, secondOrder, clsTerm: clsTerm[0]! }));
      };
      work().catch((error) => putHeatmap(id, key, failed(sentenceFor(error))));
    },
  };
};

const isSettled = (loadable: Loadable<unknown> | undefined): boolean => loadable?.status === 'ready';

const isUnreadable = (error: unknown): boolean =>
  isLensError(error) && (error.tag === 'bad-file' || error.tag === 'unsupported');
