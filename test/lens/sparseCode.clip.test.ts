import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeHalf } from '../../src/clip/float16.ts';
import { type AtomForm, codeOfPath, prepareAtoms, sparseCodePath } from '../../src/lens/sparseCode.ts';
import { norm } from '../../src/lens/vectors.ts';
import { readNpy } from '../support/npy.ts';
import { generator } from '../support/randomClip.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

/** scripts/fixtures/sklearn_omp.py made these. */
interface Fixture {
  readonly sklearn: string;
  readonly pool: string;
  readonly cases: readonly {
    readonly form: AtomForm;
    readonly direction: number;
    readonly terms: number;
    readonly texts: readonly number[];
    readonly r2: number;
  }[];
}

const DIM = 512;
const DIRECTIONS = 12;
const LONGEST = 128;

describeWithShared("real CLIP text vectors, against scikit-learn's pursuit", () => {
  it.each(['lvis', 'coco'])('%s names: the same texts and R², m = 4 … 128', (name) => {
    const url = new URL(`../fixtures/omp/${name}.json`, import.meta.url);
    const fixture = JSON.parse(readFileSync(url, 'utf8')) as Fixture;
    const pool = unitRows(sharedPath('clip/detic', fixture.pool));
    const directions = directionsOf(pool);
    for (const form of ['as-released', 'unit-atoms'] as const) {
      const atoms = prepareAtoms(pool, DIM, form);
      const paths = directions.map((direction) =>
        sparseCodePath(direction, atoms, Math.min(LONGEST, atoms.count - 1)),
      );
      const cases = fixture.cases.filter((wanted) => wanted.form === form);
      expect(cases.length).toBeGreaterThan(50);
      let same = 0;
      for (const { direction, terms, texts, r2 } of cases) {
        const code = codeOfPath(paths[direction]!, terms);
        expect(code.r2).toBeCloseTo(r2, 4);
        if ([...code.texts].sort((a, b) => a - b).join() === texts.join()) same++;
      }
      expect(same / cases.length).toBe(1);
    }
  });
});

/** A [texts, 512] half-precision file as unit rows. */
function unitRows(path: string): Float64Array {
  const rows = Float64Array.from(decodeHalf(readNpy<Uint16Array>(path).data));
  for (let at = 0; at < rows.length; at += DIM) {
    const length = norm(rows, DIM, at);
    for (let d = at; d < at + DIM; d++) rows[d]! /= length;
  }
  return rows;
}

/** Mean of three texts less the mean of three others, plus noise of half that length: as the script makes them. */
function directionsOf(pool: Float64Array): Float64Array[] {
  const random = generator(17);
  const texts = pool.length / DIM;
  return Array.from({ length: DIRECTIONS }, () => {
    const at = Array.from({ length: 6 }, () => Math.trunc(((random() + 1) / 2) * texts));
    const direction = Float64Array.from({ length: DIM }, (_, d) =>
      at.reduce((sum, text, i) => sum + (i < 3 ? 1 : -1) * (pool[text * DIM + d]! / 3), 0),
    );
    const noise = Float64Array.from({ length: DIM }, random);
    const scale = (0.5 * norm(direction)) / norm(noise);
    const noisy = direction.map((x, d) => x + scale * noise[d]!);
    const length = norm(noisy);
    return noisy.map((x) => x / length);
  });
}
