import type { SpriteCell } from '../../state/index.ts';
import { sheetOf } from '../pictures-grid/sheetOf.ts';
import type { Square } from './paintThumb.ts';

/** Pixels a side of one picture in a reduced sheet: enough for 48 CSS pixels on a fine screen. */
const SIDE = 96;
/** Reduced sheets stay decoded, 3.7 MB each: a list of small pictures draws from many of them at once. */
const sheets = new Map<string, Promise<ImageBitmap>>();

async function reduce(cell: SpriteCell): Promise<ImageBitmap> {
  const { columns, rows, side } = cell;
  if (side !== undefined && side <= SIDE) return createImageBitmap(await sheetOf(cell));
  return createImageBitmap(await sheetOf(cell), {
    resizeWidth: columns * SIDE,
    resizeHeight: rows * SIDE,
    resizeQuality: 'medium',
  });
}

/** A reduced sheet; a failed one is tried again when it is next asked for. */
export function miniSheet(cell: SpriteCell): Promise<ImageBitmap> {
  const { url } = cell;
  const known = sheets.get(url);
  if (known) return known;
  const loading = reduce(cell);
  sheets.set(url, loading);
  loading.catch(() => sheets.delete(url));
  return loading;
}

/** Paints a cell over a square. A browser that does not reduce gives the sheet as it is: sizes come from it. */
export function drawCell(
  context: CanvasRenderingContext2D,
  sheet: ImageBitmap,
  cell: SpriteCell,
  { x, y, side }: Square,
): void {
  const width = sheet.width / cell.columns;
  const height = sheet.height / cell.rows;
  context.imageSmoothingQuality = 'high';
  context.drawImage(sheet, cell.column * width, cell.row * height, width, height, x, y, side, side);
}
