import type { ImageReading } from '../../workers/imageProtocol.ts';
import type { BlockOnConcepts } from '../lens/conceptDiscovery.ts';
import { failed, IDLE, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import type { Voices } from './imageTypes.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { overviewOf, vectorsOf } from './numbers.ts';
import type { Slice } from './state.ts';

/** The picture's significant neurons put into words. */
export interface ConceptsSlice {
  readonly voices: Loadable<Voices>;
  findConcepts(): Promise<void>;
}

/** m of the codes that vote, as in the released script. */
const TERMS = 16;

export const conceptsSlice: Slice<ConceptsSlice> = (set, get, services) => {
  async function voicesOf(reading: ImageReading): Promise<Voices> {
    const words = await get().ensureWords();
    const client = await services.client();
    const dim = loadedValue(get().subject)?.model.config.dim ?? 0;
    const blocks: BlockOnConcepts[] = [];
    for (const { block, activations, norms, significant } of reading.blocks) {
      const directions = loadedValue(vectorsOf(get(), block))?.directions;
      const thresholds = overviewOf(get(), block)?.thresholds;
      if (!directions || !thresholds) continue;
      const who = [...significant.keys()].filter((neuron) => significant[neuron]);
      const asked = new Float32Array(who.length * dim);
      for (const [i, neuron] of who.entries()) {
        asked.set(directions.subarray(neuron * dim, (neuron + 1) * dim), i * dim);
      }
      const options = { terms: TERMS, atoms: 'unit-atoms' } as const;
      const found = who.length > 0 ? await client.sparseCodes(asked, dim, words.handle, options) : undefined;
      const codes: BlockOnConcepts['codes'][number][] = [];
      who.forEach((neuron, i) => {
        const at = i * TERMS;
        const texts = found!.texts.subarray(at, at + TERMS).filter((text) => text >= 0);
        codes[neuron] = { texts, coefficients: found!.coefficients.subarray(at, at + texts.length) };
      });
      blocks.push({ block, activations, norms, thresholds, codes });
    }
    return { blocks, words: words.texts };
  }

  return {
    voices: IDLE,
    async findConcepts() {
      const now = loadedValue(get().picture);
      if (!now || get().voices.status === 'loading') return;
      const put = (voices: Loadable<Voices>) => loadedValue(get().picture) === now && set({ voices });
      put(LOADING);
      try {
        put(ready(await voicesOf(now.reading)));
      } catch (error) {
        put(failed(isCancelled(error) ? 'It was cancelled.' : sentenceFor(error)));
      }
    },
  };
};
