import { type CellOf, cropQueue } from './cropQueue.ts';
import { sheetOf } from './sheetOf.ts';

/** A crop of 192 pixels is 147 kB: 600 of them are 88 MB, six decoded sheets' worth. */
const LIMITS = { decoding: 2, crops: 600 };

const decode = async (cell: CellOf): Promise<ImageBitmap> => createImageBitmap(await sheetOf(cell));

/** One cell of a sprite sheet as a bitmap; shared by all who ask, never closed by them. */
export const sheetCrop = cropQueue<ImageBitmap, ImageBitmap>(
  {
    decode,
    cut: (sheet, cell) => {
      // Cells are square; the last sheet may have fewer rows than the others.
      const size = sheet.width / cell.columns;
      return createImageBitmap(sheet, cell.column * size, cell.row * size, size, size);
    },
    release: (sheet) => sheet.close(),
  },
  LIMITS,
);
