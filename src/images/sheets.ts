import { LensError } from '../errors.ts';
import { throwIfCancelled } from './decode.ts';
import type { Picture, PictureSource } from './picture.ts';
import type { SetIndex } from './setIndex.ts';

export { parseSetIndex, type SetIndex } from './setIndex.ts';

/** Scenes are pictures; masks say, at a lower resolution, what is where. */
export type SheetKind = 'scenes' | 'masks';

type SheetGeometry = Pick<SetIndex, 'columns' | 'perSheet' | 'sceneSize' | 'maskSize' | 'count'>;

/** Where one scene or mask lies: sheet number, and its square in that sheet in pixels. */
export interface SheetPosition {
  readonly sheet: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Where scene or mask `index` lies. Throws RangeError for an index the set has not. */
export function sheetPosition(set: SheetGeometry, index: number, kind: SheetKind = 'scenes'): SheetPosition {
  if (!Number.isInteger(index) || index < 0 || index >= set.count) {
    throw new RangeError(`picture ${index} of ${set.count}`);
  }
  const size = kind === 'scenes' ? set.sceneSize : set.maskSize;
  const cell = index % set.perSheet;
  return {
    sheet: Math.floor(index / set.perSheet),
    x: (cell % set.columns) * size,
    y: Math.floor(cell / set.columns) * size,
    size,
  };
}

/** File name of a sheet, `scenes-00.webp` or `masks-00.png`. */
export const sheetName = (sheet: number, kind: SheetKind = 'scenes'): string =>
  `${kind}-${String(sheet).padStart(2, '0')}.${kind === 'scenes' ? 'webp' : 'png'}`;

/** URL (or path) of a sheet under the set's folder, with or without a slash at its end. */
export const sheetUrl = (baseUrl: string, sheet: number, kind: SheetKind = 'scenes'): string =>
  `${baseUrl.replace(/\/$/, '')}/${sheetName(sheet, kind)}`;

/**
 * Copies a square out of a picture.
 * @throws LensError `bad-file` when the picture ends before the square does
 */
export function cutSquare(picture: Picture, x: number, y: number, size: number): Picture {
  if (x + size > picture.width || y + size > picture.height) {
    throw new LensError(
      'bad-file',
      `A sheet of ${picture.width} × ${picture.height} pixels has no square of ${size} at ${x}, ${y}.`,
    );
  }
  const data = new Uint8ClampedArray(4 * size * size);
  for (let row = 0; row < size; row++) {
    const from = 4 * ((y + row) * picture.width + x);
    data.set(picture.data.subarray(from, from + 4 * size), 4 * size * row);
  }
  return { width: size, height: size, data };
}

/** Decodes a sheet given its URL: `fetchPicture` in a browser, a file reader in Node. */
export type DecodeSheet = (url: string) => Promise<Picture>;

/** A decoded sheet is 14.7 MB; three let neighbouring reads of two orders share without hoarding. */
const KEPT_SHEETS = 3;

/**
 * The scenes (or masks) of a shipped set, read from its sheets. The last three sheets stay decoded;
 * reads that overlap share one decode, and cancelling one of them does not fail the others.
 */
export function sheetSource(
  baseUrl: string,
  set: SetIndex,
  decodeSheet: DecodeSheet,
  kind: SheetKind = 'scenes',
): PictureSource {
  const sheets = new Map<number, Promise<Picture>>();

  const sheetOf = (sheet: number): Promise<Picture> => {
    const decoded = sheets.get(sheet) ?? decodeSheet(sheetUrl(baseUrl, sheet, kind));
    sheets.delete(sheet);
    sheets.set(sheet, decoded); // newest last: a Map keeps insertion order
    for (const oldest of sheets.keys()) {
      if (sheets.size <= KEPT_SHEETS) break;
      sheets.delete(oldest);
    }
    decoded.catch(() => {
      if (sheets.get(sheet) === decoded) sheets.delete(sheet);
    });
    return decoded;
  };

  return {
    count: set.count,
    name: (index) => `${kind === 'scenes' ? 'scene' : 'mask'} ${index}`,
    async read(index, signal) {
      throwIfCancelled(signal);
      const { sheet, x, y, size } = sheetPosition(set, index, kind);
      const picture = await sheetOf(sheet);
      throwIfCancelled(signal);
      return cutSquare(picture, x, y, size);
    },
  };
}
