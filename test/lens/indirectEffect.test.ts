import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centredNorms } from '../../src/lens/centredNorms.ts';
import { secondOrderHeatmap } from '../../src/lens/heatmap.ts';
import {
  addIndirectEffects,
  indirectEffect,
  measureIndirectEffect,
  NO_INDIRECT_EFFECTS,
  vectorsAsEffects,
} from '../../src/lens/indirectEffect.ts';
import { addMoments, EMPTY_MOMENTS, momentsOf, spreadOf } from '../../src/lens/moments.ts';
import { patchWriters } from '../../src/lens/patchWriters.ts';
import { principalDirection } from '../../src/lens/principalDirection.ts';
import { classEmbeddings } from '../../src/lens/zeroShot.ts';
import { runTower } from './oracle.ts';
import { normals, randomArray, randomPictures, randomTower } from './random.ts';

describe('moments', () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 20 });

  it('are those of the definition, however the sample is cut', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const all = [...a, ...b];
        const merged = addMoments(momentsOf(a), momentsOf(b));
        const mean = all.reduce((sum, x) => sum + x, 0) / Math.max(1, all.length);
        expect(merged.count).toBe(all.length);
        expect(merged.mean).toBeCloseTo(mean, 6);
        const squares = all.reduce((sum, x) => sum + (x - mean) ** 2, 0);
        expect(Math.abs(merged.squares - squares)).toBeLessThan(1e-6 * (1 + squares));
      }),
    );
    expect(addMoments(EMPTY_MOMENTS, EMPTY_MOMENTS)).toEqual(EMPTY_MOMENTS);
  });

  it('give error bars from two values on', () => {
    expect(spreadOf(momentsOf([1, 2, 3, 4]))).toEqual({
      count: 4,
      mean: 2.5,
      deviation: Math.sqrt(5 / 3),
      standardError: Math.sqrt(5 / 3) / 2,
    });
    expect(spreadOf(momentsOf([7]))).toMatchObject({ mean: 7, deviation: undefined });
  });
});

describe('indirect effects', () => {
  const classes = classEmbeddings([1, 0, 0, 1], 2, 1);

  it('compare directions at length 100, whatever the lengths of the embeddings', () => {
    expect(Array.from(indirectEffect([2, 0], [0, 0.5]))).toEqual([-100, 100]);
    expect(Array.from(indirectEffect([3, 4], [6, 8]))).toEqual([0, 0]);
  });

  it('are sampled with what they do to label and accuracy', () => {
    const lost = measureIndirectEffect([2, 0], [0, 0.5], classes, 0);
    expect(lost.size.mean).toBeCloseTo(100 * Math.SQRT2, 9);
    expect([lost.labelScore.mean, lost.accuracy.mean]).toEqual([-100, -1]);
    const both = addIndirectEffects(lost, measureIndirectEffect([2, 0], [1, 0], classes, 0));
    expect(both.accuracy).toMatchObject({ count: 2, mean: -0.5 });
    expect(addIndirectEffects(NO_INDIRECT_EFFECTS, lost)).toEqual(lost);
  });

  it('as vectors are analysed like second-order effects', () => {
    const rows = [3, 0, -1, 0, 1, 3, 1, -3];
    const effects = vectorsAsEffects(rows, 2);
    expect(Array.from(centredNorms(effects)).map((x) => x.toFixed(4))).toEqual([
      '2.0000',
      '2.0000',
      '3.0000',
      '3.0000',
    ]);
    const { direction, varianceShare } = principalDirection(effects, Int32Array.of(2, 3, 0));
    expect(Math.abs(direction[1]!)).toBeCloseTo(1, 9);
    expect(varianceShare).toBeCloseTo(18 / 22, 9);
  });
});

describe('what is written at a patch', () => {
  it('is each neuron’s second-order heatmap at that place, strongest first', () => {
    const tower = randomTower(51);
    const trace = runTower(tower, randomPictures(52, tower, 1)[0]!);
    const { neurons: N } = tower;
    const heads = 2 * tower.heads;
    const along = randomArray(normals(53), N * heads);
    const later = { rows: trace.a.slice(2), invStd: trace.sd.slice(2).map((sd) => sd.map((x) => 1 / x)) };
    const image = { embedding: trace.embedding, finalInvStd: 1 / trace.s };
    const writers = patchWriters(4, trace.p[1]!, N, along, later, image, 99);
    expect(writers).toHaveLength(N);
    writers.forEach(({ neuron, effect, activation }, i) => {
      const row = along.subarray(neuron * heads, (neuron + 1) * heads);
      const map = secondOrderHeatmap(trace.p[1]!, N, neuron, later, row, image);
      expect(effect).toBeCloseTo(map.patches[4]!, 5);
      expect(activation).toBe(trace.p[1]![5 * N + neuron]);
      if (i > 0) expect(Math.abs(effect)).toBeLessThanOrEqual(Math.abs(writers[i - 1]!.effect));
    });
    expect(() => patchWriters(9, trace.p[1]!, N, along, later, image, 1)).toThrow(/no patch 9/);
  });
});
