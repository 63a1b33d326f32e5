import type { BlockReference, ImageReading } from '../../workers/imageProtocol.ts';
import type { SetSource } from '../../workers/protocol.ts';
import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { failed, IDLE, LOADING, type Loadable, loadedValue, ready, type TrueMask } from './data.ts';
import { setSource } from './engineSlice.ts';
import type { PatchReading } from './imageTypes.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { overviewOf, sourceOf, vectorsOf } from './numbers.ts';
import type { LensState, Slice } from './state.ts';
import { blocksOf } from './subject.ts';

export type * from './imageTypes.ts';

/** A picture taken apart by the model. */
export interface ReadPicture {
  /** What it belongs to: model, set, picture and the blocks it was read with. */
  readonly key: string;
  readonly reading: ImageReading;
  /** The blocks it was read with; none where no block was analysed. */
  readonly blocks: readonly number[];
}

/** The picture of the image page: read once by the model, with all blocks there are numbers of. */
export interface ImageSlice {
  readonly picture: Loadable<ReadPicture>;
  readonly readingPicture: Progress | undefined;
  /** Where things truly are on it; idle for pictures of which nobody knows. */
  readonly truth: Loadable<TrueMask>;
  /** Takes the view's picture apart. */
  readPicture(): Promise<void>;
  /** Another model is in view, or the set's pictures are others: what was read is of no use. */
  forgetPicture(): void;
  /** Who writes at a patch, and the picture without it; undefined while no picture was read. */
  readPatch(patch: number): Promise<PatchReading | undefined>;
}

/** How many neurons are listed for a patch. */
const WRITERS = 8;

/** What is known of a picture, and done to it, ends with it. */
export const NO_PICTURE = {
  picture: IDLE,
  truth: IDLE,
  off: [],
  offBefore: [],
  offUndone: [],
  ablated: IDLE,
  voices: IDLE,
  found: IDLE,
} as const satisfies Partial<LensState>;

/** Numbers of a set have at most seven digits; the hash of an own picture has sixteen, which may all be decimal. */
export const isOfSet = (image: string): boolean => /^\d{1,7}$/.test(image);

/** The picture of the view, as the worker reads it: a number of the set, or the hash of an own one. */
function sourceOfPicture(state: LensState, url: (path: string) => string): { set: SetSource; index: number } {
  const { image } = state.view;
  if (isOfSet(image)) return { set: setSource(state, url), index: Number(image) };
  const own = state.own.find(({ id }) => id.startsWith(image));
  if (own) return { set: { kind: 'files', files: [own.file] }, index: 0 };
  throw new LensError(
    'unavailable',
    `This link is of somebody’s own picture, the one whose SHA-256 begins with ${image}. Links carry no pictures, and it is not on this machine. If you have it, drop it here; else ask for a bundle, which whoever sent you the link can save on their page of own pictures, and open it on yours.`,
  );
}

const keyOf = (state: LensState, blocks: readonly number[]): string => {
  const { model, set, image } = state.view;
  return [model, set, image, ...blocks.map((block) => `${sourceOf(state, block)} ${block}`)].join(' ');
};

export const imageSlice: Slice<ImageSlice> = (set, get, services) => {
  let controller: AbortController | undefined;

  /** Every block with numbers; shipped ones are loaded. */
  async function references(): Promise<BlockReference[]> {
    const subject = loadedValue(get().subject);
    if (!subject) throw new LensError('unavailable', 'Model or pictures are not there yet.');
    const list: BlockReference[] = [];
    for (const block of blocksOf(subject)) {
      await get().ensureVectors(block);
      const vectors = loadedValue(vectorsOf(get(), block));
      const thresholds = overviewOf(get(), block)?.thresholds;
      if (vectors && thresholds)
        list.push({ block, means: vectors.means, directions: vectors.directions, thresholds });
    }
    return list;
  }

  async function read(signal: AbortSignal): Promise<void> {
    const blocks = await references();
    const names = blocks.map(({ block }) => block);
    const key = keyOf(get(), names);
    if (loadedValue(get().picture)?.key === key) return;
    set({ ...NO_PICTURE, picture: LOADING });
    const { set: source, index } = sourceOfPicture(get(), services.url);
    const client = await get().ensureEngine();
    signal.throwIfAborted();
    const onProgress = (readingPicture: Progress) => !signal.aborted && set({ readingPicture });
    const reading = await client.readImage(source, index, blocks, { signal, onProgress });
    signal.throwIfAborted();
    set({ picture: ready({ key, reading, blocks: names }) });
    void readTruth();
    void get().ensureClasses();
  }

  async function readTruth(): Promise<void> {
    const { image } = get().view;
    const mask = loadedValue(get().pictures)?.mask;
    if (!mask || !isOfSet(image)) return;
    const put = (truth: Loadable<TrueMask>) => get().view.image === image && set({ truth });
    put(LOADING);
    await mask(Number(image)).then(
      (value) => put(ready(value)),
      (error) => put(failed(sentenceFor(error))),
    );
  }

  return {
    picture: IDLE,
    truth: IDLE,
    readingPicture: undefined,
    async readPicture() {
      controller?.abort(new LensError('cancelled', 'Another picture was opened.'));
      const own = new AbortController();
      controller = own;
      try {
        await read(own.signal);
      } catch (error) {
        if (controller !== own) return;
        set({ picture: failed(isCancelled(error) ? 'It was cancelled.' : sentenceFor(error)) });
      } finally {
        if (controller === own) set({ readingPicture: undefined });
      }
    },
    forgetPicture() {
      controller?.abort(new LensError('cancelled', 'Another model or set was opened.'));
      controller = undefined;
      set({ ...NO_PICTURE, classVectors: IDLE, readingPicture: undefined });
      get().forgetSetVectors();
    },
    async readPatch(patch) {
      const reading = loadedValue(get().picture)?.reading;
      if (!reading) return undefined;
      const client = await services.client();
      const [blocks, without] = await Promise.all([
        client.patchNeurons(reading.id, patch, WRITERS),
        client.ablatePatch(reading.id, patch),
      ]);
      const writers = blocks
        .flatMap(({ block, byEffect }) =>
          byEffect.map((writer) => ({ block, neuron: writer.neuron, value: writer.effect })),
        )
        .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
        .slice(0, WRITERS);
      return { writers, without: without.representation };
    },
  };
};
