import { LensError } from '../src/errors.ts';
import { decodePicture, fetchPicture } from '../src/images/decode.ts';
import { fileSource } from '../src/images/files.ts';
import type { PictureSource } from '../src/images/picture.ts';
import { parseSetIndex, sheetSource } from '../src/images/sheets.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import { PICTURES_FOLDER, PICTURES_INDEX, readJson } from '../src/pack/index.ts';
import { downloadJson } from './download.ts';
import type { PackSource } from './packProtocol.ts';
import type { Packs } from './packs.ts';
import type { SetSource } from './protocol.ts';

const INDEX_LIMIT = 64 * 2 ** 20;
const SHEET_LIMIT = 64 * 2 ** 20;

/** Sets the page speaks of, opened when first asked for. Shipped ones are kept with their decoded sheets. */
export class PictureSets {
  readonly #packs: Packs;
  readonly #shipped = new Map<string, Promise<PictureSource>>();

  constructor(packs: Packs) {
    this.#packs = packs;
  }

  /** @throws LensError `unavailable`, `bad-file` for the set's index; `bad-request` for an empty set */
  async open(set: SetSource): Promise<PictureSource> {
    const source = await this.#source(set);
    const count = set.kind === 'sheets' ? Math.min(set.count, source.count) : source.count;
    if (count < 1) throw new LensError('bad-request', 'There are no pictures in this set.');
    return count === source.count ? source : selectPictures(source, [...Array(count).keys()]);
  }

  #source(set: SetSource): Promise<PictureSource> | PictureSource {
    if (set.kind === 'files') return fileSource(set.files);
    return set.kind === 'sheets' ? this.#sheets(set.url) : this.#packed(set.source);
  }

  async #packed(source: PackSource): Promise<PictureSource> {
    const files = await this.#packs.files(source);
    const index = parseSetIndex(readJson(await files.read(PICTURES_INDEX, INDEX_LIMIT)));
    return sheetSource(PICTURES_FOLDER, index, async (sheet) => {
      const bytes = await files.read(sheet, SHEET_LIMIT);
      return decodePicture(new Blob([bytes as Uint8Array<ArrayBuffer>]), sheet);
    });
  }

  #sheets(url: string): Promise<PictureSource> {
    const kept = this.#shipped.get(url);
    if (kept) return kept;
    const opened = openSheets(url); // for all who ask: no one's cancel ends it
    this.#shipped.set(url, opened);
    opened.catch(() => this.#shipped.delete(url)); // a failure is not remembered
    return opened;
  }
}

async function openSheets(url: string): Promise<PictureSource> {
  const address = `${url.replace(/\/$/, '')}/set.json`;
  const index = parseSetIndex(await downloadJson(address, { limit: INDEX_LIMIT }));
  return sheetSource(url, index, (sheet) => fetchPicture(sheet));
}
