import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isLensError, LensError } from '../src/errors.ts';
import { throwIfCancelled } from '../src/images/decode.ts';
import { combineHashes, sha256 } from '../src/images/hash.ts';
import type { PictureSource } from '../src/images/picture.ts';
import { parseSetIndex, type SetIndex } from '../src/images/setIndex.ts';
import { sheetSource } from '../src/images/sheets.ts';
import { decodeBytes } from './decode.ts';

/**
 * A file's bytes.
 * @throws LensError `unavailable` when it is not there or cannot be read
 */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LensError('unavailable', `${path} ${reason(cause)}.`, { cause });
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'is not there';
  if (code === 'EISDIR') return 'is a folder where a file is wanted';
  if (code === 'ENOTDIR') return 'is not a folder';
  return 'cannot be read';
}

/** Throws LensError `unavailable` unless the path is a folder. */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new LensError('unavailable', `${path} ${reason(cause)}.`, { cause });
  });
  if (!found.isDirectory()) throw new LensError('unavailable', `${path} is not a folder.`);
}

export const PICTURE_NAME = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;

/** Pictures of a folder (not of its sub-folders) in file-name order, by code point as Python sorts them. */
export async function folderPaths(folder: string): Promise<string[]> {
  await requireFolder(folder);
  const names = (await readdir(folder)).filter((name) => PICTURE_NAME.test(name) && !name.startsWith('.'));
  if (names.length === 0) throw new LensError('unavailable', `${folder} holds no pictures.`);
  return names
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => join(folder, name));
}

/** The pictures at these paths; reading throws LensError `bad-file`, `unsupported` or `unavailable`. */
export function pathSource(paths: readonly string[]): PictureSource {
  const at = (index: number): string => {
    const path = paths[index];
    if (path === undefined) throw new RangeError(`picture ${index} of ${paths.length}`);
    return path;
  };
  return {
    count: paths.length,
    name: (index) => basename(at(index)),
    read: async (index, signal) => {
      throwIfCancelled(signal);
      return decodeBytes(await readBytes(at(index)), basename(at(index)));
    },
  };
}

/** One hash for picture files, as `hashFiles` makes it in a browser. */
export async function hashPaths(paths: readonly string[], signal?: AbortSignal): Promise<string> {
  const hashes: string[] = [];
  for (const path of paths) {
    throwIfCancelled(signal);
    hashes.push(await sha256(await readBytes(path)));
  }
  return combineHashes(hashes);
}

/** A shipped set on disk: its index, the SHA-256 of set.json, and its scenes. */
export interface SheetFolder {
  readonly index: SetIndex;
  readonly hash: string;
  readonly source: PictureSource;
}

/** Opens a folder with set.json and sheets. Throws LensError `unavailable` or `bad-file`. */
export async function openSheets(folder: string): Promise<SheetFolder> {
  await requireFolder(folder);
  const bytes = await readBytes(join(folder, 'set.json'));
  const index = parseSetIndex(parseJson(bytes, join(folder, 'set.json')));
  const source = sheetSource(folder, index, async (path) => decodeBytes(await readBytes(path), path));
  return { index, hash: await sha256(bytes), source };
}

/** Throws LensError `bad-file` naming the file when its bytes are not JSON. */
export function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    if (isLensError(cause)) throw cause;
    throw new LensError('bad-file', `${name} is not JSON.`, { cause });
  }
}

/** Lines of a text file without blank ones; throws LensError `bad-request` when none is left. */
export function parseLines(bytes: Uint8Array, name: string): string[] {
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .map((line) => line.trim());
  const texts = lines.filter((line) => line !== '');
  if (texts.length === 0) throw new LensError('bad-request', `${name} holds no texts.`);
  return texts;
}
