import type { ModelInfo, SetSource } from '../../workers/protocol.ts';
import type { Progress } from '../progress.ts';
import { entryFor } from './catalogue.ts';
import { loadedValue } from './data.ts';
import { sentenceFor } from './noticeSlice.ts';
import type { LensClient } from './services.ts';
import type { LensState, Slice } from './state.ts';

export type { BackendInfo } from '../engine/backend.ts';
export type { Progress } from '../progress.ts';
export type { ModelInfo };

/** The model on this machine. It starts only when something live is asked for. */
export type EngineStatus =
  | { readonly status: 'idle' }
  | { readonly status: 'loading'; readonly progress: Progress | undefined }
  | { readonly status: 'ready'; readonly info: ModelInfo }
  | { readonly status: 'failed'; readonly message: string };

export interface EngineSlice {
  readonly engine: EngineStatus;
  /** Starts the engine if need be. Rejects with a LensError; a failed start is tried again next time. */
  ensureEngine(): Promise<LensClient>;
}

export const engineSlice: Slice<EngineSlice> = (set, get, services) => {
  let opening: Promise<LensClient> | undefined;

  async function open(): Promise<LensClient> {
    set({ engine: { status: 'loading', progress: undefined } });
    try {
      const client = await services.client();
      const { model, set: setName, backend } = get().view;
      const url = services.url(entryFor(model, setName).modelUrl);
      const info = await client.open(
        { url },
        { force: backend, onProgress: (progress) => set({ engine: { status: 'loading', progress } }) },
      );
      set({ engine: { status: 'ready', info } });
      warnOfOtherModel(get(), info);
      return client;
    } catch (error) {
      opening = undefined;
      set({ engine: { status: 'failed', message: sentenceFor(error) } });
      throw error;
    }
  }

  return {
    engine: { status: 'idle' },
    ensureEngine: () => {
      opening ??= open();
      return opening;
    },
  };
};

function warnOfOtherModel(state: LensState, info: ModelInfo): void {
  const shipped = loadedValue(state.manifest)?.model.hash;
  if (!shipped || shipped === info.hash) return;
  state.notify(
    'error',
    'The model that was loaded is not the one the shipped numbers come from (its SHA-256 differs); live and shipped numbers will not agree.',
  );
}

/** The shipped pictures, as the worker reads them. */
export function setSource(state: LensState, url: (path: string) => string): SetSource {
  const entry = entryFor(state.view.model, state.view.set);
  return { kind: 'sheets', url: url(entry.setUrl), count: loadedValue(state.pictures)?.count ?? 0 };
}
