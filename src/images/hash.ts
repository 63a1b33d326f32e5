import { LensError } from '../errors.ts';

const hex = (digest: ArrayBuffer): string =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * SHA-256 of bytes or a file, in hex.
 * @throws LensError `unavailable` in a page that is neither https nor localhost, where browsers offer no hash
 */
export async function sha256(data: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new LensError('unavailable', 'Hashes need a page served over https or from localhost.');
  }
  return hex(await crypto.subtle.digest('SHA-256', data instanceof Blob ? await data.arrayBuffer() : data));
}

/**
 * One hash for a set of pictures: SHA-256 over the lines "hash of the file", in order. Names do not
 * count, order does, since pictures are known by index.
 */
export const combineHashes = (hashes: readonly string[]): Promise<string> =>
  sha256(new TextEncoder().encode(hashes.map((hash) => `${hash}\n`).join('')));

/** {@link combineHashes} of files, read one at a time. */
export async function hashFiles(files: readonly Blob[]): Promise<string> {
  const hashes: string[] = [];
  for (const file of files) hashes.push(await sha256(file));
  return combineHashes(hashes);
}
