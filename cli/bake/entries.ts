import { sha256 } from '../../src/images/hash.ts';
import type { Picture } from '../../src/images/picture.ts';

/** Which part of the pictures a process takes: the `index`-th of `of`, from 0. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Shard = { index: 0, of: 1 };

/**
 * The pictures that one process is to read: known by name before any is opened, so that each has its place in the
 * whole input whatever the shard, and whether or not it turns out to be broken.
 */
export interface PictureEntries {
  /** Name of the set. */
  readonly name: string;
  /** SHA-256 over what lists the whole input (paths; tar files and their sizes; set.json): the same for every shard. */
  readonly listing: string;
  /** Of a shipped set: SHA-256 of its set.json, which stands for its pictures, and no picture of it may be broken. */
  readonly setHash: string | undefined;
  readonly count: number;
  /** Place in the whole input: a part (a tar file; 0 where there are none), and a number in it. Ascends with the entry. */
  place(entry: number): readonly [part: number, index: number];
  pictureName(entry: number): string;
  label(entry: number): string | undefined;
  /**
   * @returns the picture, and the SHA-256 of its file (undefined for a shipped set)
   * @throws LensError `bad-file` or `unsupported` for a broken picture; `unavailable` when its file cannot be read
   */
  read(entry: number): Promise<{ picture: Picture; hash: string | undefined }>;
  close(): Promise<void>;
}

/** One hash for the lines of a listing. */
export const listingHash = (lines: readonly string[]): Promise<string> =>
  sha256(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
