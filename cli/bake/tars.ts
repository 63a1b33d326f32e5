import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { LensError } from '../../src/errors.ts';
import { sha256 } from '../../src/images/hash.ts';
import type { ByteSource } from '../../src/images/tar.ts';
import { type TarPicture, tarPictures } from '../../src/images/tarSamples.ts';
import type { JobOptions } from '../../src/progress.ts';
import { decodeBytes } from '../decode.ts';
import { listingHash, type PictureEntries, type Shard } from './entries.ts';

interface TarEntry extends TarPicture {
  readonly part: number;
  readonly index: number;
}

/**
 * Pictures of tar shards. Where there are as many tar files as shards of the run, a process takes whole files and
 * opens no others; where there are fewer, it takes every `of`-th picture of each.
 * @throws LensError as `tarPictures`; `unavailable` without pictures; `cancelled`
 */
export async function tarEntries(
  paths: readonly string[],
  name: string,
  shard: Shard,
  { signal, onProgress }: JobOptions,
): Promise<PictureEntries> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const files = openFiles(paths, sizes);
  const whole = paths.length >= shard.of;
  const mine = (number: number): boolean => number % shard.of === shard.index;
  const entries: TarEntry[] = [];
  const labels = new Map<string, string>(); // one string a label, not one a picture
  for (const part of paths.keys()) {
    if (whole && !mine(part)) continue;
    let index = 0;
    for await (const picture of tarPictures(files.source(part))) {
      if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
      const { label } = picture;
      if (label !== undefined && !labels.has(label)) labels.set(label, label);
      const kept = { ...picture, label: label === undefined ? label : labels.get(label) };
      if (whole || mine(index)) entries.push({ ...kept, part, index });
      index++;
    }
    onProgress?.({ stage: 'Listing tar files', done: part + 1, total: paths.length });
  }
  const at = (entry: number): TarEntry => entries[entry]!;
  const fullName = ({ part, name }: TarEntry): string => `${basename(paths[part]!, '.tar')}/${name}`;
  return {
    name,
    listing: await listingHash(paths.map((path, part) => `${basename(path)} ${sizes[part]}`)),
    setHash: undefined,
    count: entries.length,
    place: (entry) => [at(entry).part, at(entry).index],
    pictureName: (entry) => fullName(at(entry)),
    label: (entry) => at(entry).label,
    read: async (entry) => {
      const { part, offset, size } = at(entry);
      const bytes = new Uint8Array(await files.source(part).read(offset, size));
      return { picture: await decodeBytes(bytes, fullName(at(entry))), hash: await sha256(bytes) };
    },
    close: files.close,
  };
}

/** Tar files kept open at once. */
const OPEN_FILES = 16;

/** Reads of files by number; those used last stay open. */
function openFiles(paths: readonly string[], sizes: readonly number[]) {
  const handles = new Map<number, Promise<FileHandle>>();
  const busy = new Map<Promise<FileHandle>, number>();
  const handleOf = (file: number): Promise<FileHandle> => {
    const handle = handles.get(file) ?? open(paths[file]!);
    handles.delete(file);
    handles.set(file, handle); // newest last: a Map keeps insertion order
    return handle;
  };
  const closeOldest = async (): Promise<void> => {
    for (const [file, handle] of handles) {
      if (handles.size <= OPEN_FILES) return;
      if (busy.get(handle)) continue;
      handles.delete(file);
      await (await handle).close();
    }
  };
  const read = async (file: number, offset: number, length: number): Promise<Uint8Array> => {
    const handle = handleOf(file);
    busy.set(handle, (busy.get(handle) ?? 0) + 1);
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await (await handle).read(bytes, 0, length, offset);
      if (bytesRead < length)
        throw new LensError('unavailable', `${paths[file]} became shorter while it was read.`);
      return bytes;
    } finally {
      busy.set(handle, busy.get(handle)! - 1);
      await closeOldest();
    }
  };
  return {
    source: (file: number): ByteSource => ({
      name: basename(paths[file]!),
      size: sizes[file]!,
      read: (offset, length) => read(file, offset, length),
    }),
    async close() {
      for (const handle of handles.values()) await (await handle).close();
      handles.clear();
    },
  };
}
