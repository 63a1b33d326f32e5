import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LensError } from '../../src/errors.ts';
import { sha256 } from '../../src/images/hash.ts';
import type { JobOptions } from '../../src/progress.ts';
import { decodeBytes } from '../decode.ts';
import { openSheets, PICTURE_NAME, readBytes, requireFolder } from '../folder.ts';
import { listingHash, type PictureEntries, type Shard } from './entries.ts';
import { tarEntries } from './tars.ts';

/**
 * The pictures below a path: a shipped set (a folder with set.json), tar shards in WebDataset's layout (one .tar
 * file, or a folder of them), or a folder of picture files with everything below it. Hidden names are passed over, links
 * to folders are not followed.
 * @throws LensError `unavailable` (not there, nothing in it), `bad-request` (pictures beside tar files), `bad-file` (a
 * damaged tar file or set.json)
 */
export async function openEntries(path: string, shard: Shard, job: JobOptions = {}): Promise<PictureEntries> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() && path.endsWith('.tar')) return tarEntries([path], basename(path, '.tar'), shard, job);
  await requireFolder(path);
  const names = await readdir(path);
  if (names.includes('set.json')) return setEntries(path, shard);
  const tars = names.filter((name) => name.endsWith('.tar') && !name.startsWith('.')).sort(byBytes);
  const name = basename(resolve(path));
  if (tars.length === 0) return folderEntries(path, name, shard);
  if (names.some((each) => PICTURE_NAME.test(each)))
    throw new LensError('bad-request', `${path} holds both pictures and tar files: give one or the other.`);
  return tarEntries(
    tars.map((each) => join(path, each)),
    name,
    shard,
    job,
  );
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Entries `index`, `index + of`, … */
const share = (count: number, { index, of }: Shard): number =>
  count > index ? Math.ceil((count - index) / of) : 0;

async function folderEntries(folder: string, name: string, shard: Shard): Promise<PictureEntries> {
  const paths = await picturePaths(folder);
  if (paths.length === 0) throw new LensError('unavailable', `${folder} holds no pictures.`);
  const classes = paths.every((path) => path.includes('/'));
  const global = (entry: number): number => shard.index + shard.of * entry;
  const at = (entry: number): string => paths[global(entry)]!;
  return {
    name,
    listing: await listingHash(paths),
    setHash: undefined,
    count: share(paths.length, shard),
    place: (entry) => [0, global(entry)],
    pictureName: at,
    label: (entry) => (classes ? at(entry).slice(0, at(entry).indexOf('/')) : undefined),
    read: async (entry) => {
      const bytes = await readBytes(join(folder, at(entry)));
      return { picture: await decodeBytes(bytes, at(entry)), hash: await sha256(bytes) };
    },
    close: async () => {},
  };
}

/** Pictures below a folder as paths with "/", in order of their names' bytes, folder by folder. */
async function picturePaths(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const names = entries.filter(({ name }) => !name.startsWith('.'));
  const paths: string[] = [];
  for (const entry of names.sort((a, b) => byBytes(a.name, b.name))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await picturePaths(folder, path)));
    else if (PICTURE_NAME.test(entry.name)) paths.push(path);
  }
  return paths;
}

async function setEntries(folder: string, shard: Shard): Promise<PictureEntries> {
  const { index, hash, source } = await openSheets(folder);
  const global = (entry: number): number => shard.index + shard.of * entry;
  return {
    name: index.name,
    listing: hash,
    setHash: hash,
    count: share(index.count, shard),
    place: (entry) => [0, global(entry)],
    pictureName: (entry) => source.name(global(entry)),
    label: () => undefined,
    read: async (entry) => ({ picture: await source.read(global(entry)), hash: undefined }),
    close: async () => {},
  };
}
