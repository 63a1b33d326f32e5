import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyseDirections,
  type Representations,
  representations,
  summariseDirections,
  unitRows,
} from '../../src/lens/givenDirections.ts';
import { summarise } from '../../src/lens/summarise.ts';
import { normals, randomArray } from './random.ts';

const sizes = fc.record({
  seed: fc.nat(),
  images: fc.integer({ min: 2, max: 24 }),
  dim: fc.integer({ min: 2, max: 9 }),
  count: fc.integer({ min: 1, max: 7 }),
});

interface Case {
  readonly over: Representations;
  readonly embeddings: Float32Array;
  readonly rows: Float32Array;
}

function made({
  seed,
  images,
  dim,
  count,
}: {
  seed: number;
  images: number;
  dim: number;
  count: number;
}): Case {
  const next = normals(seed);
  const embeddings = randomArray(next, images * dim, 3);
  return { over: representations(embeddings, dim), embeddings, rows: randomArray(next, count * dim) };
}

/** x of one image and direction in plain words: project every picture, take off the mean. */
function plainActivation(embeddings: Float32Array, row: Float32Array, image: number): number {
  const dim = row.length;
  const length = Math.hypot(...row);
  const along = (i: number) => {
    const embedding = embeddings.subarray(i * dim, (i + 1) * dim);
    const inner = embedding.reduce((sum, value, d) => sum + value * row[d]!, 0);
    return (100 * inner) / (Math.hypot(...embedding) * length);
  };
  const images = embeddings.length / dim;
  const mean = Array.from({ length: images }, (_, i) => along(i)).reduce((sum, x) => sum + x, 0) / images;
  return along(image) - mean;
}

describe('unit rows', () => {
  it('point where the rows do, whatever their length', () => {
    const exponent = fc.integer({ min: -36, max: 36 });
    fc.assert(
      fc.property(sizes, exponent, (size, power) => {
        const { rows } = made(size);
        const unit = unitRows(rows, size.dim);
        const scaled = unitRows(
          rows.map((value) => value * 10 ** power),
          size.dim,
        );
        for (let n = 0; n < size.count; n++) {
          const row = unit.subarray(n * size.dim, (n + 1) * size.dim);
          expect(Math.hypot(...row)).toBeCloseTo(1, 5);
          row.forEach((value, d) => {
            expect(scaled[n * size.dim + d]).toBeCloseTo(value, 4);
            expect(Math.sign(value)).toBe(Math.sign(rows[n * size.dim + d]!));
          });
        }
      }),
    );
  });

  it.each([
    [[1, 0, 0, 0], 'Direction 1 is zero: a zero vector points nowhere. Leave such rows out.'],
    [[0, 0, 1, 1, 0, 0], '2 directions are zero, the first of them 0: a zero'],
    [[1, 2, 3, Number.NaN], 'Direction 1 holds values that are no numbers.'],
    [[Number.POSITIVE_INFINITY, 2], 'Direction 0 holds values that are no numbers.'],
    [[Number.NaN, 1, 2, 0], 'Direction 0 holds values that are no numbers.'],
  ])('%j are refused', (rows, sentence) => {
    expect(() => unitRows(Float32Array.from(rows), 2)).toThrow(sentence);
  });
});

describe('directions over a set', () => {
  it('have as activation the projection less its mean, and are ranked by its size', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, k) => {
        const { over, embeddings, rows } = made(size);
        const topK = 1 + (k % size.images);
        const { activations, topImages, thresholds, norms } = analyseDirections(
          over,
          unitRows(rows, size.dim),
          { topK, listed: 2 },
        );
        for (let n = 0; n < size.count; n++) {
          const row = rows.subarray(n * size.dim, (n + 1) * size.dim);
          const of = (values: Float32Array, i: number) => values[i * size.count + n]!;
          for (let i = 0; i < size.images; i++) {
            expect(of(activations, i)).toBeCloseTo(plainActivation(embeddings, row, i), 2);
            expect(of(norms, i)).toBe(Math.abs(of(activations, i)));
          }
          const top = [...topImages.subarray(n * topK, (n + 1) * topK)];
          const order = [...Array(size.images).keys()].sort((a, b) => of(norms, b) - of(norms, a) || a - b);
          expect(top).toEqual(order.slice(0, topK));
          expect(thresholds[n]).toBe(of(norms, top.at(-1)!));
        }
      }),
    );
  });

  it('of an orthonormal basis share out all that the top images vary by', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { over } = made(size);
        const basis = Float32Array.from({ length: size.dim ** 2 }, (_, at) =>
          at % (size.dim + 1) === 0 ? 1 : 0,
        );
        // All images are in the top set, so the shares are of the same pictures.
        const { varianceShares } = analyseDirections(over, basis, { topK: size.images, listed: 1 });
        expect(varianceShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
      }),
    );
  });

  it('turned round change ends and nothing else', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { over, rows } = made(size);
        const options = { topK: 1, listed: size.images };
        const unit = unitRows(rows, size.dim);
        const there = summarise(analyseDirections(over, unit, options));
        const back = summarise(
          analyseDirections(
            over,
            unit.map((value) => -value),
            options,
          ),
        );
        expect(back.detail.positiveImages).toEqual(there.detail.negativeImages);
        expect(back.overview.typicalNorm).toEqual(there.overview.typicalNorm);
        expect(back.overview.varianceShares).toEqual(there.overview.varianceShares);
        expect(back.detail.means).toEqual(there.detail.means);
      }),
    );
  });

  it('do not mind how long the embeddings are', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), (size, factor) => {
        const { over, embeddings } = made(size);
        const stretched = embeddings.map(
          (value, at) => value * (1 + (factor * Math.floor(at / size.dim)) / 4),
        );
        const again = representations(stretched, size.dim);
        again.centred.forEach((value, at) => {
          expect(value).toBeCloseTo(over.centred[at]!, 3);
        });
      }),
    );
  });

  it('range by range are what they are at once', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), (size, together) => {
        const { over, rows } = made(size);
        const unit = unitRows(rows, size.dim);
        const options = { topK: 2, listed: 3 };
        const ranges = summariseDirections(over, unit, options, together);
        const done: number[] = [];
        let step = ranges.next();
        for (; !step.done; step = ranges.next()) done.push(step.value);
        expect(done.at(-1)).toBe(size.count);
        expect(step.value).toEqual(summarise(analyseDirections(over, unit, options), 3));
      }),
    );
  });

  it('of pictures that are all alike have no size', () => {
    const over = representations(Float32Array.from([1, 2, 1, 2, 1, 2]), 2);
    const { norms, varianceShares } = analyseDirections(over, Float32Array.from([1, 0]), {
      topK: 2,
      listed: 1,
    });
    expect(Math.max(...norms)).toBeLessThan(1e-5);
    expect(varianceShares[0]).toBeLessThanOrEqual(1);
  });
});
