import { LensError } from '../errors.ts';

/** A pack's own pictures: the format of public/sets, in a folder beside pack.json. */
export const PICTURES_FOLDER = 'pictures';
export const PICTURES_INDEX = `${PICTURES_FOLDER}/set.json`;

/** @throws LensError `bad-file` */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new LensError('bad-file', 'set.json is not JSON.', { cause });
  }
}
