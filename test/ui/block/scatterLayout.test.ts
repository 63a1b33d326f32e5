import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTicks, nearestInDirection, scatterLayout } from '../../../src/ui/block/scatterLayout.ts';

const margin = { top: 10, right: 10, bottom: 10, left: 10 };
const size = { width: 300, height: 200 };

describe('the scatter plot', () => {
  it('keeps every neuron inside, whatever the numbers', () => {
    const value = fc.float({ min: 0, max: Math.fround(1e6), noNaN: true });
    const share = fc.float({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, share), { minLength: 1, maxLength: 50 }), (pairs) => {
        const effects = Float32Array.from(pairs, ([effect]) => effect);
        const shares = Float32Array.from(pairs, ([, part]) => part);
        for (const { x, y } of scatterLayout(effects, shares, size, margin).points) {
          expect(x).toBeGreaterThanOrEqual(margin.left - 1e-6);
          expect(x).toBeLessThanOrEqual(size.width - margin.right + 1e-6);
          expect(y).toBeGreaterThanOrEqual(margin.top - 1e-6);
          expect(y).toBeLessThanOrEqual(size.height - margin.bottom + 1e-6);
        }
      }),
    );
  });

  it('puts larger effects to the right and larger shares above', () => {
    const { points } = scatterLayout(new Float32Array([1, 10]), new Float32Array([0.2, 0.9]), size, margin);
    expect(points[1]!.x).toBeGreaterThan(points[0]!.x);
    expect(points[1]!.y).toBeLessThan(points[0]!.y);
  });

  it('has few round ticks', () => {
    expect(logTicks([0.02, 3], 6)).toEqual([0.03, 0.1, 0.3, 1, 3]);
    expect(logTicks([0.02, 3], 8)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(logTicks([1.1, 2.2], 6)).toEqual([1.5, 2]);
  });
});

describe('walking with the arrow keys', () => {
  const points = [
    { neuron: 0, x: 0, y: 0 },
    { neuron: 1, x: 10, y: 1 },
    { neuron: 2, x: 5, y: 40 },
    { neuron: 3, x: -8, y: 3 },
    { neuron: 4, x: 1, y: -6 },
  ];
  it('goes to the nearest in the direction', () => {
    expect(nearestInDirection(points, points[0]!, 'right')?.neuron).toBe(1);
    expect(nearestInDirection(points, points[0]!, 'left')?.neuron).toBe(3);
    expect(nearestInDirection(points, points[0]!, 'down')?.neuron).toBe(2);
    expect(nearestInDirection(points, points[0]!, 'up')?.neuron).toBe(4);
  });
  it('stays at the edge', () => {
    expect(nearestInDirection(points, points[1]!, 'right')).toBeUndefined();
  });
});
