import { describe, expect, it } from 'vitest';
import { LensError } from '../../src/errors.ts';
import type { Picture } from '../../src/images/picture.ts';
import { parseSetIndex } from '../../src/images/setIndex.ts';
import { sheetPosition, sheetSource, sheetUrl } from '../../src/images/sheets.ts';

const setJson = (count: number) => ({
  name: 'pictograms',
  version: '1',
  licence: 'CC BY-SA 4.0',
  sceneSize: 2,
  maskSize: 1,
  columns: 2,
  perSheet: 4,
  count,
  groups: ['animals'],
  templates: ['a picture of {}'],
  concepts: [{ label: 'cat', group: 'animals', subgroup: 'mammals' }],
  scenes: Array.from({ length: count }, (_, i) => ({
    caption: `scene ${i}`,
    background: 'sky',
    style: 'flat',
    objects: [{ concept: 0, box: [0, 0, 1, 1], visible: 1 }],
  })),
});

/** A 4×4 sheet whose red channel says which sheet, green the column and blue the row of a pixel. */
function sheet(number: number): Picture {
  const data = new Uint8ClampedArray(4 * 16);
  for (let i = 0; i < 16; i++) data.set([number, i % 4, Math.floor(i / 4), 255], 4 * i);
  return { width: 4, height: 4, data };
}

describe('parseSetIndex', () => {
  it('reads a set', () => {
    expect(parseSetIndex(setJson(3)).scenes[2]?.caption).toBe('scene 2');
  });

  const hostile: [string, unknown][] = [
    ['nothing', undefined],
    ['a list', []],
    ['a count that lies', { ...setJson(3), count: 4 }],
    ['a size of zero', { ...setJson(3), sceneSize: 0 }],
    ['a ragged sheet', { ...setJson(3), perSheet: 5 }],
    ['a concept out of range', { ...setJson(3), concepts: [] }],
    ['a huge count', { ...setJson(1), count: 1e12 }],
  ];
  it.each(hostile)('refuses %s', (_, json) => {
    expect(() => parseSetIndex(json)).toThrow(LensError);
    expect(() => parseSetIndex(json)).toThrow(/^set\.json is not a picture set \(.+\)\.$/);
  });
});

describe('sheetPosition', () => {
  const set = parseSetIndex(setJson(9));
  it('goes along rows, then down, then to the next sheet', () => {
    expect(sheetPosition(set, 1)).toEqual({ sheet: 0, x: 2, y: 0, size: 2 });
    expect(sheetPosition(set, 7)).toEqual({ sheet: 1, x: 2, y: 2, size: 2 });
    expect(sheetPosition(set, 7, 'masks')).toEqual({ sheet: 1, x: 1, y: 1, size: 1 });
    expect(() => sheetPosition(set, 9)).toThrow(RangeError);
  });
  it('names sheets', () => {
    expect(sheetUrl('/sets/p/', 3)).toBe('/sets/p/scenes-03.webp');
    expect(sheetUrl('/sets/p', 12, 'masks')).toBe('/sets/p/masks-12.png');
  });
});

describe('sheetSource', () => {
  const set = parseSetIndex(setJson(20));
  const counting = () => {
    const decoded: string[] = [];
    const decode = async (url: string) => {
      decoded.push(url);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return sheet(Number(/-(\d\d)/.exec(url)?.[1]));
    };
    return { decoded, source: sheetSource('/set', set, decode) };
  };

  it('cuts the right square', async () => {
    const picture = await counting().source.read(7);
    expect([...picture.data]).toEqual([1, 2, 2, 255, 1, 3, 2, 255, 1, 2, 3, 255, 1, 3, 3, 255]);
  });

  it('shares one decode between reads that overlap', async () => {
    const { decoded, source } = counting();
    await Promise.all([source.read(0), source.read(1), source.read(2)]);
    await source.read(3);
    expect(decoded).toEqual(['/set/scenes-00.webp']);
  });

  it('keeps the three sheets used last', async () => {
    const { decoded, source } = counting();
    for (const index of [0, 4, 8, 0, 12, 0, 4]) await source.read(index);
    expect(decoded.map((url) => url.slice(-7, -5))).toEqual(['00', '01', '02', '03', '01']);
  });

  it('cancels one read and not its neighbours', async () => {
    const { source } = counting();
    const abort = new AbortController();
    const one = source.read(0, abort.signal);
    const other = source.read(1);
    abort.abort();
    await expect(one).rejects.toMatchObject({ tag: 'cancelled' });
    await expect(other).resolves.toMatchObject({ width: 2 });
  });

  it('tries a sheet again after a failure, and refuses one that is too small', async () => {
    let calls = 0;
    const source = sheetSource('/set', set, async () => {
      calls++;
      if (calls === 1) throw new LensError('unavailable', 'gone');
      return { width: 2, height: 2, data: new Uint8ClampedArray(16) };
    });
    await expect(source.read(0)).rejects.toMatchObject({ tag: 'unavailable' });
    await expect(source.read(0)).resolves.toMatchObject({ width: 2 });
    await expect(source.read(3)).rejects.toMatchObject({ tag: 'bad-file' });
  });
});
