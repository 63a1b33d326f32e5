import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The files of a folder but not of folders in it, by name; `path` may be relative to the repository. */
export function packFolder(path: string): Map<string, Uint8Array> {
  const folder = resolve(repository, path);
  return new Map(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, new Uint8Array(readFileSync(resolve(folder, name)))]),
  );
}
