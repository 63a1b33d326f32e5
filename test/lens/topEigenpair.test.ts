import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topEigenpair } from '../../src/lens/topEigenpair.ts';
import { dot, timesColumn } from '../../src/lens/vectors.ts';
import { jacobi } from './jacobi.ts';
import { normals, randomArray } from './random.ts';

/** X·Xᵀ of random rows of the given rank, columns scaled by `decay` to the power of their number. */
function randomGram(seed: number, size: number, rank: number, decay: number): Float64Array {
  const x = randomArray(normals(seed), size * rank).map((v, i) => v * decay ** (i % rank));
  return Float64Array.from({ length: size * size }, (_, i) =>
    dot(x, x, rank, Math.floor(i / size) * rank, (i % size) * rank),
  );
}

describe('the largest eigenpair', () => {
  it('is that of Jacobi rotations', () => {
    const cases = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      size: fc.integer({ min: 1, max: 24 }),
      rank: fc.integer({ min: 1, max: 30 }),
      decay: fc.constantFrom(0.3, 0.9, 1),
    });
    fc.assert(
      fc.property(cases, ({ seed, size, rank, decay }) => {
        const matrix = randomGram(seed, size, rank, decay);
        const [first, second] = jacobi(matrix, size);
        const found = topEigenpair(matrix, size);
        expect(Math.abs(found.value / first!.value - 1)).toBeLessThan(1e-11);
        const gap = 1 - (second?.value ?? 0) / first!.value;
        expect(1 - Math.abs(dot(found.vector, first!.vector, size))).toBeLessThan(1e-20 / gap ** 2 + 1e-12);
      }),
      { numRuns: 100 },
    );
  });

  it('satisfies K·v = λ·v at the real size, also when the first two nearly tie', () => {
    const size = 100;
    const matrix = new Float64Array(size * size);
    const spectrum = [2, 2 - 1e-9, ...Array.from({ length: size - 2 }, (_, i) => 1.9 * 0.99 ** i)];
    const u = randomArray(normals(3), size);
    const square = dot(u, u, size); // Householder: an orthogonal matrix from one vector
    const q = (i: number, j: number) => Number(i === j) - (2 * u[i]! * u[j]!) / square;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        for (let e = 0; e < size; e++) matrix[i * size + j]! += q(i, e) * spectrum[e]! * q(j, e);
      }
    }
    const { value, vector } = topEigenpair(matrix, size);
    expect(value).toBeCloseTo(2, 11);
    const image = timesColumn(matrix, vector, size, size);
    image.forEach((x, i) => {
      expect(Math.abs(x - value * vector[i]!)).toBeLessThan(1e-8);
    });
  });

  it('copes with equal eigenvalues, multiples of 1, tiny numbers and nothing', () => {
    expect(topEigenpair(Float64Array.from([2, 0, 0, 2]), 2).value).toBeCloseTo(2, 12);
    expect(topEigenpair(Float64Array.from([1e-30]), 1)).toEqual({
      value: 1e-30,
      vector: new Float64Array([1]),
    });
    expect(topEigenpair(new Float64Array(9), 3)).toEqual({ value: 0, vector: new Float64Array(3) });
  });
});
