import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { failed, IDLE, LOADING, type Loadable, ready } from './data.ts';
import { setSource } from './engineSlice.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import type { Slice } from './state.ts';

/** The set's pictures as the model sees them: what nearness is measured against. */
export interface NearestSlice {
  /** [I, D], not normalised. */
  readonly setVectors: Loadable<Float32Array>;
  readonly embeddingSet: Progress | undefined;
  /** Embeds every picture of the set, once for model and set; shared by those who ask. */
  ensureSetVectors(): Promise<void>;
  cancelSetVectors(): void;
  /** Another model or set is in view, or the set's pictures are others. */
  forgetSetVectors(): void;
}

export const nearestSlice: Slice<NearestSlice> = (set, get, services) => {
  let controller: AbortController | undefined;
  return {
    setVectors: IDLE,
    embeddingSet: undefined,
    async ensureSetVectors() {
      if (get().setVectors.status === 'ready' || get().setVectors.status === 'loading') return;
      const own = new AbortController();
      controller = own;
      const put = (setVectors: Loadable<Float32Array>) => controller === own && set({ setVectors });
      put(LOADING);
      const onProgress = (embeddingSet: Progress) => controller === own && set({ embeddingSet });
      try {
        const client = await get().ensureEngine();
        own.signal.throwIfAborted();
        const source = setSource(get(), services.url);
        put(ready(await client.embedImages(source, { signal: own.signal, onProgress })));
      } catch (error) {
        put(isCancelled(error) ? IDLE : failed(sentenceFor(error)));
      } finally {
        if (controller === own) set({ embeddingSet: undefined });
      }
    },
    cancelSetVectors: () => controller?.abort(new LensError('cancelled', 'It was cancelled.')),
    forgetSetVectors() {
      controller?.abort(new LensError('cancelled', 'Another model or set was opened.'));
      controller = undefined;
      set({ setVectors: IDLE, embeddingSet: undefined });
    },
  };
};
