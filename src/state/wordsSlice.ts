import type { Progress } from '../progress.ts';
import type { PackTexts } from './data.ts';
import type { Slice } from './state.ts';

export interface WordsSlice {
  /** While the model on this machine reads a list of words. */
  readonly wordsProgress: Progress | undefined;
  /** A list of words with the vectors that the view's model gives them. */
  embedWords(): Promise<PackTexts>;
}

/** Words that ship with the page, one a line. */
const WORDS_URL = 'sets/pictograms/words.txt';

export const wordsSlice: Slice<WordsSlice> = (set, get, services) => ({
  wordsProgress: undefined,
  async embedWords() {
    const words = await services.lines(services.url(WORDS_URL));
    const client = await get().ensureEngine();
    try {
      const onProgress = (wordsProgress: Progress) => set({ wordsProgress });
      return { words, embeddings: await client.embedTexts(words, { onProgress }) };
    } finally {
      set({ wordsProgress: undefined });
    }
  },
});
