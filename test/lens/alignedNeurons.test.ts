import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AlignedNeurons } from '../../src/lens/alignedNeurons.ts';
import { unitRows } from '../../src/lens/givenDirections.ts';
import { dot } from '../../src/lens/vectors.ts';
import { normals, randomArray } from './random.ts';

const DIM = 4;

it('are those that sorting all cosines of all blocks by size gives, block by block and range by range', () => {
  const sizes = fc.record({
    seed: fc.nat(),
    count: fc.integer({ min: 1, max: 6 }),
    blocks: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    kept: fc.integer({ min: 1, max: 8 }),
    cut: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(sizes, ({ seed, count, blocks, kept, cut }) => {
      const next = normals(seed);
      const given = unitRows(randomArray(next, count * DIM), DIM);
      const all = blocks.map((neurons) => unitRows(randomArray(next, neurons * DIM), DIM));
      all.push(all[0]!.slice()); // ties, between blocks
      const aligned = new AlignedNeurons(given, DIM, kept);
      const middle = Math.min(cut, count);
      all.forEach((directions, block) => {
        aligned.add(block, directions, 0, middle);
        aligned.add(block, directions, middle);
      });
      for (let d = 0; d < count; d++) {
        const every = all.flatMap((directions, block) =>
          Array.from({ length: directions.length / DIM }, (_, neuron) => ({
            block,
            neuron,
            cosine: dot(given, directions, DIM, d * DIM, neuron * DIM),
          })),
        );
        every.sort((a, b) => Math.abs(b.cosine) - Math.abs(a.cosine)); // stable: ties as they came
        expect(aligned.of(d)).toEqual(every.slice(0, kept));
      }
    }),
  );
});

it('may point the other way', () => {
  const aligned = new AlignedNeurons(Float32Array.from([1, 0, 0, 0]), DIM, 1);
  aligned.add(3, Float32Array.from([0.6, 0.8, 0, 0, -0.8, 0.6, 0, 0]));
  expect(aligned.of(0)).toMatchObject([{ block: 3, neuron: 1 }]);
  expect(aligned.of(0)[0]!.cosine).toBeCloseTo(-0.8);
});
