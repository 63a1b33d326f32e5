import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapSentence, maskSentence, regionOf } from '../../../src/ui/charts/mapSentence.ts';

describe('a map in a sentence', () => {
  it('says where it is most and where it is least, counted from the top left', () => {
    const map = new Float32Array(49);
    map[1 * 7 + 6] = 0.5;
    map[5 * 7 + 0] = -0.25;
    expect(mapSentence(map, 7)).toBe(
      'Most in row 2, column 7 of 7 × 7, top right: +0.500. Least in row 6, column 1 of 7 × 7, bottom left: −0.250.',
    );
  });

  it('leaves out the other end where nothing is below zero', () => {
    expect(mapSentence([0, 1, 0, 0], 2, String)).toBe('Most in row 1, column 2 of 2 × 2, top right: 1.');
  });

  it('says so when it is the same everywhere, or holds nothing', () => {
    expect(mapSentence([2, 2, 2, 2], 2, String)).toBe('The map is 2 everywhere.');
    expect(mapSentence([Number.NaN], 1)).toBe('The map holds no numbers.');
  });

  it('names nine regions', () => {
    const names = Array.from({ length: 9 }, (_, i) => regionOf(Math.floor(i / 3), i % 3, 3));
    expect(names).toEqual([
      'top left',
      'top',
      'top right',
      'left',
      'middle',
      'right',
      'bottom left',
      'bottom',
      'bottom right',
    ]);
  });

  it('tells how much a mask holds, and where', () => {
    expect(maskSentence([0, 0, 1, 0, 0, 1, 0, 0, 1], 3)).toBe(
      'The outline holds 33% of the picture, around the right.',
    );
    expect(maskSentence([0, 0, 0, 0], 2)).toBe('The outline holds nothing.');
  });

  it('always names the largest value of the map', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((side) =>
          fc.tuple(
            fc.constant(side),
            fc.array(fc.float({ min: -9, max: 9, noNaN: true }), {
              minLength: side * side,
              maxLength: side * side,
            }),
          ),
        ),
        ([side, map]) => {
          const most = Math.max(...map);
          const place = /Most in row (\d+), column (\d+)/.exec(mapSentence(map, side, String));
          if (!place) expect(Math.min(...map)).toBe(most);
          else expect(map[(Number(place[1]) - 1) * side + Number(place[2]) - 1]).toBe(most);
        },
      ),
    );
  });
});
