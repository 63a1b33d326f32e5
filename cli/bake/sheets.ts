import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { LensError } from '../../src/errors.ts';
import type { Picture } from '../../src/images/picture.ts';
import { indexOfPictures, PICTURES_A_SHEET, SHEET_COLUMNS } from '../../src/images/pictureIndex.ts';
import { sheetName } from '../../src/images/sheets.ts';
import type { JobOptions } from '../../src/progress.ts';
import { inParallel } from './feed.ts';
import { writeWhole } from './files.ts';
import type { PictureRecord } from './records.ts';

/** Pictures of a set as a pack brings them along, small and square, in the format of a shipped set. */
export interface SheetsRequest {
  readonly name: string;
  /** In the words of whoever may say so; "not stated" otherwise. */
  readonly licence: string;
  /** Pixels a side. */
  readonly size: number;
  /** The set's pictures in order. */
  readonly records: readonly PictureRecord[];
  read(picture: number): Promise<Picture>;
}

/** What a set's index may hold. */
const MOST_PICTURES = 1_000_000;
const PARALLEL = 4;

/**
 * Writes `scenes-00.webp`… and `set.json` into a folder. A sheet that is there already is not made again.
 * @throws LensError `bad-request` for more pictures than an index may hold; what `read` throws; `cancelled`
 */
export async function writeSheets(
  folder: string,
  request: SheetsRequest,
  { signal, onProgress }: JobOptions,
): Promise<void> {
  const { records } = request;
  if (records.length > MOST_PICTURES)
    throw new LensError(
      'bad-request',
      `A pack holds at most ${MOST_PICTURES.toLocaleString('en')} pictures, and there are ${records.length.toLocaleString('en')}: add --no-pictures.`,
    );
  await mkdir(folder, { recursive: true });
  for (let from = 0; from < records.length; from += PICTURES_A_SHEET) {
    if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
    const path = join(folder, sheetName(from / PICTURES_A_SHEET));
    const there = await stat(path).catch(() => undefined);
    if (!there) await writeWhole(path, await sheetOf(request, from));
    onProgress?.({
      stage: 'Small pictures',
      done: Math.min(from + PICTURES_A_SHEET, records.length),
      total: records.length,
    });
  }
  await writeWhole(join(folder, 'set.json'), JSON.stringify(indexOfPictures(request)));
}

async function sheetOf({ records, size, read }: SheetsRequest, from: number): Promise<Buffer> {
  const pictures = Array.from(
    { length: Math.min(PICTURES_A_SHEET, records.length - from) },
    (_, i) => from + i,
  );
  const squares = await inParallel(pictures, PARALLEL, async (picture) => square(await read(picture), size));
  const rows = Math.ceil(pictures.length / SHEET_COLUMNS);
  return sharp({
    create: { width: SHEET_COLUMNS * size, height: rows * size, channels: 3, background: '#000' },
  })
    .composite(
      squares.map((input, i) => ({
        input,
        raw: { width: size, height: size, channels: 3 },
        left: (i % SHEET_COLUMNS) * size,
        top: Math.floor(i / SHEET_COLUMNS) * size,
      })),
    )
    .webp({ quality: 85 })
    .toBuffer();
}

/** The middle of a picture as the model sees it: alpha dropped, not composited. */
const square = ({ data, width, height }: Picture, size: number): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize(size, size, { fit: 'cover' })
    .raw()
    .toBuffer();

/** Copies a shipped set's index and sheets as they are. */
export async function copySheets(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (/^(set\.json|scenes-\d+\.webp|masks-\d+\.png)$/.test(name))
      await cp(join(from, name), join(to, name));
  }
}
