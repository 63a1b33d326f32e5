import { cropQueue } from './cropQueue.ts';

/** A crop of 192 pixels is 147 kB: 600 of them are 88 MB, six decoded sheets' worth. */
const LIMITS = { decoding: 2, crops: 600 };

async function decode(url: string): Promise<ImageBitmap> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return createImageBitmap(await response.blob());
}

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
