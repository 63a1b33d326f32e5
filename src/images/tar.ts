import { LensError } from '../errors.ts';

/** Bytes that can be read anywhere: a file on disk, or a Blob. */
export interface ByteSource {
  /** For error messages. */
  readonly name: string;
  readonly size: number;
  /** Bytes `offset` … `offset+length-1`, all of them. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A regular file of a tar archive, and where its bytes lie. */
export interface TarMember {
  /** Path as stored, without a leading "./". */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const BLOCK = 512;
/** Read at once: small members that follow each other share a read. */
const WINDOW = 8 * 1024;
/** Names and extended headers beyond these are refused. */
const MAX_NAME = 4096;
const MAX_EXTENDED = 1 << 20;

/**
 * The regular files of a tar archive in order, without reading their contents: ustar, with the long names and
 * sizes of pax ("x") and GNU ("L", base-256). Folders and links are passed over.
 * @throws LensError `bad-file` for an archive that is damaged or ends early (also one without its end mark),
 * `unsupported` for a compressed archive or a sparse file
 */
export async function* tarMembers(source: ByteSource): AsyncGenerator<TarMember> {
  const read = windowed(source);
  let extended: Extended = {};
  for (let at = 0; ; ) {
    const header = await headerAt(at, read, source);
    if (!header) return;
    const size = bytesOf(header, extended);
    const offset = at + BLOCK;
    if (offset + size > source.size) throw broken(source, `is cut off within ${header.name}`);
    if (header.type === 'x' || header.type === 'L') {
      if (size > MAX_EXTENDED) throw broken(source, 'has a header that is too long');
      extended = extendedBy(await read(offset, size), header.type, extended, source);
    } else if (header.type !== 'g' && header.type !== 'K') {
      // of the whole archive, or a link's: no names of files
      const name = memberName(header, extended, source);
      extended = {};
      if (name !== undefined) yield { name, offset, size };
    }
    at = offset + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The header at a place; undefined for the archive's end mark. */
async function headerAt(at: number, read: Read, source: ByteSource): Promise<Header | undefined> {
  if (at + BLOCK > source.size) {
    throw broken(source, at === 0 ? 'is no tar archive' : 'ends early: its end mark is missing');
  }
  const block = await read(at, BLOCK);
  return block.every((byte) => byte === 0) ? undefined : readHeader(block, source, at === 0);
}

/** Bytes that follow a header; those of a file may be said by the extended header before it. */
function bytesOf({ type, size }: Header, extended: Extended): number {
  if (type === '0') return extended.size ?? size;
  return hasBytes(type) ? size : 0;
}

/** The path of a regular file; undefined for what is none. */
function memberName(header: Header, extended: Extended, source: ByteSource): string | undefined {
  if (header.type === 'S' || extended.sparse) {
    throw new LensError('unsupported', `${source.name} holds a sparse file; pack it again without --sparse.`);
  }
  const name = (extended.path ?? header.name).replace(/^(\.\/)+/, '');
  if (header.type !== '0' || name === '' || name.endsWith('/')) return undefined;
  if (name.length > MAX_NAME) throw broken(source, 'holds a name that is too long');
  return name;
}

/** Links, devices, folders and pipes have none, whatever their size says. */
const hasBytes = (type: string): boolean => !/[1-6]/.test(type);

interface Header {
  readonly name: string;
  readonly size: number;
  /** '0' for regular files, whatever the age of the archive. */
  readonly type: string;
}

function readHeader(block: Uint8Array, source: ByteSource, first: boolean): Header {
  if (first && block[0] === 0x1f && block[1] === 0x8b) {
    throw new LensError(
      'unsupported',
      `${source.name} is compressed; unpack it to a .tar first (pictures are compressed already).`,
    );
  }
  if (checksum(block) !== octal(block.subarray(148, 156))) {
    throw broken(source, first ? 'is no tar archive' : 'is damaged: a header does not add up');
  }
  const size = sizeOf(block.subarray(124, 136));
  if (size === undefined) throw broken(source, 'is damaged: a size is no number');
  const code = String.fromCharCode(block[156]!);
  const type = code === '\0' || code === '7' ? '0' : code;
  const name = textOf(block.subarray(0, 100));
  // "ustar\0" is POSIX, whose names may have a prefix; GNU's "ustar " keeps other things there.
  const posix = textOf(block.subarray(257, 263)) === 'ustar';
  const prefix = posix ? textOf(block.subarray(345, 500)) : '';
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type };
}

/** Sum of the header's bytes, its own checksum counted as spaces. */
function checksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i]!;
  return sum;
}

function octal(field: Uint8Array): number | undefined {
  const digits = textOf(field).trim();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** A size in octal, or GNU's base-256 for 8 GB and more. */
function sizeOf(field: Uint8Array): number | undefined {
  if (field[0] !== 0x80) return octal(field);
  let size = 0;
  for (const byte of field.subarray(1)) size = size * 256 + byte;
  return Number.isSafeInteger(size) ? size : undefined;
}

interface Extended {
  readonly path?: string;
  readonly size?: number;
  readonly sparse?: boolean;
}

function extendedBy(bytes: Uint8Array, type: string, before: Extended, source: ByteSource): Extended {
  return type === 'L' ? { ...before, path: textOf(bytes) } : { ...before, ...readPax(bytes, source) };
}

/** Records "LENGTH key=value\n" of a pax header, LENGTH counting all of the record's bytes. */
function readPax(bytes: Uint8Array, source: ByteSource): Extended {
  let extended: Extended = {};
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 || space - at > 8 ? '' : textOf(bytes.subarray(at, space));
    const length = /^[1-9]\d*$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (end <= space + 1 || end > bytes.length || bytes[end - 1] !== 0x0a) {
      throw broken(source, 'is damaged: an extended header makes no sense');
    }
    const record = textOf(bytes.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') extended = { ...extended, path: value };
    if (key.startsWith('GNU.sparse.')) extended = { ...extended, sparse: true };
    if (key === 'size') {
      if (!/^\d{1,15}$/.test(value)) throw broken(source, 'is damaged: a size is no number');
      extended = { ...extended, size: Number(value) };
    }
    at = end;
  }
  return extended;
}

/** UTF-8 up to the first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

const broken = (source: ByteSource, what: string) => new LensError('bad-file', `${source.name} ${what}.`);

export type Read = (offset: number, length: number) => Promise<Uint8Array>;

/** Reads that lie within the last one's window cost nothing. */
export function windowed(source: ByteSource): Read {
  let start = 0;
  let window = new Uint8Array(0);
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.length) {
      start = offset;
      const size = Math.min(Math.max(WINDOW, length), source.size - offset);
      window = new Uint8Array(await source.read(offset, size));
    }
    return window.subarray(offset - start, offset - start + length);
  };
}
