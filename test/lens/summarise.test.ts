import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestPositive, summarise } from '../../src/lens/summarise.ts';
import { madeUpAnalysis, SIZES } from '../pack/analysis.ts';

const floats = fc.float32Array({
  minLength: 1,
  maxLength: 60,
  noNaN: true,
  noDefaultInfinity: true,
  min: -9,
  max: 9,
});

describe('largestPositive', () => {
  it('is what sorting gives, then −1', () => {
    fc.assert(
      fc.property(floats, fc.integer({ min: 1, max: 70 }), (values, k) => {
        const order = [...values.keys()]
          .filter((i) => values[i]! > 0)
          .sort((a, b) => values[b]! - values[a]! || a - b);
        const padded = [...order, ...new Array(k).fill(-1)].slice(0, k);
        expect([...largestPositive(values, k)]).toEqual(padded);
      }),
    );
  });
});

describe('summarise', () => {
  const analysis = madeUpAnalysis(1);
  const { images, neurons, topK, listed } = SIZES;
  const summary = summarise(analysis, listed, 8);
  const columnOf = (matrix: Float32Array, n: number) =>
    Array.from({ length: images }, (_, i) => matrix[i * neurons + n]!);

  it('agrees with the long way round for every neuron', () => {
    for (let n = 0; n < neurons; n++) {
      const x = columnOf(analysis.activations, n);
      const norms = columnOf(analysis.norms, n);
      const ranked = [...x.keys()].sort((a, b) => x[b]! - x[a]!);
      const top = [...analysis.topImages.subarray(n * topK, (n + 1) * topK)];
      const square = (list: number[]) => list.reduce((sum, value) => sum + value ** 2, 0);
      const { overview, detail } = summary;
      expect([...detail.positiveImages.subarray(n * listed, n * listed + 3)]).toEqual(ranked.slice(0, 3));
      expect([...detail.negativeImages.subarray(n * listed, n * listed + 3)]).toEqual(
        ranked.slice(-3).reverse(),
      );
      expect(detail.negativeActivations[n * listed]).toBe(Math.min(...x));
      expect([...overview.previewImages.subarray(n * 4, n * 4 + 4)]).toEqual(ranked.slice(0, 4));
      expect(overview.maxNorm[n]).toBe(Math.max(...norms));
      expect(overview.typicalNorm[n]).toBeCloseTo(Math.sqrt(square(norms) / images), 6);
      expect(overview.topShare[n]).toBeCloseTo(square(top.map((i) => norms[i]!)) / square(norms), 6);
      expect(overview.positiveShare[n]).toBeCloseTo(top.filter((i) => x[i]! > 0).length / topK, 6);
      expect([...detail.histogramRange.subarray(2 * n, 2 * n + 2)]).toEqual([Math.min(...x), Math.max(...x)]);
    }
  });

  it('cuts the lists to the number of images, and says so', () => {
    const cut = summarise(analysis, 1000);
    expect(cut.listed).toBe(images);
    expect(cut.detail.positiveImages.length).toBe(neurons * images);
    expect(cut.detail.positiveImages[images - 1]).toBe(-1);
    expect(cut.detail.positiveActivations[images - 1]).toBe(0);
  });
});
