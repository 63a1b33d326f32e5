import type { ModelInfo, ModelSource, SetSource } from '../../workers/protocol.ts';
import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { loadedValue, type PackManifest } from './data.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import type { LensClient } from './services.ts';
import { OWN_SET, PACK_SET, shippedModel, shippedSet, shippedSetOf } from './shipped.ts';
import type { LensState, Slice } from './state.ts';

export type { BackendInfo } from '../engine/backend.ts';
export type { Progress } from '../progress.ts';
export type { ModelInfo };

/** The model on this machine. It starts only when something live is asked for. */
export type EngineStatus =
  | { readonly status: 'idle' }
  | {
      readonly status: 'loading';
      readonly progress: Progress | undefined;
    }
  | { readonly status: 'ready'; readonly info: ModelInfo }
  | { readonly status: 'failed'; readonly message: string };

export interface EngineSlice {
  readonly engine: EngineStatus;
  /** Starts the view's model if need be. Rejects with a LensError; a failed start is tried again next time. */
  ensureEngine(): Promise<LensClient>;
  /** Opens a model from wherever it is, downloading it if it must; it takes the place of the one that ran. */
  openModel(source: ModelSource, signal?: AbortSignal): Promise<ModelInfo>;
  /** Asks again what is known of the model that runs: a text tower that came with the first text is checked too. */
  refreshModel(): Promise<void>;
}

/** A check follows the texts by a moment; it is looked for twice. */
const CHECK_WAITS_MS = [500, 4000];

export const engineSlice: Slice<EngineSlice> = (set, get, services) => {
  /** The one model that runs or starts, by the name it has in addresses. */
  let running: { readonly name: string; readonly client: Promise<LensClient> } | undefined;

  async function load(source: ModelSource, signal?: AbortSignal): Promise<ModelInfo> {
    set({ engine: { status: 'loading', progress: undefined } });
    const onProgress = (progress: Progress) => {
      set({ engine: { status: 'loading', progress } });
    };
    const client = await services.client();
    signal?.throwIfAborted();
    const { backend: force, precision } = get().view;
    const info = await client.open(source, { force, precision, signal, onProgress });
    set({ engine: { status: 'ready', info } });
    return info;
  }

  function failed(error: unknown, signal?: AbortSignal): void {
    const stopped = signal?.aborted || isCancelled(error);
    set({ engine: stopped ? { status: 'idle' } : { status: 'failed', message: sentenceFor(error) } });
  }

  async function start(name: string): Promise<LensClient> {
    const info = await load(await get().sourceOfModel(name));
    warnOfOtherModel(get(), name, info);
    return services.client();
  }

  return {
    engine: { status: 'idle' },
    ensureEngine() {
      const name = get().view.model;
      if (running?.name === name) return running.client;
      const own = { name, client: start(name) };
      running = own;
      own.client.catch((error) => {
        if (running !== own) return;
        running = undefined;
        failed(error);
      });
      return own.client;
    },
    async refreshModel() {
      const client = await services.client();
      for (const wait of CHECK_WAITS_MS) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        const info = await client.modelInfo().catch(() => undefined); // what is shown already stays true
        const { engine, opened } = get();
        if (!info || engine.status !== 'ready' || engine.info.id !== info.id) return;
        set({
          engine: { status: 'ready', info },
          ...(opened.has(info.id) && { opened: new Map(opened).set(info.id, info) }),
        });
        if (info.check) return;
      }
    },
    async openModel(source, signal) {
      running = undefined;
      try {
        const info = await load(source, signal);
        running = { name: info.id, client: services.client() };
        return info;
      } catch (error) {
        failed(error, signal);
        throw error;
      }
    },
  };
};

/** Shipped numbers belong to exactly one file of weights. */
function warnOfOtherModel(state: LensState, name: string, info: ModelInfo): void {
  const shipped = loadedValue(state.subject)?.pack?.model.hash;
  if (!shippedModel(name) || !shipped || shipped === info.hash) return;
  state.notify(
    'error',
    'The model that was loaded is not the one the shipped numbers come from (its SHA-256 differs); live and shipped numbers will not agree.',
  );
}

/** Where the pictures are that a pack was made of, if they ship or their server may be asked. */
export function pictureAddress(
  state: Pick<LensState, 'mayAsk'>,
  { set }: PackManifest,
  url: (path: string) => string,
): string | undefined {
  const ships = shippedSetOf(set.hash);
  if (ships) return url(ships.url);
  if (set.url === undefined || !state.mayAsk(set.url)) return undefined;
  return new URL(set.url.endsWith('/') ? set.url : `${set.url}/`, url('')).href;
}

/** The set in view, as the worker reads it. @throws LensError `unavailable` */
export function setSource(state: LensState, url: (path: string) => string): SetSource {
  const name = state.view.set;
  if (name === OWN_SET && state.ownSet) return { kind: 'files', files: state.ownSet.files };
  const pack = loadedValue(state.subject)?.pack;
  if (name === PACK_SET && pack?.pictures) return { kind: 'pack', source: state.packSource() };
  const address = name === PACK_SET && pack && pictureAddress(state, pack, url);
  if (address) return { kind: 'sheets', url: address, count: pack.set.count };
  const shipped = shippedSet(name);
  if (!shipped) throw new LensError('unavailable', 'The pictures of this view are not on this machine.');
  return { kind: 'sheets', url: url(shipped.url), count: loadedValue(state.pictures)?.count ?? 0 };
}
