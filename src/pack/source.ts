import { LensError } from '../errors.ts';
import { blobFiles, MOST_BYTES, type PackFiles } from './files.ts';
import { ask, httpFiles, readBounded } from './httpFiles.ts';
import { type ByteSource, blobSource, zipFiles } from './zip.ts';

/** Where a pack is to be had. */
export type PackSource =
  /** A folder on a server, its pack.json, or a zip; absolute. */
  | { readonly kind: 'url'; readonly url: string }
  /** One zip, or the files of a folder with their paths. */
  | { readonly kind: 'files'; readonly files: readonly PackFile[] };

/** A file that a person chose; of a folder with its path, which a worker is not told by the file itself. */
export interface PackFile {
  readonly path: string;
  readonly file: Blob;
}

/**
 * The files of a pack, wherever it is. Of a zip its directory is read now, of a folder nothing.
 * @throws LensError `unavailable`, `bad-file`, `unsupported`; `bad-request` for files that are no pack
 */
export async function filesOfPack(source: PackSource): Promise<PackFiles> {
  if (source.kind === 'files') return filesOfChosen(source.files);
  const { pathname } = new URL(source.url);
  if (pathname.endsWith('.zip')) return zipFiles(await httpSource(source.url));
  return httpFiles(source.url.replace(/pack\.json$/, ''));
}

async function filesOfChosen(files: readonly PackFile[]): Promise<PackFiles> {
  const zip = files.length === 1 && /\.zip$/i.test(files[0]!.path) ? files[0] : undefined;
  if (zip) return zipFiles(blobSource(zip.file, zip.path));
  const paths = files.map(({ path }) => path);
  const index = paths.filter((path) => path === 'pack.json' || path.endsWith('/pack.json'));
  if (index.length !== 1) {
    throw new LensError(
      'bad-request',
      index.length === 0
        ? 'There is no pack.json among these files: choose a pack’s folder, or its zip.'
        : 'There are several packs in this folder; choose one.',
    );
  }
  const folder = index[0]!.slice(0, -'pack.json'.length);
  const inside = files.flatMap(({ path, file }): [string, Blob][] =>
    path.startsWith(folder) ? [[path.slice(folder.length), file]] : [],
  );
  return blobFiles(new Map(inside));
}

/** A file on a server by ranges; a host that knows none sends it whole, once. */
async function httpSource(url: string): Promise<ByteSource> {
  const head = await fetch(url, { method: 'HEAD' }).catch(() => undefined);
  const size = Number(head?.ok ? head.headers.get('content-length') : Number.NaN);
  const first = Number.isSafeInteger(size) && size > 0 ? await ask(url, [0, Math.min(size, 4)]) : undefined;
  if (first?.status === 206) {
    void first.body?.cancel().catch(() => undefined);
    return {
      size,
      read: async (begin, end) =>
        begin >= end ? new Uint8Array() : readBounded(await ask(url, [begin, end]), url, end - begin),
    };
  }
  const bytes = await readBounded(first ?? (await ask(url)), url, MOST_BYTES);
  return { size: bytes.length, read: async (begin, end) => bytes.subarray(begin, end) };
}
