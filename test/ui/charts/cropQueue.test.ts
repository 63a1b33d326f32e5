import { describe, expect, it } from 'vitest';
import { columnsFor } from '../../../src/ui/pictures-grid/columnsFor.ts';
import { type CellOf, cropQueue } from '../../../src/ui/pictures-grid/cropQueue.ts';

const cell = (url: string, column = 0, row = 0): CellOf => ({ url, column, row, columns: 10 });
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function cutter(fails: (url: string) => boolean = () => false) {
  const log = { decoded: [] as string[], open: 0, mostOpen: 0 };
  return {
    log,
    decode: async ({ url }: CellOf) => {
      log.decoded.push(url);
      log.open++;
      log.mostOpen = Math.max(log.mostOpen, log.open);
      await turn();
      if (fails(url)) {
        log.open--;
        throw new Error(`no ${url}`);
      }
      return url;
    },
    cut: async (sheet: string, { column, row }: CellOf) => `${sheet}:${column},${row}`,
    release: () => {
      log.open--;
    },
  };
}

describe('cropQueue', () => {
  it('decodes a sheet once for all cells that wait for it, and never more than allowed at a time', async () => {
    const work = cutter();
    const crop = cropQueue(work, { decoding: 2, crops: 100 });
    const crops = await Promise.all(['a', 'b', 'c', 'd', 'a', 'b'].map((url, i) => crop(cell(url, i))));
    expect(crops).toEqual(['a:0,0', 'b:1,0', 'c:2,0', 'd:3,0', 'a:4,0', 'b:5,0']);
    expect(work.log.decoded.sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(work.log.mostOpen).toBe(2);
    await turn();
    expect(work.log.open).toBe(0);
  });

  it('remembers crops and forgets the oldest beyond its limit', async () => {
    const work = cutter();
    const crop = cropQueue(work, { decoding: 1, crops: 2 });
    await crop(cell('a'));
    await crop(cell('a'));
    expect(work.log.decoded).toEqual(['a']);
    await crop(cell('b'));
    await crop(cell('c'));
    await crop(cell('a'));
    expect(work.log.decoded).toEqual(['a', 'b', 'c', 'a']);
  });

  it('does not fetch a sheet that nobody wants any more when its turn comes', async () => {
    const work = cutter();
    const crop = cropQueue(work, { decoding: 1, crops: 10 });
    const [leaving, other] = [new AbortController(), new AbortController()];
    const first = crop(cell('a'), leaving.signal);
    const gone = crop(cell('b'), leaving.signal);
    const shared = crop(cell('c'), leaving.signal);
    const sharedToo = crop(cell('c'), other.signal);
    leaving.abort();
    const again = new AbortController();
    const asked = crop(cell('d'), again.signal);
    again.abort();
    const askedAgain = crop(cell('d'));
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(await askedAgain).toBe('d:0,0');
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    expect(await sharedToo).toBe('c:0,0');
    expect(await shared).toBe('c:0,0');
    await expect(first).rejects.toMatchObject({ name: 'AbortError' }); // its sheet was on its way: only the crop is left out
    expect(work.log.decoded).toEqual(['a', 'c', 'd']);
    other.abort(); // of what is cut already nothing is lost
    expect(await crop(cell('c'))).toBe('c:0,0');
    expect(await crop(cell('b'))).toBe('b:0,0');
    expect(work.log.decoded).toEqual(['a', 'c', 'd', 'b']);
    await turn();
    expect(work.log.open).toBe(0);
  });

  it('fails only the cells of a broken sheet, and tries it again when asked again', async () => {
    let broken = true;
    const work = cutter((url) => broken && url === 'a');
    const crop = cropQueue(work, { decoding: 2, crops: 10 });
    const [bad, good] = await Promise.allSettled([crop(cell('a')), crop(cell('b'))]);
    expect(bad?.status).toBe('rejected');
    expect(good?.status).toBe('fulfilled');
    broken = false;
    await turn();
    expect(await crop(cell('a'))).toBe('a:0,0');
  });
});

describe('columnsFor', () => {
  it('fits as many tiles as the width holds, at least one', () => {
    expect(columnsFor(0, 100, 8)).toBe(1);
    expect(columnsFor(100, 100, 8)).toBe(1);
    expect(columnsFor(207, 100, 8)).toBe(1);
    expect(columnsFor(208, 100, 8)).toBe(2);
    expect(columnsFor(1000, 100, 8)).toBe(9);
  });
});
