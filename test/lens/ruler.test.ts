import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthBeside, mainAxes } from '../../src/lens/mainAxes.ts';
import { gram } from '../../src/lens/paths.ts';
import { afterStep, aimAt, makeRulers } from '../../src/lens/ruler.ts';
import { dot, norm, rowTimes } from '../../src/lens/vectors.ts';
import { normals, randomArray } from './random.ts';

const sizes = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  neurons: fc.integer({ min: 1, max: 3 }),
  heads: fc.integer({ min: 1, max: 12 }),
  axes: fc.integer({ min: 0, max: 5 }),
  dim: fc.integer({ min: 2, max: 9 }), // at times fewer than rows: then some of them are spanned by others
});

describe('rulers', () => {
  it('measure δ·U + η·axes without forming it, also where U spans less than its rows', () => {
    fc.assert(
      fc.property(sizes, ({ seed, neurons: N, heads: R, axes: most, dim: D }) => {
        const next = normals(seed);
        const all = randomArray(next, N * R * D);
        const axes = mainAxes(
          Array.from({ length: most }, () => randomArray(next, D)),
          D,
          most,
        );
        const Q = axes.length / D;
        const own = (n: number) => all.subarray(n * R * D, (n + 1) * R * D);
        const g = new Float32Array(N * R * R);
        const cross = new Float32Array(N * R * Q);
        for (let n = 0; n < N; n++) {
          g.set(gram(own(n), R, D), n * R * R);
          for (let r = 0; r < R; r++)
            for (let q = 0; q < Q; q++) cross[(n * R + r) * Q + q] = dot(own(n), axes, D, r * D, q * D);
        }
        const rulers = makeRulers(g, cross, R, Q);
        const pivot = randomArray(next, N * R);
        aimAt(rulers, pivot);
        const scaled = randomArray(next, N * R);
        const eta = [...randomArray(next, Q), 1];
        for (let n = 0; n < N; n++) {
          const delta = Float64Array.from({ length: R }, (_, r) => scaled[n * R + r]! - pivot[n * R + r]!);
          const truth = rowTimes(delta, own(n), R, D);
          rowTimes(eta, axes, Q, D).forEach((x, d) => {
            truth[d]! += x;
          });
          const measured = rowTimes(scaled, rulers.own, R, R, n * R, n * R * R);
          rowTimes(eta, rulers.shared, Q + 1, R, 0, n * (Q + 1) * R).forEach((x, c) => {
            measured[c]! += x;
          });
          const length = Math.hypot(
            norm(measured),
            norm(rowTimes(eta, rulers.rest, Q + 1, Q, 0, n * (Q + 1) * Q)),
          );
          const scale = norm(delta) * Math.sqrt(D) + norm(eta);
          expect(Math.abs(length - norm(truth))).toBeLessThan(2e-3 * scale);
          if (R + Q <= D / 2) expect(Math.abs(length - norm(truth))).toBeLessThan(1e-5 * scale);
        }
      }),
      // Twelve rows in three dimensions, two of them nearly parallel.
      { numRuns: 200, examples: [[{ seed: 863402, neurons: 3, heads: 12, axes: 0, dim: 3 }]] },
    );
  });
});

describe('a step of the pivot', () => {
  it('never brings an image nearer than it is, also where it lands on it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 2, max: 300 }),
        fc.double({ min: 1e-6, max: 2, noNaN: true }),
        (seed, dim, off) => {
          const next = normals(seed);
          const x = randomArray(next, dim);
          const step = x.map((value) => value + off * next()); // lands as near to the image as `off` says
          const inner = x.reduce((sum, value, i) => Math.fround(sum + Math.fround(value * step[i]!)), 0);
          const found = afterStep(Math.fround(norm(x)), inner, Math.fround(norm(step)));
          const truth = Math.hypot(...x.map((value, i) => value - step[i]!));
          expect(found).toBeGreaterThanOrEqual(truth * (1 - 1e-7));
          expect(found - truth).toBeLessThan(3e-3 * (norm(x) + norm(step)));
          if (truth > norm(x) / 2) expect(found - truth).toBeLessThan(3e-5 * norm(x));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('main axes', () => {
  it('are orthonormal, and leave nothing of vectors they have room for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 6 }), (seed, count) => {
        const next = normals(seed);
        const vectors = Array.from({ length: count }, () => randomArray(next, 5));
        const axes = mainAxes([...vectors, vectors[0]!, new Float32Array(5)], 5, 6);
        const rows = axes.length / 5;
        for (let p = 0; p < rows; p++)
          for (let q = 0; q <= p; q++)
            expect(dot(axes, axes, 5, 5 * p, 5 * q)).toBeCloseTo(p === q ? 1 : 0, 5);
        for (const vector of vectors)
          expect(lengthBeside(vector, axes)).toBeLessThan(1e-4 * (1 + norm(vector)));
      }),
      { numRuns: 100 },
    );
  });
});
