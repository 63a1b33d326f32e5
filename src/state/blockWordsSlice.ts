import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { loadedValue } from './data.ts';
import { packedLengths } from './neuronSlice.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { sourceOf, vectorsOf } from './numbers.ts';
import type { LensState, Slice } from './state.ts';
import { poolKey } from './wordsSlice.ts';

/** All directions of a block in words: the strongest few of each. */
export interface BlockWords {
  /** By neuron; strongest first. */
  readonly terms: readonly (readonly { readonly text: string; readonly positive: boolean }[])[];
  /** [N] of the whole code of {@link WORDS_PER_NEURON} words. */
  readonly r2: Float32Array;
}

export interface BlockWordsSlice {
  readonly blockWords: ReadonlyMap<string, BlockWords>;
  /** While a block is put into words. */
  readonly wording: Progress | undefined;
  /** Puts every neuron of the block in view into words of the view's list. */
  wordBlock(): Promise<void>;
  cancelWording(): void;
}

/** m of the codes whose strongest words are listed. */
export const WORDS_PER_NEURON = 32;
const LISTED = 4;

/** What the words of a block depend on. */
const keyOf = (state: LensState, block: number): string =>
  `${sourceOf(state, block)} ${block} ${state.view.atoms} ${poolKey(state)}`;

export const blockWordsOf = (state: LensState): BlockWords | undefined =>
  state.blockWords.get(keyOf(state, state.view.block));

/** As the pack brings them, in a moment and without a model; undefined where it does not. */
async function readyMade(state: LensState): Promise<BlockWords | undefined> {
  const { block, atoms } = state.view;
  const has = packedLengths(state, block, atoms).some(({ terms }) => terms === WORDS_PER_NEURON);
  const codes = has ? await state.shippedCodes(block, WORDS_PER_NEURON) : undefined;
  if (!codes) return undefined;
  const strongest = codes.map(({ terms }) =>
    terms.slice(0, LISTED).map(({ text, coefficient }) => ({ text, positive: coefficient > 0 })),
  );
  return { terms: strongest, r2: Float32Array.from(codes, ({ r2 }) => r2) };
}

export const blockWordsSlice: Slice<BlockWordsSlice> = (set, get, services) => {
  let controller: AbortController | undefined;

  async function word(signal: AbortSignal): Promise<void> {
    const { block } = get().view;
    const key = keyOf(get(), block);
    const words = (await readyMade(get())) ?? (await worked(signal));
    signal.throwIfAborted();
    set({ blockWords: new Map(get().blockWords).set(key, words) });
  }

  /** By the worker, whatever the words and the form. */
  async function worked(signal: AbortSignal): Promise<BlockWords> {
    const { block, atoms } = get().view;
    await get().ensureVectors(block);
    const vectors = loadedValue(vectorsOf(get(), block));
    const dim = loadedValue(get().subject)?.model.config.dim;
    if (!vectors || !dim) throw new LensError('unavailable', 'This block has not been analysed here yet.');
    const { texts, handle } = await get().ensureWords();
    const client = await services.client();
    const onProgress = (progress: Progress) => {
      if (signal.aborted) return;
      set({ wording: progress });
    };
    const options = { terms: WORDS_PER_NEURON, atoms };
    const codes = await client.sparseCodes(vectors.directions, dim, handle, options, { signal, onProgress });
    const terms = Array.from(codes.r2, (_, neuron) => {
      const at = neuron * WORDS_PER_NEURON;
      const strongest = [...codes.texts.subarray(at, at + LISTED)].filter((text) => text >= 0);
      return strongest.map((text, i) => ({ text: texts[text]!, positive: codes.coefficients[at + i]! > 0 }));
    });
    return { terms, r2: codes.r2 };
  }

  return {
    blockWords: new Map(),
    wording: undefined,
    async wordBlock() {
      controller?.abort(new LensError('cancelled', 'Another block is put into words.'));
      const own = new AbortController();
      controller = own;
      set({
        wording: { stage: 'Putting neurons into words', done: 0, total: 0 },
      });
      try {
        await word(own.signal);
      } catch (error) {
        if (!own.signal.aborted && !isCancelled(error)) get().notify('error', sentenceFor(error));
      } finally {
        if (controller === own) set({ wording: undefined });
      }
    },
    cancelWording() {
      controller?.abort(new LensError('cancelled', 'It was cancelled.'));
      get().cancelReading();
    },
  };
};
