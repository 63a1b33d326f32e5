import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AtomForm,
  codeOfPath,
  prepareAtoms,
  reconstruction,
  sparseCode,
  sparseCodePath,
  sparseCodePaths,
} from '../../src/lens/sparseCode.ts';
import { dot, norm } from '../../src/lens/vectors.ts';
import { describeWithShared } from '../support/shared.ts';
import { normals, randomArray } from './random.ts';
import { reference } from './reference.ts';

const forms: AtomForm[] = ['as-released', 'unit-atoms'];
const problem = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  texts: fc.integer({ min: 3, max: 40 }),
  dim: fc.integer({ min: 2, max: 12 }),
  terms: fc.integer({ min: 1, max: 16 }),
  form: fc.constantFrom(...forms),
});

describe('orthogonal matching pursuit', () => {
  it('leaves a residual orthogonal to the chosen texts and an R² that never falls', () => {
    fc.assert(
      fc.property(problem, ({ seed, texts, dim, terms, form }) => {
        const next = normals(seed);
        const atoms = prepareAtoms(randomArray(next, texts * dim), dim, form);
        const direction = randomArray(next, dim);
        const path = sparseCodePath(direction, atoms, terms);
        expect(path.chosen.length).toBeLessThanOrEqual(Math.min(terms, dim));
        expect(new Set(path.chosen).size).toBe(path.chosen.length);
        path.r2.forEach((r2, i) => {
          expect(r2).toBeGreaterThanOrEqual(path.r2[i - 1] ?? 0);
          const code = codeOfPath(path, i + 1);
          const rebuilt = reconstruction(code, atoms);
          const residual = Float64Array.from(direction, (x, d) => x - rebuilt[d]!);
          expect(1 - (norm(residual) / norm(direction)) ** 2).toBeCloseTo(r2, 4);
          for (const text of code.texts) {
            const along = dot(atoms.vectors, residual, dim, text * dim) / atoms.lengths[text]!;
            expect(Math.abs(along)).toBeLessThan(1e-4 * norm(direction));
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same codes for many directions at once', async () => {
    const next = normals(7);
    const atoms = prepareAtoms(randomArray(next, 50 * 9), 9, 'unit-atoms');
    const directions = randomArray(next, 6 * 9);
    const paths = await sparseCodePaths(directions, atoms, 5);
    paths.forEach((path, b) => {
      expect(path).toEqual(sparseCodePath(directions.subarray(b * 9, (b + 1) * 9), atoms, 5));
    });
  });

  it('ends early at a pool that spans less, and at a zero direction', () => {
    const pool = Float32Array.from([1, 0, 0, 1, 0, 0, 0, 1, 0]);
    const atoms = prepareAtoms(pool, 3, 'unit-atoms');
    expect(sparseCode([0.3, 0.9, 0.2], atoms, { terms: 3, atoms: 'unit-atoms' }).texts).toHaveLength(1);
    expect(sparseCode([0, 0, 0], atoms, { terms: 3, atoms: 'unit-atoms' })).toMatchObject({ r2: 0 });
  });

  it('refuses what does not fit', () => {
    const atoms = prepareAtoms([1, 0, 0, 1], 2, 'unit-atoms');
    expect(() => sparseCodePath([1, 2, 3], atoms, 1)).toThrow(/another model/);
    expect(() => sparseCodePath([1, 2], atoms, 0)).toThrow(/at least one text/);
    expect(() => sparseCode([1, 2], atoms, { terms: 1, atoms: 'as-released' })).toThrow(/prepared as/);
    expect(() => prepareAtoms([], 2, 'unit-atoms')).toThrow(/at least one text/);
  });
});

describeWithShared('agreement with scikit-learn as the released code calls it', () => {
  it.each([0, 1, 2])('block %i, 4 and 16 texts', (block) => {
    const pool = reference('text_pool');
    const directions = reference(`layer${block}_pc`);
    const dim = 32;
    const texts = pool.length / dim;
    const atoms = prepareAtoms(pool, dim, 'as-released');
    for (const terms of [4, 16]) {
      const truth = reference(`layer${block}_omp${terms}_coefficients`);
      const neurons = directions.length / dim;
      let same = 0;
      for (let n = 0; n < neurons; n++) {
        const direction = directions.subarray(n * dim, (n + 1) * dim);
        const code = sparseCode(direction, atoms, { terms, atoms: 'as-released' });
        const found = new Float64Array(texts);
        code.texts.forEach((text, i) => {
          found[text] = code.coefficients[i]!;
        });
        const wanted = truth.subarray(n * texts, (n + 1) * texts);
        const support = wanted.every((x, j) => (x !== 0) === (found[j] !== 0));
        const worst = wanted.reduce((max, x, j) => Math.max(max, Math.abs(x - found[j]!)), 0);
        if (support && worst < 1e-6) same++;
      }
      expect(same / neurons).toBeGreaterThanOrEqual(0.99);
    }
  });
});
