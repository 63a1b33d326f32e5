import type { KeptStatus } from '../offline/messages.ts';
import { sentenceFor } from './noticeSlice.ts';
import type { LensState, Slice } from './state.ts';

/** How far the page has got with being kept on this machine. */
export type Offline =
  | { readonly status: 'starting' | 'off' }
  /** It cannot be kept here; the sentence says why. */
  | { readonly status: 'barred'; readonly reason: string }
  | ({
      readonly status: 'keeping' | 'paused' | 'kept' | 'failed';
      /** Why it went no further. */
      readonly reason?: string;
    } & KeptStatus);

/** Working without a network: what is kept, and which version of the page runs. */
export interface OfflineSlice {
  readonly offline: Offline;
  /** A newer version is here and waits until no page runs on this one. */
  readonly newVersion: boolean;
  /** WASM would have its threads after one reload. */
  readonly threadsAfterReload: boolean;
  /** Installs what keeps the page, then keeps everything while there is time, unless the person saves data. */
  startOffline(): Promise<void>;
  /** The person asks for it: kept now, whatever was said before; a newer version is looked for, too. */
  keepOffline(): Promise<void>;
  /** Deletes what is kept, until asked again. */
  forgetOffline(): Promise<void>;
  /** Loads the newer version. */
  useNewVersion(): Promise<void>;
  /** Loads the page anew with its threads. */
  reloadForThreads(): void;
}

/** Under which name is kept that a person wants nothing kept. */
const WISH = 'neuronlens.offline';

/** Whether somebody waits for something that comes by the same line. */
const isWaiting = ({ engine, search, picture, found, packOpening }: LensState): boolean =>
  packOpening || [engine, search, picture, found].some(({ status }) => status === 'loading');

export const offlineSlice: Slice<OfflineSlice> = (set, get, { offline: port, kept, keep: note }) => {
  let running: Promise<void> | undefined;
  /** Counts what people asked for: an older wish ends when a newer one comes. */
  let wish = 0;
  /** Nobody said that it should be kept: what they do comes first. */
  let unasked = true;
  const isBusy = (): boolean => unasked && isWaiting(get());

  async function start(): Promise<KeptStatus | undefined> {
    set({ offline: { status: 'starting' } });
    try {
      const status = await port.start(() => set({ newVersion: true }));
      set({ threadsAfterReload: port.threads() === 'after reload' });
      return status;
    } catch (error) {
      set({ offline: { status: 'barred', reason: sentenceFor(error) } });
      return undefined;
    }
  }

  async function keepAll(first: KeptStatus): Promise<void> {
    const own = wish;
    let status = first;
    while (status.missing > 0) {
      if (own !== wish) return;
      set({ offline: { status: 'keeping', ...status } });
      try {
        await port.idle(isBusy);
        status = await port.keepNext();
      } catch (error) {
        if (own === wish) set({ offline: { status: 'failed', ...status, reason: sentenceFor(error) } });
        return;
      }
    }
    if (own === wish) set({ offline: { status: 'kept', ...status } });
  }

  /** One at a time. */
  function keep(status: KeptStatus): Promise<void> {
    running ??= keepAll(status).finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    offline: { status: 'starting' },
    newVersion: false,
    threadsAfterReload: false,
    async startOffline() {
      const reason = port.barred();
      if (reason) return set({ offline: { status: 'barred', reason } });
      if (kept(WISH) === 'off') return set({ offline: { status: 'off' } });
      await port.idle(isBusy);
      const status = await start();
      if (!status) return;
      if (status.missing > 0 && port.savesData()) return set({ offline: { status: 'paused', ...status } });
      await keep(status);
    },
    async keepOffline() {
      if (port.barred()) return;
      note(WISH, 'on');
      unasked = false;
      const status = await start();
      if (!status) return;
      await port.update().catch(() => undefined); // without a network there is nothing newer
      await keep(status);
    },
    async forgetOffline() {
      wish++;
      note(WISH, 'off');
      await running;
      try {
        await port.forget();
        set({ offline: { status: 'off' }, newVersion: false, threadsAfterReload: false });
      } catch (error) {
        get().notify('error', sentenceFor(error));
      }
    },
    async useNewVersion() {
      const alone = await port.useNewVersion().catch(() => false);
      if (alone) return;
      get().notify(
        'info',
        'neuronlens is open in another tab or window, which needs the version it started with. Close it, then load the new version here.',
      );
    },
    reloadForThreads: () => port.reload(),
  };
};
