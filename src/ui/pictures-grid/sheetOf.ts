import type { CellOf } from './cropQueue.ts';

/** The sheet that a cell is cut from. */
export async function sheetOf({ url, sheet }: Pick<CellOf, 'url' | 'sheet'>): Promise<Blob> {
  if (sheet) return sheet();
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.blob();
}
