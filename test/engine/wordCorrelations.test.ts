import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/engine/backend.ts';
import { nodeBackend } from '../../src/engine/backends/node.ts';
import { Scheduler } from '../../src/engine/running/scheduler.ts';
import { chanceR2, sparseCodes } from '../../src/engine/words/sparseCodes.ts';
import { strongestGraph, WordCorrelations } from '../../src/engine/words/wordCorrelations.ts';
import { randomDirections } from '../../src/lens/randomDirections.ts';
import { type Atoms, prepareAtoms, sparseCode } from '../../src/lens/sparseCode.ts';
import { runGraph } from '../support/runGraph.ts';

const DIM = 24;
const TEXTS = 300;
const NEURONS = 70; // more than share a product
const options = { terms: 8, atoms: 'unit-atoms' } as const;
const atoms: Atoms = prepareAtoms(randomDirections(TEXTS, DIM, 5), DIM, 'unit-atoms');
const directions = randomDirections(NEURONS, DIM, 6);
const direction = (n: number) => directions.subarray(n * DIM, (n + 1) * DIM);

let backend: Backend;
let products: WordCorrelations;
beforeAll(async () => {
  backend = await nodeBackend({ threads: 1 });
  products = new WordCorrelations(backend, new Scheduler());
});
afterAll(async () => {
  await products.release();
  await backend.dispose();
});

describe('codes of a whole block, with the products on the device', () => {
  it.each(['as-released', 'unit-atoms'] as const)('are those of each neuron by itself: %s', async (form) => {
    const scaled = prepareAtoms(randomDirections(TEXTS, DIM, 5), DIM, form);
    const wanted = { terms: 8, atoms: form };
    const codes = await sparseCodes(directions, scaled, wanted, products.strongest('long'));
    for (let n = 0; n < NEURONS; n++) {
      const alone = sparseCode(direction(n), scaled, wanted);
      expect([...codes.texts.subarray(n * 8, (n + 1) * 8)]).toEqual([...alone.texts]);
      const gamma = codes.coefficients.subarray(n * 8, (n + 1) * 8);
      alone.coefficients.forEach((x, i) => {
        expect(gamma[i]).toBeCloseTo(x, 5);
      });
      expect(codes.r2[n]).toBeCloseTo(alone.r2, 6);
    }
  });

  it('are the same without a device', async () => {
    const here = await sparseCodes(directions, atoms, options, undefined);
    const there = await sparseCodes(directions, atoms, options, products.strongest('long'));
    expect(there.texts).toEqual(here.texts);
  });

  it('leave places empty where a pool says all with fewer texts', async () => {
    const few = prepareAtoms([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 'unit-atoms');
    const codes = await sparseCodes(Float32Array.of(1, 2, 3), few, options, products.strongest('long'));
    expect([...codes.texts]).toEqual([expect.any(Number), expect.any(Number), -1, -1, -1, -1, -1, -1]);
    expect([...codes.coefficients.subarray(2)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('tell how far they are, and end when cancelled', async () => {
    const seen: number[] = [];
    const controller = new AbortController();
    const job = sparseCodes(directions, atoms, options, products.strongest('long', controller.signal), {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        seen.push(done, total);
        controller.abort();
      },
    });
    await expect(job).rejects.toMatchObject({ tag: 'cancelled' });
    expect(seen).toEqual([64, 70]);
  });
});

it('gives the same in a pool too large for one binding', async () => {
  const many = prepareAtoms(randomDirections(1100, DIM, 5), DIM, 'unit-atoms'); // four groups and a part of one
  const feeds = { residuals: { data: directions, dims: [NEURONS, DIM] } };
  const whole = await runGraph(strongestGraph(many), feeds);
  const parts = await runGraph(strongestGraph(many, 4 * DIM * 520), feeds);
  expect(parts.places!.data).toEqual(whole.places!.data);
  expect(parts.maxima!.data).toEqual(whole.maxima!.data);
});

it('takes the first of equal atoms, in whichever group', async () => {
  const pool = randomDirections(600, DIM, 5);
  for (const copy of [40, 300, 555]) pool.copyWithin(copy * DIM, 7 * DIM, 8 * DIM);
  const twins: Atoms = {
    form: 'unit-atoms',
    count: 600,
    dim: DIM,
    vectors: pool,
    lengths: new Float32Array(600).fill(1),
  };
  const found = await products.strongest('long')(pool.slice(7 * DIM, 8 * DIM), twins);
  expect(found.atoms[0]).toBe(7);
  expect(found.strengths[0]).toBeCloseTo(1, 5);
});

describe('R² that is chance', () => {
  it('is what random directions reach, the same every time, and grows with m', async () => {
    const two = { ...options, terms: 2 };
    const few = await chanceR2(atoms, two, products.strongest('long'));
    const again = await chanceR2(atoms, two, undefined);
    expect(again.mean).toBeCloseTo(few.mean, 6);
    const more = await chanceR2(atoms, { ...options, terms: 4 }, products.strongest('long'));
    expect(more.mean).toBeGreaterThan(few.mean + 0.05);
    expect(few.mean).toBeGreaterThan(0.3);
    expect(few.mean).toBeLessThan(0.98);
    expect(few.deviation).toBeGreaterThan(0);
  });
});
