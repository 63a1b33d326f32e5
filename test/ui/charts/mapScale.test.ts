import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extent, overlay, position, sharedScale } from '../../../src/ui/charts/mapScale.ts';

const maps = (...lists: number[][]): Float32Array[] => lists.map((list) => Float32Array.from(list));

describe('the shared scale', () => {
  it('spans all maps together', () => {
    expect(sharedScale('sequential', maps([1, 4], [-2, 3]))).toEqual({ kind: 'sequential', min: -2, max: 4 });
  });

  it('begins at zero where nothing is below it', () => {
    expect(sharedScale('sequential', maps([1, 4]))).toMatchObject({ min: 0, max: 4 });
  });

  it('is symmetric about zero when diverging', () => {
    expect(sharedScale('diverging', maps([1, 4], [-6, 3]))).toEqual({ kind: 'diverging', min: -6, max: 6 });
  });

  it('ends before a few values that outshine all others, and tells how far they go', () => {
    const plain = Array.from({ length: 999 }, (_, i) => i / 999);
    expect(sharedScale('sequential', maps([...plain, 50]))).toMatchObject({ min: 0, beyond: 50 });
    const scale = sharedScale('diverging', maps([...plain, -50]))!;
    expect(scale.max).toBeGreaterThan(0.98);
    expect(scale.max).toBeLessThanOrEqual(1);
    expect(scale.min).toBe(-scale.max);
    expect(scale.beyond).toBe(50);
    expect(position(-50, scale)).toBe(-1);
  });

  it('does not lose the only values there are', () => {
    const sparse = Array.from({ length: 1000 }, (_, i) => (i === 0 ? 3 : 0));
    expect(sharedScale('diverging', maps(sparse))).toEqual({ kind: 'diverging', min: -3, max: 3 });
  });

  it('is missing when there is nothing to show, and never empty when all is zero', () => {
    expect(sharedScale('diverging', [])).toBeUndefined();
    expect(extent(maps([Number.NaN]))).toBeUndefined();
    expect(position(0, sharedScale('diverging', maps([0, 0]))!)).toBe(0);
    expect(position(0, sharedScale('sequential', maps([0, 0]))!)).toBe(0);
  });

  it('gives equal values equal colours and order to the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, min: -50, max: 50 }), { minLength: 2 }), (values) => {
        const list = Float32Array.from(values);
        for (const kind of ['sequential', 'diverging'] as const) {
          const scale = sharedScale(kind, [list])!;
          expect(scale.max).toBeGreaterThan(scale.min);
          const sorted = [...list].sort((a, b) => a - b).map((value) => position(value, scale));
          sorted.forEach((at, i) => {
            if (i > 0) expect(at).toBeGreaterThanOrEqual(sorted[i - 1]!);
          });
        }
      }),
    );
  });

  it('lets the picture through where the map is zero', () => {
    const scale = sharedScale('diverging', maps([-1, 1]))!;
    expect(overlay(0, scale).alpha).toBe(0);
    expect(overlay(1, scale).alpha).toBeCloseTo(overlay(-1, scale).alpha);
    expect(overlay(1, scale).alpha).toBeGreaterThan(overlay(0.5, scale).alpha);
  });
});
