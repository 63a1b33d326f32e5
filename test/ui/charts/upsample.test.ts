import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { upsample } from '../../../src/ui/charts/upsample.ts';

describe('upsample', () => {
  const map = Float32Array.from([0, 1, 2, 3]);

  it('keeps every patch as it is in cells', () => {
    expect([...upsample(map, 2, 4, 'cells')]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]);
  });

  it('is the map itself at one pixel a patch', () => {
    expect([...upsample(map, 2, 2, 'smooth')]).toEqual([...map]);
    expect([...upsample(map, 2, 2, 'cells')]).toEqual([...map]);
  });

  it('interpolates between patch centres and repeats the edge', () => {
    const row = upsample(map, 2, 4, 'smooth').slice(0, 4);
    expect([...row]).toEqual([0, 0.25, 0.75, 1]);
  });

  it('reproduces a linear map exactly between its outermost patch centres', () => {
    const side = 7;
    const linear = Float32Array.from(
      { length: side * side },
      (_, i) => 3 * (i % side) - 2 * Math.floor(i / side),
    );
    const size = 56;
    const fine = upsample(linear, side, size, 'smooth');
    for (let y = 4; y < size - 4; y++)
      for (let x = 4; x < size - 4; x++) {
        const at = (pixel: number): number => ((pixel + 0.5) * side) / size - 0.5;
        expect(fine[y * size + x]).toBeCloseTo(3 * at(x) - 2 * at(y), 4);
      }
  });

  it('never leaves the range of the map', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -9, max: 9 }), { minLength: 9, maxLength: 9 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('smooth' as const, 'cells' as const),
        (values, size, form) => {
          const low = Math.min(...values);
          const high = Math.max(...values);
          for (const value of upsample(Float32Array.from(values), 3, size, form)) {
            expect(value).toBeGreaterThanOrEqual(low - 1e-5);
            expect(value).toBeLessThanOrEqual(high + 1e-5);
          }
        },
      ),
    );
  });
});
