import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, number, percent, signed } from '../../../src/ui/charts/format.ts';
import { beyond, histogramLayout } from '../../../src/ui/charts/histogramLayout.ts';
import { barLayout } from '../../../src/ui/charts/signedBarLayout.ts';
import { nextIndex } from '../../../src/ui/charts/useRoving.ts';

describe('barLayout', () => {
  it('puts zero at the left edge when all values are positive, at the right when all are negative', () => {
    expect(barLayout([2, 1])).toEqual({
      zero: 0,
      bars: [
        { start: 0, length: 1 },
        { start: 0, length: 0.5 },
      ],
    });
    expect(barLayout([-2]).zero).toBe(1);
    expect(barLayout([]).bars).toEqual([]);
    expect(barLayout([0]).bars).toEqual([{ start: 0, length: 0 }]);
  });

  it('keeps every bar on the track, ending at zero, and lengths proportional', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1 }), (values) => {
        const { zero, bars } = barLayout(values);
        bars.forEach((bar, i) => {
          expect(bar.start).toBeGreaterThanOrEqual(-1e-9);
          expect(bar.start + bar.length).toBeLessThanOrEqual(1 + 1e-9);
          expect(values[i]! < 0 ? bar.start + bar.length : bar.start).toBeCloseTo(zero, 9);
        });
      }),
    );
  });
});

describe('histogramLayout', () => {
  const bins = { edges: [-2, -1, 0, 1, 2], counts: [1, 0, 100, 10] };
  const box = { width: 400, height: 200, left: 40, right: 10, top: 10, bottom: 30 };

  it('draws heights in proportion on a linear axis and nothing for empty bins', () => {
    const { bars } = histogramLayout(bins, 'linear', box);
    expect(bars[1]!.height).toBe(0);
    expect(bars[2]!.height / bars[3]!.height).toBeCloseTo(10, 6);
  });

  it('keeps a single image visible on a log axis, and equal ratios equal steps', () => {
    const { bars } = histogramLayout(bins, 'log', box);
    expect(bars[0]!.height).toBeGreaterThan(10);
    expect(bars[1]!.height).toBe(0);
    expect(bars[2]!.height - bars[3]!.height).toBeCloseTo(bars[3]!.height - bars[0]!.height, 6);
  });

  it('stays in its box', () => {
    for (const axis of ['linear', 'log'] as const)
      for (const bar of histogramLayout(bins, axis, box).bars) {
        expect(bar.y).toBeGreaterThanOrEqual(box.top - 1e-9);
        expect(bar.x).toBeGreaterThanOrEqual(box.left);
        expect(bar.x + bar.width).toBeLessThanOrEqual(box.width - box.right + 1e-9);
      }
  });

  it('tells bins beyond the threshold from those within', () => {
    expect(beyond(1, 2, 1)).toBe('outside');
    expect(beyond(-2, -1, 1)).toBe('outside');
    expect(beyond(-1, 1, 1)).toBe('inside');
    expect(beyond(0.5, 1.5, 1)).toBe('across');
  });
});

describe('arrow keys in a grid', () => {
  it('move by one and by a row, and stop at the edges', () => {
    expect(nextIndex('ArrowRight', 0, 12, 4)).toBe(1);
    expect(nextIndex('ArrowDown', 1, 12, 4)).toBe(5);
    expect(nextIndex('ArrowUp', 1, 12, 4)).toBeUndefined();
    expect(nextIndex('ArrowDown', 9, 12, 4)).toBeUndefined();
    expect(nextIndex('Home', 6, 12, 4)).toBe(4);
    expect(nextIndex('End', 6, 12, 4)).toBe(7);
    expect(nextIndex('Tab', 6, 12, 4)).toBeUndefined();
  });

  it('treat a single row as a line', () => {
    expect(nextIndex('End', 0, 30, 30)).toBe(29);
    expect(nextIndex('Home', 12, 30, 30)).toBe(0);
    expect(nextIndex('ArrowDown', 12, 30, 30)).toBe(13);
  });
});

describe('numbers as printed', () => {
  it('have three digits, a true minus, and a word for what is not a number', () => {
    expect(number(0.012345)).toBe('0.0123');
    expect(number(-2.56789)).toBe('−2.57');
    expect(number(12345)).toBe('12,345');
    expect(number(123.4)).toBe('123');
    expect(signed(0.5)).toBe('+0.500');
    expect(signed(0)).toBe('0');
    expect(percent(0.0234)).toBe('2.3%');
    expect(number(Number.NaN)).toBe('–');
    expect(duration(42)).toBe('about 42 s');
    expect(duration(600)).toBe('about 10 min');
  });
});
