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
      const width = sheet.width / cell.columns;
      const height = sheet.height / cell.rows;
      return createImageBitmap(sheet, cell.column * width, cell.row * height, width, height);
    },
    release: (sheet) => sheet.close(),
  },
  LIMITS,
);
