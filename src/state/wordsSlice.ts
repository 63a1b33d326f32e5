import type { TextPool } from '../../workers/client.ts';
import type { PoolSource } from '../../workers/poolProtocol.ts';
import { LensError } from '../errors.ts';
import type { AtomForm } from '../lens/sparseCode.ts';
import type { Progress } from '../progress.ts';
import { loadedValue } from './data.ts';
import type { ChanceFit } from './neuronTypes.ts';
import { isCancelled } from './noticeSlice.ts';
import type { LensState, Slice } from './state.ts';
import type { PoolChoice, TermCount } from './view.ts';

/** A list of words that directions are put into. */
export interface WordList {
  readonly texts: readonly string[];
  /** What was given to the text tower for each, with the text at `{}`. */
  readonly template: string;
  /** What the worker knows it by: embeddings that ship, or a list it read. */
  readonly handle: Float32Array | TextPool;
}

export interface WordsSlice {
  /** While the model on this machine reads a list. */
  readonly reading: Progress | undefined;
  /** A person's own list, one text a line. */
  readonly ownWords: File | undefined;
  /** What R² is chance, by `pool m atoms` of the subject. */
  readonly chances: ReadonlyMap<string, ChanceFit>;
  /** The view's list as the view's model reads it; several who ask share one reading. */
  ensureWords(): Promise<WordList>;
  cancelReading(): void;
  chooseOwnWords(file: File): void;
  /** Works out what random directions reach, if it is not known. */
  requestChance(m: TermCount, atoms: AtomForm): void;
}

/** Lists that ship, by the name they have in addresses. */
const SHIPPED_LISTS: Record<Exclude<PoolChoice, 'file'>, string> = {
  set: 'sets/pictograms/words.txt',
  'english-30000': 'words/english-30000.txt',
  'noun-phrases-10000': 'words/noun-phrases-10000.txt',
};

/** The texts as they are, which is how the released code has them. */
const BARE = '{}';

/** Which list of which model: what a reading, and a code over it, belongs to. */
export const poolKey = ({ view }: Pick<LensState, 'view'>): string =>
  `${view.pack ?? ''} ${view.model} ${view.set} ${view.pool}`;
export const chanceKey = (pool: string, m: TermCount, atoms: AtomForm): string => `${pool} ${m} ${atoms}`;

/** The view's list as a worker reads it by itself, and what results call it. @throws LensError `unavailable` */
export function wordSource(
  { view, ownWords }: Pick<LensState, 'view' | 'ownWords'>,
  url: (path: string) => string,
): { name: string; source: PoolSource } {
  const { pool } = view;
  if (pool !== 'file') return { name: pool, source: { kind: 'shipped', url: url(SHIPPED_LISTS[pool]) } };
  if (ownWords) return { name: ownWords.name, source: { kind: 'file', file: ownWords } };
  throw new LensError(
    'unavailable',
    'This view is of somebody’s own list of words; choose yours, or another list.',
  );
}

export const wordsSlice: Slice<WordsSlice> = (set, get, services) => {
  const lists = new Map<string, Promise<WordList>>();
  let controller: AbortController | undefined;

  async function shippedWithPack(): Promise<WordList | undefined> {
    if (get().view.pool !== 'set' || !loadedValue(get().subject)?.pack) return undefined;
    const texts = await get().ensureTexts();
    return texts && { texts: texts.words, template: BARE, handle: texts.embeddings };
  }

  async function read(signal: AbortSignal): Promise<WordList> {
    const shipped = await shippedWithPack();
    if (shipped) return shipped;
    const { source } = wordSource(get(), services.url);
    const client = await get().ensureEngine();
    const onProgress = (progress: Progress) => {
      if (signal.aborted) return;
      set({ reading: progress });
    };
    const handle = await client.openPool({ source, template: BARE }, { signal, onProgress });
    void get().refreshModel();
    return { texts: handle.texts, template: handle.template, handle };
  }

  return {
    reading: undefined,
    ownWords: undefined,
    chances: new Map(),
    ensureWords() {
      const key = poolKey(get());
      const known = lists.get(key);
      if (known) return known;
      const own = new AbortController();
      controller = own;
      const list = read(own.signal).finally(() => set({ reading: undefined }));
      lists.set(key, list);
      list.catch(() => lists.delete(key)); // a failure or a cancel is not remembered
      return list;
    },
    cancelReading: () => controller?.abort(new LensError('cancelled', 'It was cancelled.')),
    chooseOwnWords(ownWords) {
      for (const key of lists.keys()) if (key.endsWith(' file')) lists.delete(key);
      set({ ownWords });
      get().forgetCodes(' file ');
      get().setView({ pool: 'file' });
    },
    requestChance(m, atoms) {
      const key = chanceKey(poolKey(get()), m, atoms);
      const dim = loadedValue(get().subject)?.model.config.dim;
      if (get().chances.has(key) || dim === undefined) return;
      const work = async () => {
        const { handle } = await get().ensureWords();
        const client = await services.client();
        const { mean, deviation } = await client.chanceR2(handle, dim, { terms: m, atoms });
        set({ chances: new Map(get().chances).set(key, { mean, deviation }) });
      };
      // It only adds to a number that stands without it: a failure leaves that number as it is.
      work().catch((error) => {
        if (!isCancelled(error)) console.warn(error);
      });
    },
  };
};
