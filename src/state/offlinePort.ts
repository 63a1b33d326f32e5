import type { KeptStatus } from '../offline/messages.ts';

/** What the page's service worker does for the store; the browser's way is browserOffline.ts. */
export interface OfflinePort {
  /** Why nothing can be kept in this browser or on this page, as a sentence; undefined where it can. */
  barred(): string | undefined;
  /** Whether the person asked the browser to save data. */
  savesData(): boolean;
  /** Whether WASM has its threads: now, after one reload with the service worker, or not at all here. */
  threads(): 'now' | 'after reload' | 'no';
  /**
   * Installs the service worker, or finds it; `onNewVersion` is called when a newer one waits for its turn.
   * @throws LensError `unavailable`
   */
  start(onNewVersion: () => void): Promise<KeptStatus>;
  /** Resolves when the page has nothing better to do: nobody acts, and nothing is on its way that it knows of. */
  idle(isBusy: () => boolean): Promise<void>;
  /** Keeps one more file. @throws LensError `unavailable`, `out-of-memory` when the browser gives no more room */
  keepNext(): Promise<KeptStatus>;
  /** Asks the server for a newer version. */
  update(): Promise<void>;
  /** Deletes all that is kept, and the service worker. */
  forget(): Promise<void>;
  /** Lets the newer version take over, and loads the page anew; false while another tab runs on the one before. */
  useNewVersion(): Promise<boolean>;
  reload(): void;
}
