import type { SpriteCell } from '../../state/index.ts';

/** Pixels a side of one picture in a reduced sheet: enough for 48 CSS pixels on a fine screen. */
const SIDE = 96;
/** Reduced sheets stay decoded, 3.7 MB each: a list of small pictures draws from many of them at once. */
const sheets = new Map<string, Promise<ImageBitmap>>();

async function reduce(url: string, columns: number, rows: number): Promise<ImageBitmap> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return createImageBitmap(await response.blob(), {
    resizeWidth: columns * SIDE,
    resizeHeight: rows * SIDE,
    resizeQuality: 'medium',
  });
}

/** A reduced sheet; a failed one is tried again when it is next asked for. */
export function miniSheet({ url, columns, rows }: SpriteCell): Promise<ImageBitmap> {
  const known = sheets.get(url);
  if (known) return known;
  const loading = reduce(url, columns, rows);
  sheets.set(url, loading);
  loading.catch(() => sheets.delete(url));
  return loading;
}

/** Paints a cell over the whole canvas. A browser that does not reduce gives the sheet as it is: sizes come from it. */
export function drawCell(context: CanvasRenderingContext2D, sheet: ImageBitmap, cell: SpriteCell): void {
  const width = sheet.width / cell.columns;
  const height = sheet.height / cell.rows;
  const { canvas } = context;
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    sheet,
    cell.column * width,
    cell.row * height,
    width,
    height,
    0,
    0,
    canvas.width,
    canvas.height,
  );
}
