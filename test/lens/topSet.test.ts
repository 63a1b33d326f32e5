import fc from 'fast-check';
import { expect, it } from 'vitest';
import { extremes, isSignificant, largest, topSet } from '../../src/lens/topSet.ts';

const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), {
  minLength: 1,
  maxLength: 60,
});

it('is the head of a stable descending sort', () => {
  fc.assert(
    fc.property(values, fc.nat(), (list, seed) => {
      const count = 1 + (seed % list.length);
      const sorted = list.map((_, i) => i).sort((i, j) => list[j]! - list[i]! || i - j);
      expect(Array.from(largest(list, count))).toEqual(sorted.slice(0, count));
    }),
  );
});

it('leaves fewer than k images significant, and all of those in the set', () => {
  fc.assert(
    fc.property(values, fc.nat(), (list, seed) => {
      const k = 1 + (seed % list.length);
      const { images, threshold } = topSet(list, k);
      const significant = list.map((_, i) => i).filter((i) => isSignificant(list[i]!, threshold));
      expect(significant.length).toBeLessThan(k);
      expect(significant.every((i) => images.includes(i))).toBe(true);
    }),
  );
});

it('ranks NaN last', () => {
  expect(Array.from(largest([Number.NaN, -1, 2], 3))).toEqual([2, 1, 0]);
});

it('lists both ends, and no more than there are', () => {
  expect(extremes([3, -2, 0, 5], 2)).toEqual({
    highest: new Int32Array([3, 0]),
    lowest: new Int32Array([1, 2]),
  });
  expect(extremes([3, -2], 9).lowest).toEqual(new Int32Array([1, 0]));
});

it.each([0, -1, 1.5, 4])('refuses a top set of %d out of 3 images', (k) => {
  expect(() => topSet([1, 2, 3], k)).toThrow(/between 1 and 3/);
});
