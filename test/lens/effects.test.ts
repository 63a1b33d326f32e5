import { describe, expect, it } from 'vitest';
import { analyseBlockInPlainLoops } from '../../src/lens/analyseBlock.ts';
import { blockPaths, pathVectors } from '../../src/lens/paths.ts';
import { effectScale, effectsOfImage, sharedPart } from '../../src/lens/secondOrderEffects.ts';
import { alongDirection } from '../../src/lens/signedActivations.ts';
import { dot, norm } from '../../src/lens/vectors.ts';
import { imageTrace, naiveEffect, runTower, towerLens } from './oracle.ts';
import { randomPictures, randomTower } from './random.ts';

const tower = randomTower(1);
const traces = randomPictures(2, tower, 9).map((pixels) => runTower(tower, pixels));
const { neurons: N, dim: D } = tower;

describe('the factorised effect equals the released code, head by head', () => {
  it.each([0, 1, 2])('block %i', (block) => {
    const paths = blockPaths(towerLens(tower), block);
    for (const trace of traces.slice(0, 3)) {
      const effects = effectsOfImage(
        paths,
        (n) => pathVectors(paths, n, n + 1),
        imageTrace(tower, trace, block),
      );
      for (let n = 0; n < N; n++) {
        const truth = naiveEffect(tower, trace, block, n);
        const wrong = truth.map((x, d) => x - effects[n * D + d]!);
        expect(norm(wrong) / norm(truth)).toBeLessThan(2e-6);
      }
    }
  });
});

it('a range of neurons has the vectors its members have alone', () => {
  const paths = blockPaths(towerLens(tower), 1);
  const many = pathVectors(paths, 2, 6);
  const one = pathVectors(paths, 4, 5);
  expect(many.subarray(2 * one.length, 3 * one.length)).toEqual(one);
});

it('refuses the last block, which no head reads', () => {
  expect(() => blockPaths(towerLens(tower), 3)).toThrow(/choose a block from 0 to 2/);
});

describe.each([0, 1, 2])('the analysis of block %i equals the definitions', (block) => {
  const images = traces.length;
  const topK = 5;
  const analysis = analyseBlockInPlainLoops(
    blockPaths(towerLens(tower), block),
    traces.map((trace) => imageTrace(tower, trace, block)),
    { block, topK, listed: 3 },
  );
  const centred = Array.from({ length: N }, (_, n) => {
    const effects = traces.map((trace) => naiveEffect(tower, trace, block, n));
    const mean = effects[0]!.map((_, d) => effects.reduce((sum, e) => sum + e[d]!, 0) / images);
    return { mean, rows: effects.map((e) => e.map((x, d) => x - mean[d]!)) };
  });

  it('means, norms, thresholds and top sets', () => {
    centred.forEach(({ mean, rows }, n) => {
      const norms = rows.map((row) => norm(row));
      mean.forEach((x, d) => {
        expect(analysis.means[n * D + d]).toBeCloseTo(x, 5);
      });
      norms.forEach((x, i) => {
        expect(Math.abs(analysis.norms[i * N + n]! - x)).toBeLessThan(1e-5 * x);
      });
      const order = norms.map((_, i) => i).sort((i, j) => norms[j]! - norms[i]!);
      expect(Array.from(analysis.topImages.subarray(n * topK, (n + 1) * topK))).toEqual(order.slice(0, topK));
      expect(analysis.thresholds[n]).toBe(analysis.norms[order[topK - 1]! * N + n]);
    });
  });

  it('activations are projections on a unit direction that most of the top set agrees with', () => {
    centred.forEach(({ rows }, n) => {
      const direction = analysis.directions.subarray(n * D, (n + 1) * D);
      expect(norm(direction)).toBeCloseTo(1, 5);
      rows.forEach((row, i) => {
        expect(analysis.activations[i * N + n]).toBeCloseTo(dot(row, direction, D), 4);
      });
      const top = Array.from(analysis.topImages.subarray(n * topK, (n + 1) * topK));
      expect(top.filter((i) => analysis.activations[i * N + n]! > 0).length).toBeGreaterThan(topK / 2);
      const squares = top.map((i) => norm(rows[i]!) ** 2).reduce((sum, x) => sum + x, 0);
      const along = top.map((i) => dot(rows[i]!, direction, D) ** 2).reduce((sum, x) => sum + x, 0);
      expect(analysis.varianceShares[n]).toBeCloseTo(along / squares, 5);
    });
  });

  it('head shares sum to 1 less what the shared part carries', () => {
    const paths = blockPaths(towerLens(tower), block);
    const shared = traces.map((trace) => sharedPart(paths.shared, imageTrace(tower, trace, block)));
    const mean = shared[0]!.map((_, d) => shared.reduce((sum, e) => sum + e[d]!, 0) / images);
    const R = analysis.laterHeads.length;
    for (let n = 0; n < N; n++) {
      const direction = analysis.directions.subarray(n * D, (n + 1) * D);
      let [size, ofShared] = [0, 0];
      for (const i of analysis.topImages.subarray(n * topK, (n + 1) * topK)) {
        const x = analysis.activations[i * N + n]!;
        const epsilon = shared[i]!.map((e, d) => e - mean[d]!);
        size += Math.abs(x);
        ofShared += Math.sign(x) * dot(epsilon, direction, D);
      }
      const sum = analysis.headShares.subarray(n * R, (n + 1) * R).reduce((total, x) => total + x, 0);
      expect(sum).toBeCloseTo(1 - ofShared / size, 4);
    }
  });

  it('the share of one head is what is left of x when the other heads are cut out', () => {
    const [n, r] = [4, analysis.laterHeads.length - 1];
    const direction = analysis.directions.subarray(n * D, (n + 1) * D);
    const y = alongDirection(pathVectors(blockPaths(towerLens(tower), block), n, n + 1), direction)[r]!;
    const scaled = traces.map((trace) => {
      const report = imageTrace(tower, trace, block);
      return effectScale(report) * report.coefficients[r * N + n]!;
    });
    const mean = scaled.reduce((sum, c) => sum + c, 0) / images;
    let [size, carried] = [0, 0];
    for (const i of analysis.topImages.subarray(n * topK, (n + 1) * topK)) {
      const x = analysis.activations[i * N + n]!;
      size += Math.abs(x);
      carried += Math.sign(x) * (scaled[i]! - mean) * y;
    }
    expect(analysis.headShares[n * analysis.laterHeads.length + r]).toBeCloseTo(carried / size, 5);
  });
});

it('refuses a top set larger than the image set', () => {
  const paths = blockPaths(towerLens(tower), 1);
  const set = traces.map((trace) => imageTrace(tower, trace, 1));
  expect(() => analyseBlockInPlainLoops(paths, set, { block: 1, topK: 10, listed: 3 })).toThrow(
    /between 1 and 9/,
  );
});

it('a neuron without effect gets zeros, not NaN', () => {
  const paths = blockPaths(towerLens(tower), 2);
  const set = traces.map((trace) => {
    const report = imageTrace(tower, trace, 2);
    // The same shared part on every image, and a neuron that never fires.
    const coefficients = Float64Array.from(report.coefficients, (c, i) => (i % N === 6 ? 0 : c));
    return { ...imageTrace(tower, traces[0]!, 2), coefficients };
  });
  const analysis = analyseBlockInPlainLoops(paths, set, { block: 2, topK: 3, listed: 3 });
  const R = analysis.laterHeads.length;
  expect(analysis.norms[6]).toBeCloseTo(0, 5);
  for (const values of [
    analysis.norms,
    analysis.activations,
    analysis.headShares.subarray(6 * R, 7 * R),
    analysis.directions,
    analysis.varianceShares,
  ]) {
    expect(values.every(Number.isFinite)).toBe(true);
  }
});
