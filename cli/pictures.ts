import { basename, resolve } from 'node:path';
import { LensError } from '../src/errors.ts';
import type { PictureSource } from '../src/images/picture.ts';
import { type SkippedPicture, skipBroken } from '../src/images/skipBroken.ts';
import type { Context } from './command.ts';
import { folderPaths, hashPaths, openSheets, pathSource } from './folder.ts';

/** An image set as a command uses it. */
export interface Pictures {
  readonly name: string;
  /** SHA-256 of set.json for a shipped set, of the files' hashes for a folder. */
  readonly hash: string;
  readonly source: PictureSource;
  readonly skipped: readonly SkippedPicture[];
}

/**
 * The pictures of a folder, in file-name order. Each is decoded once to find the broken ones, which
 * are left out and reported on stderr.
 * @param topK asked for: the set must have as many pictures
 * @throws LensError `unavailable`, `bad-request` (too few), `cancelled`
 */
export async function openFolder(
  folder: string,
  topK: number,
  { signal, progress }: Context,
): Promise<Pictures> {
  const paths = await folderPaths(folder);
  checkTop(topK, paths.length);
  const { source, kept, skipped } = await skipBroken(pathSource(paths), {
    signal,
    onProgress: progress.report,
  });
  for (const { reason } of skipped) progress.note(`Left out: ${reason}`);
  checkTop(topK, kept.length);
  const hash = await hashPaths(
    kept.map((index) => paths[index]!),
    signal,
  );
  return { name: basename(resolve(folder)), hash, source, skipped };
}

/** The scenes of a shipped set, at least `topK`. Throws LensError `unavailable`, `bad-file` or `bad-request`. */
export async function openSet(folder: string, topK: number): Promise<Pictures> {
  const { index, hash, source } = await openSheets(folder);
  checkTop(topK, index.count);
  return { name: index.name, hash, source, skipped: [] };
}

function checkTop(topK: number, count: number): void {
  if (topK <= count) return;
  throw new LensError('bad-request', `--top ${topK} asks for more than the ${count} pictures there are.`);
}
