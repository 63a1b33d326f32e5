import { failed, IDLE, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import type { EngineStatus, Progress } from './engineSlice.ts';
import { newestWins } from './newestWins.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { vectorsOf } from './numbers.ts';
import type { LensState, Slice } from './state.ts';
import { neuronsOf } from './subject.ts';
import { DEFAULT_VIEW, LONGEST_QUERY } from './view.ts';

/** A query as the model reads it. */
export interface SearchAnswer {
  readonly query: string;
  /** What was given to the text tower; several are averaged. */
  readonly sentences: readonly string[];
  /** [D] unit. */
  readonly embedding: Float32Array;
  /** `pool`: the words were among the shipped texts, and no model was needed. */
  readonly from: 'pool' | 'model';
}

export interface SearchSlice {
  readonly search: Loadable<SearchAnswer>;
  /** How far the reading of the words is, where that takes a while: their tower may have to be downloaded. */
  readonly searchProgress: Progress | undefined;
  /** True while words were typed that only the model can read, and it or its text tower is not here: Enter loads it. */
  readonly searchWaits: boolean;
  /** Called at every letter: answers from the shipped words, or from the model if it runs already. */
  typeQuery(query: string): void;
  /** Called at Enter, and for links: starts the model if need be. A number goes to that neuron. */
  submitQuery(query: string): void;
}

/** Letters that come faster than this wait for the next; after a pause they are read at once. An answer that is overtaken is let go. */
const SETTLE_MS = 30;
/** The last answer stands until it takes longer than this: a list must not be ordered anew twice a letter. */
const PATIENCE_MS = 150;

/** Longer queries are sentences already, and stay as they are. */
const MOST_WORDS = 4;

/** “dog” → “a photo of dog”, “a picture of dog”, …: the set's own templates, averaged as CLIP's authors do. */
export function sentencesOf(query: string, templates: readonly string[]): string[] {
  const words = query.trim();
  const usable = templates.filter((template) => template.includes('{}'));
  if (usable.length === 0 || words.split(/\s+/).length > MOST_WORDS) return [words];
  return usable.map((template) => template.replace('{}', words));
}

/** The unit mean of unit vectors, [texts, D] → [D]. */
export function unitMean(embeddings: Float32Array, texts: number): Float32Array {
  const dim = embeddings.length / texts;
  const mean = new Float32Array(dim);
  for (let i = 0; i < embeddings.length; i++) mean[i % dim]! += embeddings[i]!;
  const norm = Math.hypot(...mean) || 1;
  return mean.map((value) => value / norm);
}

/** `#12` or `12` asks for a neuron by its number, not for words. */
export function neuronNumber(query: string): number | undefined {
  const match = /^\s*#?\s*(\d{1,7})\s*$/.exec(query);
  return match ? Number(match[1]) : undefined;
}

export const searchSlice: Slice<SearchSlice> = (set, get, services) => {
  const newest = newestWins();
  let typed = Number.NEGATIVE_INFINITY;
  /** The words that are being read, and whether somebody pressed Enter for them meanwhile. */
  let reading: { readonly words: string; mayStart: boolean } | undefined;

  async function fromPool(query: string): Promise<SearchAnswer | undefined> {
    const pool = await get().ensureTexts();
    if (!pool) return undefined;
    const words = query.toLowerCase();
    const bare = words.replace(/^(an?|the) /, '');
    const place = [words, bare].map((form) => pool.words.indexOf(form)).find((at) => at >= 0);
    if (place === undefined) return undefined;
    const dim = pool.embeddings.length / pool.words.length;
    const embedding = pool.embeddings.slice(place * dim, (place + 1) * dim);
    return { query, sentences: [pool.words[place]!], embedding, from: 'pool' };
  }

  async function fromModel(query: string, signal: AbortSignal): Promise<SearchAnswer> {
    const client = await get().ensureEngine();
    signal.throwIfAborted();
    const sentences = sentencesOf(query, loadedValue(get().pictures)?.templates ?? []);
    const onProgress = (searchProgress: Progress): void => {
      if (!signal.aborted) set({ searchProgress });
    };
    const embeddings = await client.embedTexts(sentences, { signal, onProgress });
    void get().refreshModel();
    return { query, sentences, embedding: unitMean(embeddings, sentences.length), from: 'model' };
  }

  function letGo(): void {
    newest.cancel();
    reading = undefined;
  }

  function run(query: string, mayStart: boolean): void {
    const words = query.trim();
    if (words === '' || neuronNumber(words) !== undefined) {
      letGo();
      set({ search: IDLE, searchWaits: false });
      return;
    }
    if (loadedValue(get().search)?.query === words) {
      letGo(); // of what was typed since
      return;
    }
    if (reading?.words === words) {
      reading.mayStart ||= mayStart; // Enter behind the last letter does not have it read twice
      return;
    }
    const own = { words, mayStart };
    reading = own;
    const now = services.now();
    const hasty = !mayStart && now - typed < SETTLE_MS;
    typed = now;
    newest.run(hasty ? SETTLE_MS : 0, (signal) =>
      read(own, signal).finally(() => {
        if (reading === own) reading = undefined;
      }),
    );
  }

  async function read(asked: NonNullable<typeof reading>, signal: AbortSignal): Promise<void> {
    const put = (patch: Partial<SearchSlice>) => !signal.aborted && set(patch);
    try {
      const known = await fromPool(asked.words);
      const waits = !known && !asked.mayStart && !readsTexts(get().engine);
      if (waits) return void put({ search: IDLE, searchWaits: true });
      if (known) return void put({ search: ready(known), searchWaits: false });
      const loading = { search: LOADING, searchProgress: undefined, searchWaits: false } as const;
      if (get().search.status !== 'ready') put(loading);
      const slow = setTimeout(() => put(loading), PATIENCE_MS);
      const answer = await fromModel(asked.words, signal).finally(() => clearTimeout(slow));
      put({ search: ready(answer), searchWaits: false });
    } catch (error) {
      if (!isCancelled(error)) put({ search: failed(sentenceFor(error)), searchWaits: false });
    }
  }

  /** Words order the list by their match; without words it goes back to what it was. */
  function show(query: string): void {
    const { view } = get();
    const words = query.slice(0, LONGEST_QUERY);
    const searching = words.trim() !== '' && neuronNumber(words) === undefined;
    const sorted =
      searching && view.query.trim() === '' ? ({ sort: 'searchScore', descending: true } as const) : {};
    const unsorted =
      !searching && view.sort === 'searchScore' ? { sort: DEFAULT_VIEW.sort, descending: true } : {};
    if (words !== view.query) get().setView({ query: words, ...sorted, ...unsorted });
  }

  return {
    search: IDLE,
    searchProgress: undefined,
    searchWaits: false,
    typeQuery(query) {
      show(query);
      run(query, false);
    },
    submitQuery(query) {
      const neuron = neuronNumber(query);
      if (neuron !== undefined) return goTo(neuron);
      show(query);
      run(query, true);
    },
  };

  function goTo(neuron: number): void {
    const neurons = neuronsOf(loadedValue(get().subject));
    get().setView({ query: '' });
    if (neuron < neurons) get().openNeuron(neuron);
    else get().notify('error', `There is no neuron ${neuron}: this block has neurons 0 to ${neurons - 1}.`);
  }
};

/** Whether words order the list now or are about to. */
export const isSearching = ({ search }: LensState): boolean =>
  search.status === 'ready' || search.status === 'loading';

/** Whether a text is read at once: a text tower that comes later is not fetched because somebody types. */
const readsTexts = (engine: EngineStatus): boolean =>
  engine.status === 'ready' && engine.info.config.text !== undefined;

/** ⟨direction, text⟩ for all N directions: a cosine, since both are unit. */
export function scoreNeurons(directions: Float32Array, text: Float32Array): Float32Array {
  const dim = text.length;
  const scores = new Float32Array(directions.length / dim);
  for (let n = 0; n < scores.length; n++) {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += directions[n * dim + d]! * text[d]!;
    scores[n] = sum;
  }
  return scores;
}

let last: { directions: Float32Array; text: Float32Array; scores: Float32Array } | undefined;

/** Scores of the current block's neurons for the current search; undefined while there are none. */
export function searchScoresOf(state: LensState): Float32Array | undefined {
  const text = loadedValue(state.search)?.embedding;
  const directions = loadedValue(vectorsOf(state, state.view.block))?.directions;
  if (!text || !directions) return undefined;
  if (last?.directions !== directions || last.text !== text) {
    last = { directions, text, scores: scoreNeurons(directions, text) };
  }
  return last.scores;
}
