/** A square to be cut out of a sheet, counted in cells. */
export interface CellOf {
  readonly url: string;
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  /** Gives the sheet where no address leads to it. */
  readonly sheet?: () => Promise<Blob>;
}

/** How sheets are decoded and cut; a browser's way is in sheetCrops.ts. */
export interface Cutter<Sheet, Crop> {
  readonly decode: (cell: CellOf) => Promise<Sheet>;
  readonly cut: (sheet: Sheet, cell: CellOf) => Promise<Crop>;
  readonly release: (sheet: Sheet) => void;
}

interface Limits {
  /** Sheets decoded at the same time. */
  readonly decoding: number;
  /** Crops kept for coming back. */
  readonly crops: number;
}

interface Waiting<Crop> {
  readonly cell: CellOf;
  readonly resolve: (crop: Crop) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Cuts cells out of sheets. A decoded sheet is many times larger than the few cells a page shows of
 * it, so only a few are decoded at a time, every waiting cell of a sheet is cut at once, and the sheet
 * is dropped; what stays are the crops, newest last. A failed sheet is tried again when asked again.
 */
export function cropQueue<Sheet, Crop>(cutter: Cutter<Sheet, Crop>, limits: Limits) {
  const waiting = new Map<string, Waiting<Crop>[]>();
  const kept = new Map<string, Promise<Crop>>();
  let decoding = 0;

  async function work(url: string): Promise<void> {
    try {
      const sheet = await cutter.decode(waiting.get(url)![0]!.cell);
      // Taken only now: cells that were asked for while the sheet was decoding are served too.
      const cells = waiting.get(url) ?? [];
      waiting.delete(url);
      await Promise.all(
        cells.map(({ cell, resolve, reject }) => cutter.cut(sheet, cell).then(resolve, reject)),
      );
      cutter.release(sheet);
    } catch (error) {
      for (const { reject } of waiting.get(url) ?? []) reject(error);
      waiting.delete(url);
    }
  }

  const started = new Set<string>();
  function next(): void {
    for (const url of waiting.keys()) {
      if (decoding >= limits.decoding) return;
      if (started.has(url)) continue;
      decoding++;
      started.add(url);
      work(url).finally(() => {
        decoding--;
        started.delete(url);
        next();
      });
    }
  }

  return (cell: CellOf): Promise<Crop> => {
    const key = `${cell.url} ${cell.column} ${cell.row}`;
    const crop =
      kept.get(key) ??
      new Promise<Crop>((resolve, reject) => {
        waiting.set(cell.url, [...(waiting.get(cell.url) ?? []), { cell, resolve, reject }]);
      });
    kept.delete(key);
    kept.set(key, crop);
    crop.catch(() => {
      if (kept.get(key) === crop) kept.delete(key);
    });
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.crops) break;
      kept.delete(oldest);
    }
    next();
    return crop;
  };
}
