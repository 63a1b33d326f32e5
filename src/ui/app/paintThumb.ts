import type { PictureSet, SpriteCell } from '../../state/index.ts';
import { drawNumber } from '../pictures-grid/drawNumber.ts';
import { drawCell, miniSheet } from './miniSheets.ts';

/** A square of a canvas, in its pixels. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** CSS pixels a side up to which the set's small pictures do. */
const SMALL = 64;
/** Radius of a corner, as a share of the side. */
const ROUND = 0.1;

/** What stands for a moment only, as the card under a passing pointer, is not worth a large sheet. */
const REST_MS = 300;

/**
 * Paints a picture of the set into a square, or its number where the set has no pictures. A small picture that is too
 * small for the square stands in until the large one is there.
 *
 * @param size of the square in CSS pixels
 * @param wanted asked when the picture is there: the place may show another by then
 */
export async function paintThumb(
  context: CanvasRenderingContext2D,
  pictures: PictureSet,
  image: number,
  square: Square,
  size: number,
  wanted: () => boolean,
): Promise<void> {
  const small = pictures.thumb?.(image);
  const paint = async (cell: SpriteCell): Promise<void> => {
    const sheet = cell.url === '' ? undefined : await miniSheet(cell);
    if (wanted()) paintCell(context, sheet, cell, image, square);
  };
  if (small && size <= SMALL) return paint(small);
  if (small) {
    await paint(small).catch(() => undefined); // the large one is to come
    await new Promise((rested) => setTimeout(rested, REST_MS));
    if (!wanted()) return;
  }
  await paint(pictures.cell(image));
}

function paintCell(
  context: CanvasRenderingContext2D,
  sheet: ImageBitmap | undefined,
  cell: SpriteCell,
  image: number,
  square: Square,
): void {
  const { x, y, side } = square;
  context.save();
  context.beginPath();
  context.roundRect(x, y, side, side, ROUND * side);
  context.clip();
  if (sheet) drawCell(context, sheet, cell, square);
  else drawNumber(context, image, square);
  context.restore();
}
