import type { PictureSet } from '../../state/index.ts';
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

/**
 * Paints a picture of the set into a square, or its number where the set has no pictures.
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
  const cell = (size <= SMALL && pictures.thumb?.(image)) || pictures.cell(image);
  const sheet = cell.url === '' ? undefined : await miniSheet(cell);
  if (!wanted()) return;
  const { x, y, side } = square;
  context.save();
  context.beginPath();
  context.roundRect(x, y, side, side, ROUND * side);
  context.clip();
  if (sheet) drawCell(context, sheet, cell, square);
  else drawNumber(context, image, square);
  context.restore();
}
