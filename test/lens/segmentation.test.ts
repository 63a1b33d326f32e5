import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { alongVector } from '../../src/lens/alongVector.ts';
import { attentionOfBlocks, attentionRollout, rawAttention } from '../../src/lens/attentionMap.ts';
import { averagePrecision } from '../../src/lens/averagePrecision.ts';
import { headReaders } from '../../src/lens/headReaders.ts';
import { secondOrderHeatmap } from '../../src/lens/heatmap.ts';
import { alignMask, IGNORED } from '../../src/lens/maskAlignment.ts';
import { type ChosenNeuron, chooseNeurons, codeScores, cosineScores } from '../../src/lens/neuronChoice.ts';
import { blockPaths, pathVectors } from '../../src/lens/paths.ts';
import {
  addNeuronMaps,
  addSecondOrderMaps,
  mapWeights,
  maskOf,
  type PixelMap,
  pixelMap,
  RELEASED_SEGMENTATION,
} from '../../src/lens/segmentation.ts';
import {
  addSegmentations,
  EMPTY_SEGMENTATION_TALLY,
  intersectionOverUnion,
  segmentationScores,
  tallySegmentation,
} from '../../src/lens/segmentationScores.ts';
import { alongDirection } from '../../src/lens/signedActivations.ts';
import { upsample } from '../../src/lens/upsample.ts';
import { dot } from '../../src/lens/vectors.ts';
import { classScores, predictedClass } from '../../src/lens/zeroShot.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { runTower, towerLens } from './oracle.ts';
import { normals, randomArray, randomPictures, randomTower } from './random.ts';
import { reference } from './reference.ts';
import { expectedFigures, type ReferenceSet, referenceAnalysis, referenceSet } from './referenceSet.ts';

const exactMap = (values: number[]): PixelMap => ({
  size: Math.sqrt(values.length),
  values: Float32Array.from(values),
  flat: false,
});

describe('neurons for a text', () => {
  const directions = [1, 0, 0, 1, -1, 0, 0.6, -0.8];
  const blocks = [
    { block: 3, scores: cosineScores(directions, [2, 0]) },
    { block: 5, scores: [0.1, -0.7] },
  ];
  const names = (chosen: readonly ChosenNeuron[]) => chosen.map(({ block, neuron }) => `${block}.${neuron}`);

  it('are the best of all blocks together, by size or by sign', () => {
    expect(names(chooseNeurons(blocks, 3, 'absolute'))).toEqual(['3.0', '3.2', '5.1']);
    expect(names(chooseNeurons(blocks, 3, 'signed'))).toEqual(['3.0', '3.3', '5.0']);
    expect(chooseNeurons(blocks, 3, 'absolute')[1]).toEqual({ block: 3, neuron: 2, score: -1 });
  });

  it('never include one whose score says nothing, but at random', () => {
    expect(names(chooseNeurons(blocks, 9, 'absolute'))).toHaveLength(5);
    expect(names(chooseNeurons(blocks, 9, 'signed'))).toHaveLength(3);
    expect(new Set(names(chooseNeurons(blocks, 9, 'random', 4))).size).toBe(6);
    expect(chooseNeurons(blocks, 2, 'random', 4)).toEqual(chooseNeurons(blocks, 2, 'random', 4));
  });

  it('by their codes: what they say of the texts', () => {
    const codes = [
      { texts: Int32Array.of(4, 9), coefficients: Float32Array.of(0.5, -0.25) },
      { texts: Int32Array.of(1), coefficients: Float32Array.of(2) },
    ];
    expect(Array.from(codeScores(codes, new Set([9, 4])))).toEqual([0.25, 0]);
  });

  it('refuses a choice of nothing', () => {
    expect(() => chooseNeurons([], 3, 'signed')).toThrow(/at least one block/i);
    expect(() => chooseNeurons(blocks, 0, 'signed')).toThrow(/not 0/);
    expect(() => cosineScores(directions, [0, 0])).toThrow(/no direction/);
  });
});

describe('maps of a text', () => {
  const tower = randomTower(21);
  const trace = runTower(tower, randomPictures(22, tower, 1)[0]!);
  const { neurons: N, dim: D } = tower;
  const cells = 9;

  it('are the mean of the chosen neurons, with signs where these are asked for', () => {
    const chosen = [
      { block: 1, neuron: 3, score: 0.9 },
      { block: 1, neuron: 5, score: -0.8 },
      { block: 2, neuron: 5, score: 0.7 },
    ];
    const p = (block: number, n: number, i: number) => trace.p[block]![(i + 1) * N + n]!;
    for (const [signs, sign] of [['signed', -1] as const, ['unsigned', 1] as const]) {
      const map = new Float64Array(cells);
      for (const block of [1, 2]) addNeuronMaps(map, trace.p[block]!, mapWeights(chosen, block, N, signs));
      map.forEach((value, i) => {
        expect(value).toBeCloseTo((p(1, 3, i) + sign * p(1, 5, i) + p(2, 5, i)) / 3, 6);
      });
    }
  });

  it('to the output are sums of second-order heatmaps along the text', () => {
    const block = 1;
    const text = randomArray(normals(5), D);
    const paths = blockPaths(towerLens(tower), block);
    const along = new Float64Array(N * paths.heads.length);
    for (let n = 0; n < N; n++)
      along.set(alongDirection(pathVectors(paths, n, n + 1), text), n * paths.heads.length);
    const later = {
      rows: trace.a.slice(block + 1),
      invStd: trace.sd.slice(block + 1).map((sd) => sd.map((x) => 1 / x)),
    };
    const image = { embedding: trace.embedding, finalInvStd: 1 / trace.s };
    const weights = Float32Array.from({ length: N }, (_, n) => [0, 1, -0.5][n % 3]!);
    const map = new Float64Array(cells);
    addSecondOrderMaps(map, trace.p[block]!, weights, along, later, image);
    const truth = new Float64Array(cells);
    for (let n = 0; n < N; n++) {
      const row = along.subarray(n * paths.heads.length, (n + 1) * paths.heads.length);
      const { patches } = secondOrderHeatmap(trace.p[block]!, N, n, later, row, image);
      patches.forEach((x, i) => {
        truth[i]! += Math.abs(weights[n]!) * x;
      });
    }
    map.forEach((x, i) => {
      expect(x).toBeCloseTo(truth[i]!, 4);
    });
  });
});

it('heads read along a text what the paths of any block say they do', () => {
  const tower = randomTower(23);
  const { neurons, width, heads, layers, dim } = tower;
  const text = randomArray(normals(6), dim);
  const lens = towerLens(tower);
  const every = Array.from({ length: layers - 1 }, (_, i) => i + 1);
  const readers = headReaders(lens, every, text);
  for (let block = 0; block < layers - 1; block++) {
    const paths = blockPaths(lens, block);
    const along = alongVector(paths, text, Array(neurons).keys());
    const later = readers.slice(block * heads);
    expect(later).toHaveLength(paths.heads.length);
    along.forEach((x, i) => {
      const [n, r] = [Math.floor(i / later.length), i % later.length];
      expect(dot(paths.writes, later[r]!, width, n * width)).toBeCloseTo(x, 4);
    });
  }
});

describe('enlarging', () => {
  it('weighs the nearest cells as torch does', () => {
    expect(Array.from(upsample([0, 1, 2, 3], 2, 4)).slice(0, 8)).toEqual([
      0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5,
    ]);
    expect(Array.from(upsample([7], 1, 3))).toEqual(new Array(9).fill(7));
  });

  it('stays within the values of the map and keeps the map of its own size', () => {
    const side = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(side, fc.integer({ min: 1, max: 20 }), fc.nat(), (g, size, seed) => {
        const map = randomArray(normals(seed), g * g);
        const large = upsample(map, g, size);
        expect(Math.max(...large)).toBeLessThanOrEqual(Math.max(...map) + 1e-6);
        expect(Math.min(...large)).toBeGreaterThanOrEqual(Math.min(...map) - 1e-6);
        expect(upsample(map, g, g)).toEqual(map);
      }),
    );
  });

  it('stretches to 0…1 whatever the scale of the map', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.01, max: 50, noNaN: true }), (seed, scale) => {
        const map = randomArray(normals(seed), 16);
        const { values, flat } = pixelMap(map, 12);
        expect([Math.min(...values), Math.max(...values), flat]).toEqual([0, 1, false]);
        const scaled = pixelMap(
          map.map((x) => scale * x - 3),
          12,
        ).values;
        scaled.forEach((x, i) => {
          expect(x).toBeCloseTo(values[i]!, 3);
        });
      }),
    );
  });

  it('says so when a map is flat, and lifts what lies below the floor', () => {
    expect(pixelMap([2, 2, 2, 2], 2)).toEqual({ size: 2, values: new Float32Array(4), flat: true });
    expect(pixelMap([-4, -2, -3, -1], 2, 0).flat).toBe(true);
    expect(Array.from(pixelMap([-4, 0, 1, 2], 2, 0).values)).toEqual([0, 0, 0.5, 1]);
    expect(Array.from(maskOf(exactMap([0, 0.5, 0.6, 1]), 0.5))).toEqual([0, 0, 1, 1]);
    expect(Array.from(maskOf(exactMap([0, 0, 0.4, 1]), 'mean'))).toEqual([0, 0, 1, 1]);
  });
});

describe('masks', () => {
  const wide = { width: 8, height: 4, data: Uint8Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? 1 : 0)) };

  it('are cropped as the picture is, or squashed as the released code does', () => {
    expect(Array.from(alignMask(wide, 4, 'corrected')).slice(0, 4)).toEqual([1, 1, 0, 0]);
    expect(
      Array.from(alignMask({ ...wide, data: wide.data.map((_, i) => (i % 8 < 2 ? 1 : 0)) }, 4, 'corrected')),
    ).toEqual(new Array(16).fill(0));
    expect(Array.from(alignMask(wide, 2, 'as-released'))).toEqual([1, 0, 1, 0]);
    expect(() => alignMask({ ...wide, width: 7 }, 4, 'corrected')).toThrow(/no 7 × 4 pixels/);
  });

  it('of squares are the same in both forms', () => {
    const square = { width: 6, height: 6, data: Uint8Array.from({ length: 36 }, (_, i) => i % 2) };
    for (const size of [3, 6, 9]) {
      expect(alignMask(square, size, 'corrected')).toEqual(alignMask(square, size, 'as-released'));
    }
    expect(alignMask(square, 6, 'corrected')).toEqual(square.data);
  });
});

describe('average precision', () => {
  it('is that of textbook rankings', () => {
    expect(averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBeCloseTo(0.8333333, 6);
    expect(averagePrecision([3, 2, 1], [1, 1, 0])).toBe(1);
    expect(averagePrecision([1, 2], [0, 0])).toBeUndefined();
  });

  it('of a ranking without differences is the share of what is relevant, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1 }), (relevant) => {
        fc.pre(relevant.includes(true));
        const ones = relevant.map(Number);
        const share = ones.reduce((a, b) => a + b) / ones.length;
        expect(
          averagePrecision(
            ones.map(() => 0.3),
            ones,
          ),
        ).toBeCloseTo(share, 9);
        expect(averagePrecision(ones, ones)).toBe(1);
      }),
    );
  });
});

describe('scores', () => {
  it('of a small case, counted by hand', () => {
    const map = exactMap([1, 0.9, 0.2, 0]);
    const tally = tallySegmentation(map, [1, 0, 1, 0], 0.5, 'corrected');
    expect(tally).toMatchObject({ correct: 2, labelled: 4, intersection: [1, 1], union: [3, 3] });
    const scores = segmentationScores(tally);
    expect(scores.pixelAccuracy).toBe(50);
    expect(scores.meanIou).toBeCloseTo(100 / 3, 9);
    expect(scores.meanAveragePrecision).toBeCloseTo((100 * (1 + 2 / 3)) / 2, 9);
    expect(intersectionOverUnion(maskOf(map, 0.5), [1, 0, 1, 0])).toBeCloseTo(1 / 3, 9);
    expect(intersectionOverUnion([0, 0], [0, 0])).toBeUndefined();
  });

  it('leave out what nobody labelled', () => {
    const map = exactMap([1, 0.9, 0.2, 0]);
    const tally = tallySegmentation(map, [1, IGNORED, IGNORED, 0], 0.5, 'corrected');
    expect(segmentationScores(tally)).toMatchObject({
      pixelAccuracy: 100,
      meanIou: 100,
      meanAveragePrecision: 100,
    });
    expect(() => tallySegmentation(map, [1], 0.5, 'corrected')).toThrow(/has a mask of 1/);
    expect(() => segmentationScores(EMPTY_SEGMENTATION_TALLY)).toThrow(/at least one picture/);
  });

  it('pictures without the object do not count for the corrected precision, and half for the released', () => {
    const nothing: PixelMap = { size: 2, values: new Float32Array(4), flat: true };
    expect(tallySegmentation(nothing, [0, 0, 0, 0], 0.5, 'corrected').precision).toEqual({
      sum: 0,
      images: 0,
    });
    expect(tallySegmentation(nothing, [0, 0, 0, 1], 0.5, 'as-released').precision).toEqual({
      sum: 0.5,
      images: 1,
    });
  });

  it('add up however the set is cut, and lie between 0 and 100', () => {
    const picture = fc
      .tuple(fc.nat(), fc.array(fc.constantFrom(0, 1, IGNORED), { minLength: 9, maxLength: 9 }))
      .map(([seed, truth]) =>
        tallySegmentation(
          pixelMap(randomArray(normals(seed), 9), 3),
          truth,
          0.5,
          seed % 2 ? 'corrected' : 'as-released',
        ),
      );
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 6 }), fc.nat(6), (tallies, cut) => {
        const sum = (list: typeof tallies) => list.reduce(addSegmentations, EMPTY_SEGMENTATION_TALLY);
        const whole = sum(tallies);
        const parts = addSegmentations(sum(tallies.slice(0, cut)), sum(tallies.slice(cut)));
        expect({ ...parts, precision: 0 }).toEqual({ ...whole, precision: 0 });
        expect(parts.precision.sum).toBeCloseTo(whole.precision.sum, 9);
        for (const score of Object.values({ ...segmentationScores(whole), images: 0 })) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(100 + 1e-9);
        }
      }),
    );
  });
});

describe('attention baselines', () => {
  it('raw attention is the mean over heads, patches only', () => {
    const row = [0.5, 0.25, 0.25, 0.25, 0.75, 0];
    expect(Array.from(rawAttention(row, 2))).toEqual([0.5, 0.125]);
    expect(Array.from(attentionOfBlocks([row, [0, 1, 0, 0, 0, 1]], 2))).toEqual([0.5, 0.3125]);
  });

  it('rollout is the CLS row of the product of (attention + 1)/2', () => {
    const [tokens, heads, blocks] = [4, 2, 3];
    const next = normals(9);
    const attention = Array.from({ length: blocks }, () => {
      const raw = randomArray(next, heads * tokens * tokens).map(Math.exp);
      return raw.map(
        (x, i) => x / raw.subarray(i - (i % tokens), i - (i % tokens) + tokens).reduce((a, b) => a + b),
      );
    });
    let product = Array.from({ length: tokens }, (_, i) =>
      Array.from({ length: tokens }, (_, j) => Number(i === j)),
    );
    for (const block of attention) {
      const mixed = product.map((_, i) =>
        product.map(
          (_, j) => (block[i * tokens + j]! + block[(tokens + i) * tokens + j]!) / 4 + Number(i === j) / 2,
        ),
      );
      product = mixed.map((row) =>
        product.map((_, j) => row.reduce((sum, x, k) => sum + x * product[k]![j]!, 0)),
      );
    }
    const map = attentionRollout(attention, heads);
    expect(map).toHaveLength(tokens - 1);
    map.forEach((x, i) => {
      expect(x).toBeCloseTo(product[0]![i + 1]!, 6);
    });
  });
});

describeWithShared('segmentation of reference/small as the released code makes it', () => {
  let set: ReferenceSet;
  beforeAll(async () => {
    set = await referenceSet();
  }, 60_000);

  it('heatmaps to 1e-4, scores to 0.1 point', { timeout: 60_000 }, async () => {
    const { segmentation_first40_top20: expected } = expectedFigures();
    const { tower, traces, classes } = set;
    const analyses = expected.layers.map((block) => referenceAnalysis(set, block));
    const choose = (name: number) => {
      const text = classes.vectors.subarray(name * tower.dim, (name + 1) * tower.dim);
      const scores = analyses.map(({ options, directions }) => ({
        block: options.block,
        scores: cosineScores(directions, text),
      }));
      return chooseNeurons(scores, 20, RELEASED_SEGMENTATION.order);
    };
    const folder = sharedPath('reference', 'small', 'masks');
    const names = readdirSync(folder).sort().slice(0, 40);
    const heatmaps = reference('segmentation_heatmaps_first4');
    const area = tower.imageSize ** 2;
    let tally = EMPTY_SEGMENTATION_TALLY;
    for (const [i, name] of names.entries()) {
      const trace = traces[i]!;
      const chosen = choose(predictedClass(classScores(trace.embedding, classes)));
      const map = new Float64Array((tower.imageSize / tower.patchSize) ** 2);
      for (const block of expected.layers) {
        const weights = mapWeights(chosen, block, tower.neurons, RELEASED_SEGMENTATION.signs);
        addNeuronMaps(map, trace.p[block]!, weights);
      }
      const pixels = pixelMap(map, tower.imageSize);
      if (i < 4) {
        const worst = pixels.values.reduce(
          (max, x, j) => Math.max(max, Math.abs(x - heatmaps[i * area + j]!)),
          0,
        );
        expect(worst).toBeLessThan(1e-4);
      }
      const grey = await sharp(`${folder}/${name}`).greyscale().raw().toBuffer();
      const mask = alignMask(
        { width: tower.imageSize, height: tower.imageSize, data: grey.map((x) => (x > 127 ? 1 : 0)) },
        tower.imageSize,
        'as-released',
      );
      const { threshold } = RELEASED_SEGMENTATION;
      tally = addSegmentations(tally, tallySegmentation(pixels, mask, threshold, 'as-released'));
    }
    const scores = segmentationScores(tally);
    expect(Math.abs(scores.pixelAccuracy - expected.pixel_accuracy)).toBeLessThan(0.1);
    expect(Math.abs(scores.meanIou - expected.mIoU)).toBeLessThan(0.1);
    expect(Math.abs(scores.meanAveragePrecision - expected.mAP)).toBeLessThan(0.1);
  });
});
