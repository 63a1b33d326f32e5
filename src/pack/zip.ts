import { Inflate, zipSync } from 'fflate';
import { LensError } from '../errors.ts';
import { bytesOf, endsEarly, MOST_BYTES, notThere, type PackFiles, tooLarge } from './files.ts';
import { crc32, readDirectory, type ZipEntry } from './zipDirectory.ts';

/** Bytes that can be read from anywhere: a file of this machine, or one on a server with ranges. */
export interface ByteSource {
  readonly size: number;
  /** Bytes [begin, end), within the size. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

export const blobSource = (blob: Blob, name: string): ByteSource => ({
  size: blob.size,
  read: (begin, end) => bytesOf(blob.slice(begin, end), name),
});

/** Beyond this nothing packed is unpacked into memory; stored files have no such limit. */
const MOST_INFLATED = 512 * 2 ** 20;

const LOCAL_HEADER = 30;
const LOCAL_SIGNATURE = 0x04034b50;

/**
 * The files of a pack in one zip. Its directory is read and checked now, files when they are asked for: stored ones
 * by ranges, packed ones whole.
 * @throws LensError `bad-file` for what is no sound zip, `unsupported` for encrypted ones and those over 4 GB
 */
export async function zipFiles(source: ByteSource): Promise<PackFiles> {
  const entries = await readDirectory(source);
  const inflated = new Map<string, Promise<Uint8Array>>();

  const get = (name: string): ZipEntry => {
    const entry = entries.get(name);
    if (entry) return entry;
    throw notThere(name);
  };

  /** Where a file's bytes begin: its own header may be longer than the directory tells. */
  async function dataOf(name: string, entry: ZipEntry): Promise<number> {
    const header = await source.read(entry.offset, entry.offset + LOCAL_HEADER);
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const sound = header.length === LOCAL_HEADER && view.getUint32(0, true) === LOCAL_SIGNATURE;
    const begin =
      entry.offset + LOCAL_HEADER + (sound ? view.getUint16(26, true) + view.getUint16(28, true) : 0);
    if (!sound || begin + entry.packedBytes > entry.limit) throw endsEarly(name);
    return begin;
  }

  async function part(name: string, begin: number, end: number): Promise<Uint8Array> {
    const entry = get(name);
    if (entry.method === 'deflate') return (await inflate(name, entry, MOST_INFLATED)).subarray(begin, end);
    const data = await dataOf(name, entry);
    return source.read(data + begin, data + Math.min(end, entry.bytes));
  }

  function inflate(name: string, entry: ZipEntry, most: number): Promise<Uint8Array> {
    if (entry.bytes > Math.min(most, MOST_INFLATED)) throw tooLarge(name, Math.min(most, MOST_INFLATED));
    const known = inflated.get(name);
    if (known) return known;
    const work = (async () => {
      const data = await dataOf(name, entry);
      return unpack(await source.read(data, data + entry.packedBytes), entry, name);
    })();
    inflated.set(name, work);
    work.catch(() => inflated.delete(name));
    return work;
  }

  return {
    async read(name, most = MOST_BYTES) {
      const entry = get(name);
      if (entry.bytes > most) throw tooLarge(name, most);
      if (entry.method === 'deflate') return inflate(name, entry, most);
      const bytes = await part(name, 0, entry.bytes);
      if (crc32(bytes) !== entry.crc) throw endsEarly(name);
      return bytes;
    },
    async range(name, begin, end) {
      if (end > get(name).bytes) throw endsEarly(name);
      return part(name, begin, end);
    },
    start: (name, most) => part(name, 0, Math.min(most, get(name).bytes)),
  };
}

/** Packed bytes taken at once: they make at most a thousand times as many. */
const PIECE = 64 * 1024;

/** Stops as soon as more comes out than the directory says: a bomb goes no further. */
function unpack(packed: Uint8Array, entry: ZipEntry, name: string): Uint8Array {
  const bytes = new Uint8Array(entry.bytes);
  let length = 0;
  const inflating = new Inflate((piece) => {
    if (length + piece.length > bytes.length) throw endsEarly(name);
    bytes.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += PIECE) {
      inflating.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (cause) {
    throw new LensError('bad-file', endsEarly(name).message, { cause });
  }
  if (length !== entry.bytes || crc32(bytes) !== entry.crc) throw endsEarly(name);
  return bytes;
}

/** All files carry this date, so that the same pack is the same bytes. */
const DATE = new Date(1980, 0, 1);

/** Files as one zip: arrays and pictures stored, so that they can be read by ranges; texts packed. */
export function zipPack(files: Iterable<readonly [name: string, bytes: Uint8Array]>): Uint8Array {
  const tree = Object.fromEntries(
    Array.from(files, ([name, bytes]) => [
      name,
      [bytes, { level: /\.(json|txt)$/.test(name) ? 6 : 0, mtime: DATE }] as [
        Uint8Array,
        { level: 0 | 6; mtime: Date },
      ],
    ]),
  );
  return zipSync(tree);
}
