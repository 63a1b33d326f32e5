import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { LensError } from '../src/errors.ts';
import { blobFiles, blobSource, type PackFiles, zipFiles } from '../src/pack/index.ts';

/**
 * A pack on disk, a folder or one zip. Nothing is read before it is asked for, and then by ranges.
 * @throws LensError `unavailable` when there is nothing, `bad-file` for a file that is no zip
 */
export async function packFilesAt(path: string): Promise<PackFiles> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new LensError('unavailable', `${path} is not there.`);
  if (!found.isDirectory()) return zipFiles(blobSource(await openAsBlob(path), basename(path)));
  const files = new Map<string, Blob>();
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const whole = join(entry.parentPath, entry.name);
    files.set(relative(path, whole).split(sep).join('/'), await openAsBlob(whole));
  }
  return blobFiles(files);
}
