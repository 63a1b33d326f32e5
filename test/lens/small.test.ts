import { describe, expect, it } from 'vitest';
import { neuronHeatmap, secondOrderHeatmap } from '../../src/lens/heatmap.ts';
import { histogram } from '../../src/lens/histogram.ts';
import { blockPaths, pathVectors } from '../../src/lens/paths.ts';
import { sharedPart } from '../../src/lens/secondOrderEffects.ts';
import { alongDirection } from '../../src/lens/signedActivations.ts';
import { cosines, nearestDirections, rankNeurons } from '../../src/lens/similarity.ts';
import { dot } from '../../src/lens/vectors.ts';
import { imageTrace, naiveEffect, runTower, towerLens } from './oracle.ts';
import { normals, randomArray, randomPictures, randomTower } from './random.ts';

describe('heatmaps', () => {
  const tower = randomTower(5);
  const trace = runTower(tower, randomPictures(6, tower, 1)[0]!);
  const block = 1;

  it('the neuron map is the post-activation of every patch', () => {
    const map = neuronHeatmap(trace.p[block]!, tower.neurons, 3);
    expect(map).toHaveLength(9);
    expect(map[4]).toBeCloseTo(trace.p[block]![5 * tower.neurons + 3]!, 6);
  });

  it('the second-order map and the CLS term sum to the effect along the direction, less the shared part', () => {
    const paths = blockPaths(towerLens(tower), block);
    const shared = sharedPart(paths.shared, imageTrace(tower, trace, block));
    const later = {
      rows: trace.a.slice(block + 1),
      invStd: trace.sd.slice(block + 1).map((sd) => sd.map((x) => 1 / x)),
    };
    for (let n = 0; n < tower.neurons; n++) {
      const direction = randomArray(normals(n + 1), tower.dim);
      const along = alongDirection(pathVectors(paths, n, n + 1), direction);
      const image = { embedding: trace.embedding, finalInvStd: 1 / trace.s };
      const { patches, clsTerm } = secondOrderHeatmap(trace.p[block]!, tower.neurons, n, later, along, image);
      const sum = patches.reduce((total, x) => total + x, clsTerm);
      const effect = naiveEffect(tower, trace, block, n).map((x, d) => x - shared[d]!);
      expect(sum).toBeCloseTo(dot(effect, direction, tower.dim), 4);
    }
  });
});

describe('similarity', () => {
  const rows = Float32Array.from([1, 0, 0, 2, -3, 0, 1, 1]);

  it('ranks neighbours by cosine and leaves the neuron itself out', () => {
    expect(Array.from(cosines(rows, [1, 0])).map((x) => x.toFixed(3))).toEqual([
      '1.000',
      '0.000',
      '-1.000',
      '0.707',
    ]);
    expect(nearestDirections(rows, 2, 0, 9).map(({ index }) => index)).toEqual([3, 1, 2]);
  });

  it('ranks neurons for a text by sign or by size', () => {
    expect(rankNeurons(rows, [1, 0], 2, 'signed').map(({ index }) => index)).toEqual([0, 3]);
    expect(rankNeurons(rows, [1, 0], 2, 'absolute')[0]).toEqual({ index: 2, score: -3 });
  });

  it('gives a zero direction no similarity', () => {
    expect(Array.from(cosines([0, 0], [1, 0]))).toEqual([0]);
  });
});

describe('histogram', () => {
  it('counts every value once', () => {
    expect(histogram([0, 1, 2, 3, 4], 2)).toEqual({ low: 0, high: 4, counts: new Int32Array([2, 3]) });
    expect(histogram([5, 5], 3).counts).toEqual(new Int32Array([0, 2, 0]));
    expect(histogram([], 2).counts).toEqual(new Int32Array([0, 0]));
    expect(histogram([-1, 0.5, 9], 2, { low: 0, high: 1 }).counts).toEqual(new Int32Array([0, 1]));
  });
});
