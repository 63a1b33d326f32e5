import type { LensClient } from '../../workers/client.ts';
import type { Pack, PackSource } from '../pack/index.ts';
import type { PictureSet } from './data.ts';
import type { OfflinePort } from './offlinePort.ts';

export type { LensClient } from '../../workers/client.ts';

/** The address bar, as far as the store needs it. */
export interface HistoryPort {
  hash(): string;
  push(hash: string): void;
  replace(hash: string): void;
  /** Calls back when the person goes back, forward, or edits the address. */
  listen(changed: () => void): void;
}

/** What the store needs of the outside; tests give their own. */
export interface Services {
  /** A pack, wherever it is; a server that is not the page's own is asked by the worker. */
  openPack(source: PackSource): Promise<Pack>;
  openPictures(url: string): Promise<PictureSet>;
  /** The pictures that a pack brings. Throws a LensError when they are not as many as it was made of. */
  packedPictures(pack: Pack): Promise<PictureSet>;
  /** Loads the worker's client on first use: the page must be useful before. */
  client(): Promise<LensClient>;
  /** Absolute URL of something that ships with the page; a worker knows no page to be relative to. */
  url(path: string): string;
  /** Milliseconds, never going back. */
  now(): number;
  /** Lets the browser draw and answer before the next piece of work. */
  pause(): Promise<void>;
  /** Checks that a picture can be read, by its head, and gives its SHA-256. Throws a LensError with its name. */
  readOwn(file: File): Promise<string>;
  /** An address under which the page can show bytes of its own; to be revoked. */
  blobUrl(blob: Blob): string;
  revokeUrl(url: string): void;
  /** In [0, 1). */
  random(): number;
  /** What keeps the page on this machine. */
  readonly offline: OfflinePort;
  /** What this browser keeps between visits under a name; undefined for nothing, or where storage is barred. */
  kept(name: string): string | undefined;
  /** Keeps it; where storage is barred or full, for this visit only, which it tells by false. */
  keep(name: string, text: string): boolean;
  /** Calls back with the name when another tab keeps something. */
  onKept(changed: (name: string) => void): void;
}
