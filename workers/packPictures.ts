import { LensError } from '../src/errors.ts';
import { checkBlobBounds } from '../src/images/bounds.ts';
import { COPY_SIDE, indexOfPictures, PICTURES_A_SHEET, SHEET_COLUMNS } from '../src/images/pictureIndex.ts';
import { sheetName } from '../src/images/sheets.ts';
import { centreSquare } from '../src/images/thumbnail.ts';
import { PICTURES_FOLDER, PICTURES_INDEX } from '../src/pack/index.ts';
import type { PicturesToPack } from './packProtocol.ts';

type WrittenFile = readonly [name: string, bytes: Uint8Array];

/** Draws pictures side by side, row after row: one sheet as WebP. */
export type DrawSheet = (files: readonly File[], side: number) => Promise<Uint8Array>;

/**
 * Small copies of a person's own pictures as a pack brings them along.
 * @throws LensError `bad-file` or `unsupported` naming a picture that cannot be read any more; `out-of-memory`
 */
export async function packPictures(
  { name, files }: PicturesToPack,
  draw: DrawSheet = drawSheet,
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (let from = 0; from < files.length; from += PICTURES_A_SHEET) {
    const sheet = await draw(files.slice(from, from + PICTURES_A_SHEET), COPY_SIDE);
    written.push([`${PICTURES_FOLDER}/${sheetName(from / PICTURES_A_SHEET)}`, sheet]);
  }
  const records = files.map((file) => ({ name: file.name }));
  const index = indexOfPictures({ name, licence: 'not stated', size: COPY_SIDE, records });
  return [...written, [PICTURES_INDEX, new TextEncoder().encode(JSON.stringify(index))]];
}

async function drawSheet(files: readonly File[], side: number): Promise<Uint8Array> {
  const rows = Math.ceil(files.length / SHEET_COLUMNS);
  const canvas = new OffscreenCanvas(SHEET_COLUMNS * side, rows * side);
  const context = canvas.getContext('2d');
  if (!context) throw new LensError('out-of-memory', 'The browser gave no canvas for the small pictures.');
  context.imageSmoothingQuality = 'high';
  for (const [i, file] of files.entries()) {
    await checkBlobBounds(file, file.name);
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(
      (cause: unknown) => {
        throw new LensError('bad-file', `${file.name} could not be decoded any more.`, { cause });
      },
    );
    const { x, y, side: own } = centreSquare(bitmap.width, bitmap.height);
    const [column, row] = [i % SHEET_COLUMNS, Math.floor(i / SHEET_COLUMNS)];
    context.drawImage(bitmap, x, y, own, own, column * side, row * side, side, side);
    bitmap.close();
  }
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
  return new Uint8Array(await blob.arrayBuffer());
}
