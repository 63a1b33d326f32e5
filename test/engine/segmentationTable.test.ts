import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import {
  BASELINE,
  mergeTallies,
  type SegmentationRequest,
  type Segmenter,
  type SegmenterTally,
} from '../../src/engine/tables/segmentationTable.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import { CORRECTED_SEGMENTATION, type PixelMap, pixelMap } from '../../src/lens/segmentation.ts';
import { segmentationScores } from '../../src/lens/segmentationScores.ts';
import { textContrast } from '../../src/lens/textContrast.ts';
import { meanRow } from '../../src/lens/vectors.ts';
import { classEmbeddings } from '../../src/lens/zeroShot.ts';
import { normals, randomArray } from '../lens/random.ts';
import { FIFTY_TOKENS, randomPixels, randomWeights } from './cases.ts';

const IMAGES = 5;
const CLASSES = 4;
const weights = randomWeights(FIFTY_TOKENS, 5);
const { dim } = weights.config;
const { imageSize } = weights.config.vision!;
const data = randomPixels(IMAGES, imageSize, 9);
const pixels = pixelsInMemory(data, imageSize);
const classes = classEmbeddings(randomArray(normals(4), CLASSES * dim), dim, 1);
const mean = meanRow(classes.vectors, CLASSES, dim);
const own = { ...CORRECTED_SEGMENTATION, neurons: 20, blocks: [0, 1] };
const maps: Segmenter[] = [
  { name: 'ours', ...own },
  { name: 'where they fire', ...own, map: 'activation' },
  { name: 'heads', direct: 'heads', threshold: 0.5 },
  { name: BASELINE, attention: 'raw', threshold: 0.5 },
];
const segmenters = maps.flatMap((one): Segmenter[] => [one, { ...one, threshold: 'mean' }]);
const truth = Uint8Array.from({ length: imageSize ** 2 }, (_, i) => (i % imageSize < 20 ? 1 : 0));

let engine: Engine;
let analyses: BlockAnalysis[];
let seen: { image: number; text: number; maps: readonly PixelMap[] }[];
let request: SegmentationRequest;
let table: SegmenterTally[];

beforeAll(async () => {
  engine = await openNodeEngine({ weights, threads: 1, batchSize: 2 });
  analyses = [];
  for await (const one of engine.analyseBlocks(pixels, [0, 1], { topK: 3, listed: 1 })) analyses.push(one);
  seen = [];
  request = {
    directions: new Map(analyses.map(({ options, directions }) => [options.block, directions])),
    segmenters,
    classes,
    form: 'corrected',
    queriesOf: async (image) => [{ text: image % CLASSES, truth }],
    onMaps: async (image, text, made) => {
      seen.push({ image, text, maps: made });
    },
  };
  table = [];
  for await (const { tallies } of engine.segmentations(pixels, request)) table = mergeTallies(table, tallies);
});
afterAll(() => engine.dispose());

describe('the segmentation table', () => {
  it('has the maps that the image page makes of the same text', async () => {
    expect(seen.map(({ image, text }) => [image, text])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [i, i % CLASSES]),
    );
    const references = analyses.map(({ options, means, directions, thresholds }) => ({
      block: options.block,
      means,
      directions,
      thresholds,
    }));
    const each = 3 * imageSize ** 2;
    for (const { image, text, maps: made } of seen) {
      const one = pixelsInMemory(data.slice(image * each, (image + 1) * each), imageSize);
      const reading = await engine.readImage(one, references);
      const vector = classes.vectors.subarray(text * dim, (text + 1) * dim);
      const contrast = Float32Array.from(textContrast(vector, mean));
      const { neurons, order, signs } = own;
      for (const [at, map] of [[0, 'second-order'] as const, [2, 'activation'] as const]) {
        const found = await reading.textMap(contrast, { neurons, order, signs, map });
        expect(worst(made[at]!, pixelMap(found.map, imageSize))).toBeLessThan(1e-4);
      }
      const heads = await reading.headTextMap(contrast);
      expect(worst(made[4]!, pixelMap(heads.map, imageSize, 0))).toBeLessThan(1e-4);
      expect(made[1]).toBe(made[0]); // of one name: another threshold, the same map
    }
  });

  it('compares each with the baseline at its own threshold, and goes on where it stopped', async () => {
    expect(table.map(({ name, threshold }) => [name, threshold])).toEqual(
      segmenters.map(({ name, threshold }) => [name, threshold]),
    );
    const precision = ({ tally }: SegmenterTally) => segmentationScores(tally).meanAveragePrecision;
    for (const row of table) {
      const { name, threshold, gain, precisionGain, iou } = row;
      const base = table.find((other) => other.name === BASELINE && other.threshold === threshold)!;
      expect(gain.mean).toBeCloseTo(iou.mean - base.iou.mean, 9);
      expect(100 * precisionGain.mean).toBeCloseTo(precision(row) - precision(base), 9);
      if (name === BASELINE) expect(gain.mean).toBe(0);
    }
    const [half, whole] = table.map(precision);
    expect(half).toBe(whole); // a ranking has no threshold
    let rest: SegmenterTally[] = [];
    for await (const { tallies } of engine.segmentations(pixels, { ...request, from: 4 }))
      rest = mergeTallies(rest, tallies);
    expect(rest.every(({ tally }) => tally.images === 1)).toBe(true);
  });
});

const worst = (a: PixelMap, b: PixelMap): number =>
  a.values.reduce((most, x, i) => Math.max(most, Math.abs(x - b.values[i]!)), 0);
