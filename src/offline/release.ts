/** One build of the page: all that it consists of, file by file. */
export interface Release {
  /** Of all names and contents: two releases of the same version are the same, byte by byte. */
  readonly version: string;
  readonly files: readonly ReleaseFile[];
}

export interface ReleaseFile {
  /** Below the page's folder, without a slash in front: `assets/index-abc.js`. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the content, hex. */
  readonly hash: string;
}

/** The page itself, which every address in its folder without a file's name stands for. */
export const INDEX = 'index.html';

/** What the page needs before it can show anything; models, packs, pictures and the runtime come after. */
export const isShell = ({ path }: Pick<ReleaseFile, 'path'>): boolean =>
  path === INDEX || /\.(js|css|svg|webmanifest)$/.test(path) || /^icons\//.test(path);

/** The runtime lies packed on the host (scripts/vite/runtime.ts); under its second name it is handed out unpacked. */
const PACKED = '.packed';
const UNPACKED = '.wasm';

/** The second name of a packed file. */
export const unpackedName = (path: string): string | undefined =>
  path.endsWith(PACKED) ? `${path.slice(0, -PACKED.length)}${UNPACKED}` : undefined;

/** Which file a second name stands for. */
export const packedName = (path: string): string | undefined =>
  path.endsWith(UNPACKED) ? `${path.slice(0, -UNPACKED.length)}${PACKED}` : undefined;

/** The smallest first: most of what a person can do works soon, and the runtime for computing comes last. */
export const inOrderOfKeeping = (files: readonly ReleaseFile[]): readonly ReleaseFile[] =>
  [...files].sort(
    (a, b) => Number(isShell(b)) - Number(isShell(a)) || a.bytes - b.bytes || (a.path < b.path ? -1 : 1),
  );

/**
 * Which of the page's files an address means.
 * @param scope the page's folder, an absolute URL with a slash at its end
 * @returns undefined for what lies elsewhere, and for an address with a query, which means something else
 */
export function pathIn(scope: string, address: string): string | undefined {
  const url = new URL(address);
  const folder = new URL(scope);
  if (url.origin !== folder.origin || !url.pathname.startsWith(folder.pathname) || url.search)
    return undefined;
  try {
    return decodeURIComponent(url.pathname.slice(folder.pathname.length)) || INDEX;
  } catch {
    return undefined; // no name of a file of ours is written like that
  }
}

/** The address of a file; some hosts send whoever asks for index.html to the folder, so that is asked for. */
export const addressIn = (scope: string, path: string): string =>
  path === INDEX ? scope : new URL(path.split('/').map(encodeURIComponent).join('/'), scope).href;
