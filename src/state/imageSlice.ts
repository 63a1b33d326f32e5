import type { BlockReference, ImageReading, ImageWithout } from '../../workers/imageProtocol.ts';
import type { SetSource } from '../../workers/protocol.ts';
import { LensError } from '../errors.ts';
import { discoverConcepts } from '../lens/conceptDiscovery.ts';
import { textContrast } from '../lens/textContrast.ts';
import { type ClassEmbeddings, classEmbeddings, classTexts } from '../lens/zeroShot.ts';
import type { Progress } from '../progress.ts';
import { failed, IDLE, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import { setSource } from './engineSlice.ts';
import type { FindOptions, FoundConcepts, FoundText, PatchReading, SwitchedOff } from './imageTypes.ts';
import { newestWins } from './newestWins.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { detailOf, overviewOf, sourceOf } from './numbers.ts';
import { sentencesOf, unitMean } from './searchSlice.ts';
import type { LensClient } from './services.ts';
import type { LensState, Slice } from './state.ts';
import { blocksOf } from './subject.ts';

export type * from './imageTypes.ts';

/** A picture taken apart by the model. */
export interface ReadPicture {
  /** What it belongs to: model, set, picture and the blocks it was read with. */
  readonly key: string;
  readonly reading: ImageReading;
  /** The blocks it was read with. */
  readonly blocks: readonly number[];
}

export interface ImageSlice {
  readonly picture: Loadable<ReadPicture>;
  readonly readingPicture: Progress | undefined;
  /** Names among which the picture is classified. */
  readonly classes: readonly string[];
  readonly classVectors: Loadable<ClassEmbeddings>;
  /** What is switched off, in the order it was done: the last is the first to be undone. */
  readonly off: readonly SwitchedOff[];
  /** [D] the representation without it, of length 100 when intact; undefined while nothing is off. */
  readonly ablated: Loadable<Float32Array>;
  readonly concepts: Loadable<FoundConcepts>;
  readonly findOptions: FindOptions;
  readonly found: Loadable<FoundText>;
  /** Takes the view's picture apart with every block there are numbers of. */
  readPicture(): Promise<void>;
  setClasses(names: readonly string[]): void;
  /** A patch alone, or neurons together: a patch has no mean over a set to be replaced by. */
  switchOff(part: SwitchedOff): void;
  switchOn(part: SwitchedOff): void;
  undoOff(): void;
  allOn(): void;
  findConcepts(): Promise<void>;
  /** Looks for a text in the picture; empty to stop. */
  findText(text: string): void;
  setFindOptions(patch: Partial<FindOptions>): void;
  /** The neurons that write most at a patch of the picture, strongest first. */
  readPatch(patch: number): Promise<PatchReading>;
}

/** How many neurons are listed for a patch. */
const WRITERS = 8;
/** m of the codes that vote for concepts, as in the released script. */
const CONCEPT_TERMS = 16;
const CONCEPTS_LISTED = 12;
const SETTLE_MS = 250;

/** More than this many classes are no list a person made. */
export const MOST_CLASSES = 2000;

const CLEAR = {
  picture: IDLE,
  off: [],
  ablated: IDLE,
  concepts: IDLE,
  found: IDLE,
} as const;

/** The picture of the view, as the worker reads it: a number of the set, or the hash of an own one. */
function sourceOfPicture(state: LensState, url: (path: string) => string): { set: SetSource; index: number } {
  const { image } = state.view;
  if (/^\d+$/.test(image)) return { set: setSource(state, url), index: Number(image) };
  const own = state.own.find(({ id }) => id.startsWith(image));
  if (own) return { set: { kind: 'files', files: [own.file] }, index: 0 };
  throw new LensError(
    'unavailable',
    'This picture is somebody’s own and not on this machine; drop it in to look at it.',
  );
}

const keyOf = (state: LensState, blocks: readonly number[]): string => {
  const { model, set, image } = state.view;
  return [model, set, image, ...blocks.map((block) => `${sourceOf(state, block)} ${block}`)].join(' ');
};

/** The picture without what is switched off. */
function without(client: LensClient, reading: number, off: readonly SwitchedOff[]): Promise<ImageWithout> {
  const patch = off.find((part) => 'patch' in part);
  if (patch) return client.ablatePatch(reading, patch.patch);
  const neurons = off.flatMap((part) => ('patch' in part ? [] : [part]));
  return client.ablateImage(
    reading,
    neurons.map((part) => ({
      block: part.block,
      neurons: typeof part.neurons === 'string' ? part.neurons : Int32Array.from(part.neurons),
    })),
  );
}

export const imageSlice: Slice<ImageSlice> = (set, get, services) => {
  let controller: AbortController | undefined;
  const newestFind = newestWins();

  /** Every block with numbers; shipped ones are loaded. */
  async function references(): Promise<BlockReference[]> {
    const subject = loadedValue(get().subject);
    if (!subject) throw new LensError('unavailable', 'Model or pictures are not there yet.');
    const list: BlockReference[] = [];
    for (const block of blocksOf(subject)) {
      await get().ensureBlock(block);
      const detail = loadedValue(detailOf(get(), block));
      const thresholds = overviewOf(get(), block)?.thresholds;
      if (detail && thresholds)
        list.push({ block, means: detail.means, directions: detail.directions, thresholds });
    }
    if (list.length > 0) return list;
    throw new LensError('unavailable', 'No block has been analysed here yet: analyse one on its page first.');
  }

  async function read(signal: AbortSignal): Promise<void> {
    const blocks = await references();
    const names = blocks.map(({ block }) => block);
    const key = keyOf(get(), names);
    if (loadedValue(get().picture)?.key === key) return;
    set({ ...CLEAR, picture: LOADING });
    const { set: source, index } = sourceOfPicture(get(), services.url);
    const client = await get().ensureEngine();
    signal.throwIfAborted();
    const onProgress = (readingPicture: Progress) => !signal.aborted && set({ readingPicture });
    const reading = await client.readImage(source, index, blocks, { signal, onProgress });
    signal.throwIfAborted();
    set({ picture: ready({ key, reading, blocks: names }) });
  }

  async function ablate(): Promise<void> {
    const { off, picture } = get();
    const reading = loadedValue(picture)?.reading;
    if (!reading) return;
    if (off.length === 0) return set({ ablated: IDLE });
    try {
      const client = await services.client();
      const { representation } = await without(client, reading.id, off);
      if (get().off === off) set({ ablated: ready(representation) });
    } catch (error) {
      if (get().off === off) set({ ablated: failed(sentenceFor(error)) });
    }
  }

  function putOff(off: readonly SwitchedOff[]): void {
    set({ off });
    void ablate();
  }

  /** The text's vector; in the corrected form less the classes' mean, which tells nothing of this text. */
  async function textVector(client: LensClient, words: string, signal: AbortSignal): Promise<Float32Array> {
    const sentences = sentencesOf(words, loadedValue(get().pictures)?.templates ?? []);
    const text = unitMean(await client.embedTexts(sentences, { signal }), sentences.length);
    const classes = loadedValue(get().classVectors);
    if (get().findOptions.form === 'as-released' || !classes || classes.count < 2) return text;
    const mean = new Float64Array(classes.dim);
    for (const [i, x] of classes.vectors.entries()) mean[i % classes.dim]! += x / classes.count;
    return Float32Array.from(textContrast(text, mean));
  }

  async function look(
    client: LensClient,
    reading: number,
    words: string,
    signal: AbortSignal,
  ): Promise<Omit<FoundText, 'text'>> {
    const { form, neurons, map } = get().findOptions;
    if (map === 'attention') {
      const { gridSide, lastBlock } = await client.attentionMaps(reading, { signal });
      return { gridSide, map: lastBlock, flat: false, chosen: [] };
    }
    const text = await textVector(client, words, signal);
    if (map === 'heads') return { ...(await client.headTextMap(reading, text, { signal })), chosen: [] };
    const choice =
      form === 'corrected'
        ? ({ order: 'signed', signs: 'signed' } as const)
        : ({ order: 'absolute', signs: 'unsigned' } as const);
    return client.segmentImage(reading, text, { neurons, map, ...choice }, { signal });
  }

  async function embedClasses(names: readonly string[]): Promise<void> {
    set({ classVectors: LOADING });
    try {
      const templates = loadedValue(get().pictures)?.templates.filter((t) => t.includes('{}')) ?? [];
      const used = templates.length > 0 ? templates : ['{}'];
      const client = await get().ensureEngine();
      const vectors = await client.embedTexts(classTexts(names, used));
      const dim = loadedValue(get().subject)?.model.config.dim ?? 1;
      if (get().classes === names) set({ classVectors: ready(classEmbeddings(vectors, dim, used.length)) });
    } catch (error) {
      if (get().classes === names) set({ classVectors: failed(sentenceFor(error)) });
    }
  }

  async function concepts(reading: ImageReading): Promise<FoundConcepts> {
    const words = await get().ensureWords();
    const client = await services.client();
    const dim = loadedValue(get().subject)?.model.config.dim ?? 0;
    const parts = [];
    for (const { block, activations, norms, significant } of reading.blocks) {
      const directions = loadedValue(detailOf(get(), block))?.directions;
      const thresholds = overviewOf(get(), block)?.thresholds;
      if (!directions || !thresholds) continue;
      const who = [...significant.keys()].filter((neuron) => significant[neuron]);
      const asked = new Float32Array(who.length * dim);
      for (const [i, neuron] of who.entries()) {
        asked.set(directions.subarray(neuron * dim, (neuron + 1) * dim), i * dim);
      }
      const options = { terms: CONCEPT_TERMS, atoms: 'unit-atoms' } as const;
      const found = who.length > 0 ? await client.sparseCodes(asked, dim, words.handle, options) : undefined;
      const codes: ({ texts: Int32Array; coefficients: Float32Array } | undefined)[] = [];
      who.forEach((neuron, i) => {
        const at = i * CONCEPT_TERMS;
        const texts = found!.texts.subarray(at, at + CONCEPT_TERMS).filter((text) => text >= 0);
        codes[neuron] = { texts, coefficients: found!.coefficients.subarray(at, at + texts.length) };
      });
      parts.push({ block, activations, norms, thresholds, codes });
    }
    const { words: voted, neurons } = discoverConcepts(parts, CONCEPTS_LISTED, 'corrected');
    return {
      neurons: neurons.length,
      words: voted.map((word) => ({ ...word, name: words.texts[word.text]! })),
    };
  }

  return {
    ...CLEAR,
    readingPicture: undefined,
    classes: [],
    classVectors: IDLE,
    findOptions: { form: 'corrected', neurons: 200, map: 'second-order', threshold: 0.5 },
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
    setClasses(names) {
      const classes = [...new Set(names.map((name) => name.trim()).filter(Boolean))].slice(0, MOST_CLASSES);
      set({ classes, classVectors: IDLE });
      if (classes.length > 0) void embedClasses(classes);
    },
    switchOff: (part) =>
      putOff('patch' in part ? [part] : [...get().off.filter((other) => !('patch' in other)), part]),
    switchOn: (part) => putOff(get().off.filter((other) => other !== part)),
    undoOff: () => putOff(get().off.slice(0, -1)),
    allOn: () => putOff([]),
    async findConcepts() {
      const now = loadedValue(get().picture);
      if (!now || get().concepts.status === 'loading') return;
      const put = (value: Loadable<FoundConcepts>) =>
        loadedValue(get().picture) === now && set({ concepts: value });
      put(LOADING);
      try {
        put(ready(await concepts(now.reading)));
      } catch (error) {
        put(failed(isCancelled(error) ? 'It was cancelled.' : sentenceFor(error)));
      }
    },
    findText(text) {
      const words = text.trim();
      const now = loadedValue(get().picture);
      if (words === '' || !now) {
        newestFind.cancel();
        return set({ found: IDLE });
      }
      newestFind.run(SETTLE_MS, async (signal) => {
        try {
          const put = (found: Loadable<FoundText>) => !signal.aborted && set({ found });
          if (loadedValue(get().found)?.text !== words) put(LOADING);
          const client = await get().ensureEngine();
          const found = await look(client, now.reading.id, words, signal);
          put(ready({ text: words, ...found }));
        } catch (error) {
          if (!signal.aborted && !isCancelled(error)) set({ found: failed(sentenceFor(error)) });
        }
      });
    },
    async readPatch(patch) {
      const reading = loadedValue(get().picture)?.reading;
      if (!reading) return [];
      const client = await services.client();
      const blocks = await client.patchNeurons(reading.id, patch, WRITERS);
      return blocks
        .flatMap(({ block, byEffect }) =>
          byEffect.map((writer) => ({ block, neuron: writer.neuron, value: writer.effect })),
        )
        .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
        .slice(0, WRITERS);
    },
    setFindOptions(patch) {
      set({ findOptions: { ...get().findOptions, ...patch } });
      const text = loadedValue(get().found)?.text;
      if (text && Object.keys(patch).some((key) => key !== 'threshold')) get().findText(text);
    },
  };
};
