import { LensError } from '../errors.ts';
import type { ByteSource } from './zip.ts';

/** A file of a zip, as its directory tells. */
export interface ZipEntry {
  readonly method: 'store' | 'deflate';
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its own header begins. */
  readonly offset: number;
  /** Where the next file, or the directory, begins: its bytes end before. */
  readonly limit: number;
}

const END_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const ENTRY_BYTES = 46;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_HEADER = 30;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 20_000;
const MOST_DIRECTORY_BYTES = 8 * 2 ** 20;

const bad = (what: string): LensError => new LensError('bad-file', `This zip is damaged: ${what}.`);

/**
 * The directory of a zip by name, checked: plain names, no overlaps, nothing outside the file. A pack in one folder
 * of the zip is taken out of it.
 * @throws LensError `bad-file`, `unsupported`
 */
export async function readDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const { begin, size, count } = await findEnd(source);
  const bytes = await source.read(begin, begin + size);
  if (bytes.length !== size) throw bad('it ends within its directory');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, Omit<ZipEntry, 'limit'>>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > size || view.getUint32(at, true) !== ENTRY_SIGNATURE)
      throw bad('its directory ends early');
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const end = at + ENTRY_BYTES + lengths[0] + lengths[1] + lengths[2];
    if (end > size) throw bad('its directory ends early');
    const name = nameOf(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + lengths[0]));
    const entry = readEntry(view, at, name);
    at = end;
    if (name.endsWith('/')) continue;
    if (entries.has(name)) throw bad(`it holds ${name} twice`);
    entries.set(name, entry);
  }
  return withoutFolder(withLimits(entries, begin));
}

interface Directory {
  readonly begin: number;
  readonly size: number;
  readonly count: number;
}

/** The record at a zip's end, which says where its directory is. */
async function findEnd({ size, read }: ByteSource): Promise<Directory> {
  const from = Math.max(0, size - END_BYTES - LONGEST_COMMENT);
  const tail = size < END_BYTES ? new Uint8Array() : await read(from, size);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== tail.length) continue;
    const count = view.getUint16(at + 10, true);
    const length = view.getUint32(at + 12, true);
    const begin = view.getUint32(at + 16, true);
    if (count === 0xffff || length === 0xffffffff || begin === 0xffffffff) {
      throw new LensError(
        'unsupported',
        'This zip is larger than 4 GB, or has very many files: unpack it and open the folder.',
      );
    }
    if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== count)
      throw bad('it is one part of several');
    if (begin + length > from + at) throw bad('its directory lies outside it');
    if (count > MOST_ENTRIES || length > MOST_DIRECTORY_BYTES)
      throw bad('it holds too many files for a pack');
    return { begin, size: length, count };
  }
  throw new LensError('bad-file', 'This is not a zip, or one that was cut off.');
}

function readEntry(view: DataView, at: number, name: string): Omit<ZipEntry, 'limit'> {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if (flags & 1) throw new LensError('unsupported', 'This zip is encrypted.');
  if (method !== 0 && method !== 8) {
    throw new LensError(
      'unsupported',
      `${name} is packed in a way this software does not know; use a plain zip.`,
    );
  }
  const packedBytes = view.getUint32(at + 20, true);
  const bytes = view.getUint32(at + 24, true);
  if (method === 0 && packedBytes !== bytes) throw bad(`${name} has two sizes`);
  return {
    method: method === 0 ? 'store' : 'deflate',
    crc: view.getUint32(at + 16, true),
    packedBytes,
    bytes,
    offset: view.getUint32(at + 42, true),
  };
}

/** A path within the zip: no way up, no root, no drive. */
function nameOf(bytes: Uint8Array): string {
  const name = new TextDecoder().decode(bytes);
  const parts = name.split('/');
  const plain = parts.every(
    (part, i) => part !== '..' && part !== '.' && (part !== '' || i === parts.length - 1),
  );
  if (!plain || name === '' || /[\\:\0]/.test(name))
    throw bad(`it holds the path ${JSON.stringify(name.slice(0, 80))}`);
  return name;
}

/** Every file must end where the next begins: overlapping ones unpack to far more than there is. */
function withLimits(
  entries: ReadonlyMap<string, Omit<ZipEntry, 'limit'>>,
  directory: number,
): Map<string, ZipEntry> {
  const inOrder = [...entries].sort(([, a], [, b]) => a.offset - b.offset);
  return new Map(
    inOrder.map(([name, entry], i) => {
      const limit = inOrder[i + 1]?.[1].offset ?? directory;
      if (entry.offset + LOCAL_HEADER + entry.packedBytes > limit)
        throw bad(`${name} overlaps what follows it`);
      return [name, { ...entry, limit }];
    }),
  );
}

/** Systems pack a folder, not what is in it: the folder of the one pack.json is taken as the root. */
function withoutFolder(entries: Map<string, ZipEntry>): Map<string, ZipEntry> {
  if (entries.has('pack.json')) return entries;
  const found = [...entries.keys()].filter(
    (name) => name.endsWith('/pack.json') && !name.startsWith('__MACOSX/'),
  );
  if (found.length !== 1) return entries;
  const folder = found[0]!.slice(0, -'pack.json'.length);
  return new Map(
    [...entries]
      .filter(([name]) => name.startsWith(folder))
      .map(([name, entry]) => [name.slice(folder.length), entry]),
  );
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The checksum of zips. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
