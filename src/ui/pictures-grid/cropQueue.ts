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

/** A cell that somebody wants, or wanted. */
interface Wanted<Crop> {
  readonly cell: CellOf;
  readonly crop: Promise<Crop>;
  readonly resolve: (crop: Crop) => void;
  readonly reject: (error: unknown) => void;
  askers: number;
}

function wanted<Crop>(cell: CellOf): Wanted<Crop> {
  let [resolve, reject]: [(crop: Crop) => void, (error: unknown) => void] = [() => {}, () => {}];
  const crop = new Promise<Crop>((...ends) => {
    [resolve, reject] = ends;
  });
  return { cell, crop, resolve, reject, askers: 0 };
}

/**
 * Cuts cells out of sheets. A decoded sheet is many times larger than the few cells a page shows of
 * it, so only a few are decoded at a time, every waiting cell of a sheet is cut at once, and the sheet
 * is dropped; what stays are the crops, newest last. A failed sheet is tried again when asked again, and a
 * sheet whose cells nobody wants any more when its turn comes is not fetched: another page waits behind it.
 */
export function cropQueue<Sheet, Crop>(cutter: Cutter<Sheet, Crop>, limits: Limits) {
  const waiting = new Map<string, Set<Wanted<Crop>>>();
  const kept = new Map<string, Wanted<Crop>>();
  const started = new Set<string>();

  function take(url: string): Wanted<Crop>[] {
    const cells = [...(waiting.get(url) ?? [])];
    waiting.delete(url);
    return cells;
  }

  async function work(url: string, first: CellOf): Promise<void> {
    try {
      const sheet = await cutter.decode(first);
      // Taken only now: cells that were asked for while the sheet was decoded are served too.
      await Promise.all(
        take(url).map(({ cell, resolve, reject }) => cutter.cut(sheet, cell).then(resolve, reject)),
      );
      cutter.release(sheet);
    } catch (error) {
      for (const { reject } of take(url)) reject(error);
    }
  }

  function next(): void {
    for (const [url, [first]] of waiting) {
      if (started.size >= limits.decoding) return;
      if (started.has(url) || !first) continue;
      started.add(url);
      work(url, first.cell).finally(() => {
        started.delete(url);
        next();
      });
    }
  }

  function entryOf(key: string, cell: CellOf): Wanted<Crop> {
    const known = kept.get(key);
    if (known) return known;
    const one = wanted<Crop>(cell);
    waiting.set(cell.url, (waiting.get(cell.url) ?? new Set()).add(one));
    one.crop.catch(() => {
      if (kept.get(key) === one) kept.delete(key);
    });
    return one;
  }

  function letGo(key: string, one: Wanted<Crop>): void {
    const { url } = one.cell;
    const cells = waiting.get(url);
    if (--one.askers > 0 || !cells?.delete(one)) return;
    if (cells.size === 0) waiting.delete(url);
    if (kept.get(key) === one) kept.delete(key); // at once: who asks next is to have it anew
    one.reject(new DOMException('Nobody waits for this picture.', 'AbortError'));
  }

  function remember(key: string, one: Wanted<Crop>): void {
    kept.delete(key);
    kept.set(key, one);
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.crops) break;
      kept.delete(oldest);
    }
  }

  /** The crop of a cell; rejected with an AbortError if all who asked let go by their signals before its sheet came. */
  return (cell: CellOf, signal?: AbortSignal): Promise<Crop> => {
    const key = `${cell.url} ${cell.column} ${cell.row}`;
    const one = entryOf(key, cell);
    one.askers++;
    signal?.addEventListener('abort', () => letGo(key, one), { once: true });
    remember(key, one);
    next();
    return one.crop;
  };
}
