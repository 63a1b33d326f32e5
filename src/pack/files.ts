import { LensError } from '../errors.ts';

/** Where a pack's files are: a folder on a server or a disk, or one zip. */
export interface PackFiles {
  /**
   * A whole file.
   * @param most bytes it may have
   * @throws LensError `unavailable` when it is not there, `bad-file` when it is larger
   */
  read(name: string, most?: number): Promise<Uint8Array>;
  /** Bytes [begin, end) of a file. @throws LensError `unavailable`, `bad-file` when it ends before */
  range(name: string, begin: number, end: number): Promise<Uint8Array>;
  /** The first bytes of a file, as many of `most` as it has. */
  start(name: string, most: number): Promise<Uint8Array>;
}

/** No file of a pack is read whole that is larger: a typed array of it would not fit a browser's memory. */
export const MOST_BYTES = 2 ** 31 - 1;

export const notThere = (name: string): LensError =>
  new LensError('unavailable', `The pack has no file ${name}.`);

export const tooLarge = (name: string, most: number): LensError =>
  new LensError(
    'bad-file',
    `${name} of this pack is larger than it may be (${most.toLocaleString('en-GB')} bytes).`,
  );

export const endsEarly = (name: string): LensError =>
  new LensError('bad-file', `This pack is broken: ${name} is damaged or incomplete.`);

/** Files that are in memory. */
export function mapFiles(files: ReadonlyMap<string, Uint8Array>): PackFiles {
  const get = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (bytes) return bytes;
    throw notThere(name);
  };
  return {
    async read(name, most = MOST_BYTES) {
      const bytes = get(name);
      if (bytes.length > most) throw tooLarge(name, most);
      return bytes;
    },
    async range(name, begin, end) {
      const bytes = get(name);
      if (end > bytes.length) throw endsEarly(name);
      return bytes.subarray(begin, end);
    },
    start: async (name, most) => get(name).subarray(0, most),
  };
}

/** Files a person chose, by their path in the pack. Nothing is read before it is asked for. */
export function blobFiles(files: ReadonlyMap<string, Blob>): PackFiles {
  const get = (name: string): Blob => {
    const blob = files.get(name);
    if (blob) return blob;
    throw notThere(name);
  };
  return {
    async read(name, most = MOST_BYTES) {
      const blob = get(name);
      if (blob.size > most) throw tooLarge(name, most);
      return bytesOf(blob, name);
    },
    async range(name, begin, end) {
      const blob = get(name);
      if (end > blob.size) throw endsEarly(name);
      return bytesOf(blob.slice(begin, end), name);
    },
    start: async (name, most) => bytesOf(get(name).slice(0, most), name),
  };
}

/** @throws LensError `unavailable` for a file that was moved or changed since it was chosen */
export async function bytesOf(blob: Blob, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new LensError('unavailable', `${name} can no longer be read; choose it again.`, { cause });
  }
}
