import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../src/clip/tokenizer.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import { analyseBlockInPlainLoops } from '../../src/lens/analyseBlock.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import { lensWeights } from '../../src/lens/lensWeights.ts';
import { blockPaths } from '../../src/lens/paths.ts';
import { type ImageTrace, sharedPart } from '../../src/lens/secondOrderEffects.ts';
import type { Progress } from '../../src/progress.ts';
import { relativeError } from '../support/close.ts';
import { plainTextTower } from '../support/plainClip.ts';
import { FIFTY_TOKENS, plainTraces, randomPixels, randomWeights } from './cases.ts';

const IMAGES = 24;
const BLOCK = 0;
const weights = randomWeights(FIFTY_TOKENS);
const { neurons, imageSize } = FIFTY_TOKENS.vision!;
const { dim } = FIFTY_TOKENS;
const pixels = randomPixels(IMAGES, imageSize);
const source = pixelsInMemory(pixels, imageSize);
const options = { block: BLOCK, topK: 10, listed: 5 };

/** Two computations of one analysis, up to rounding. */
function expectSame(actual: BlockAnalysis, expected: BlockAnalysis): void {
  for (const name of [
    'embeddings',
    'means',
    'norms',
    'thresholds',
    'varianceShares',
    'headShares',
  ] as const) {
    expect(relativeError(actual[name], expected[name]), name).toBeLessThan(1e-5);
  }
  expect(relativeError(actual.directions, expected.directions)).toBeLessThan(1e-3);
  expect(relativeError(actual.activations, expected.activations)).toBeLessThan(1e-4);
  const same = actual.topImages.filter((image, i) => image === expected.topImages[i]).length;
  expect(same / expected.topImages.length).toBeGreaterThan(0.99);
}

/** Three tokens a text: start 38, its length, end 39. */
const tokenizer: Tokenizer = {
  encode: (text) => ({ ids: [38, text.length, 39] }),
  encodeBatch: (texts) => ({
    tokens: BigInt64Array.from(texts.flatMap((text) => [38n, BigInt(text.length), 39n])),
    ends: BigInt64Array.from(texts, () => 2n),
    length: 3,
  }),
};

let engine: Engine;
let traces: ImageTrace[];
let truth: BlockAnalysis;
let analysis: BlockAnalysis;

beforeAll(async () => {
  engine = await openNodeEngine({ weights, tokenizer, threads: 1, batchSize: 7 });
  const paths = blockPaths(lensWeights(weights), BLOCK);
  traces = plainTraces(weights, pixels, BLOCK);
  truth = analyseBlockInPlainLoops(paths, traces, options);
  analysis = await engine.analyse(source, options);
}, 60_000);
afterAll(() => engine.dispose());

describe('an analysis, against plain float64 loops over 50 tokens and heads of 64', () => {
  it.each([
    'embeddings',
    'means',
    'norms',
    'thresholds',
    'varianceShares',
    'activations',
    'headShares',
  ] as const)('%s', (name) => {
    expect(relativeError(analysis[name], truth[name])).toBeLessThan(1e-4);
  });

  it('directions', () => {
    expect(relativeError(analysis.directions, truth.directions)).toBeLessThan(1e-3);
  });

  it('top images', () => {
    const same = analysis.topImages.filter((image, i) => image === truth.topImages[i]).length;
    expect(same / truth.topImages.length).toBeGreaterThan(0.99);
  });

  it.each([
    ['none', 0],
    ['some', 4 * 10 * 4 * neurons], // room for ten of the 24 images: the first batch
  ])(
    'is the same when the set is looked at three times, with %s of the coefficients kept',
    async (_, budget) => {
      const frugal = await openNodeEngine({ weights, threads: 1, batchSize: 7, budget });
      const stages: string[] = [];
      const again = await frugal.analyse(source, options, { onProgress: ({ stage }) => stages.push(stage) });
      await frugal.dispose();
      expectSame(again, analysis);
      expect(stages.some((stage) => stage.includes('look 3 of 3'))).toBe(true);
    },
  );

  it('is the same for several blocks at once, whether or not they share their forward passes', async () => {
    const perBlock = 4 * IMAGES * 50 * (128 + 4);
    for (const [budget, sweeps] of [
      [2 * perBlock, 1],
      [perBlock, 2],
    ] as const) {
      const both = await openNodeEngine({ weights, threads: 1, batchSize: 7, budget });
      let starts = 0;
      const onProgress = ({ stage, done }: Progress) => {
        if (stage.includes('through the model') && done === 0) starts++;
      };
      const blocks: BlockAnalysis[] = [];
      for await (const block of both.analyseBlocks(source, [1, 0], options, { onProgress }))
        blocks.push(block);
      await both.dispose();
      expect(starts).toBe(sweeps);
      expect(blocks.map((block) => block.options.block)).toEqual([0, 1]);
      expectSame(blocks[0]!, analysis);
      expectSame(blocks[1]!, await engine.analyse(source, { ...options, block: 1 }));
    }
  });
});

it('projects the same images onto the same activations and norms', async () => {
  const { means, directions } = analysis;
  const again = await engine.project(source, BLOCK, { means, directions });
  expect(relativeError(again.activations, analysis.activations)).toBeLessThan(1e-5);
  expect(relativeError(again.norms, analysis.norms)).toBeLessThan(1e-5);
  expect(relativeError(again.embeddings, analysis.embeddings)).toBeLessThan(1e-6);
});

it('projects a single image as it does a set', async () => {
  const one = pixelsInMemory(pixels.slice(0, 3 * imageSize * imageSize), imageSize);
  const { means, directions } = analysis;
  const alone = await engine.project(one, BLOCK, { means, directions });
  expect(relativeError(alone.activations, analysis.activations.subarray(0, neurons))).toBeLessThan(1e-5);
  expect(relativeError(alone.norms, analysis.norms.subarray(0, neurons))).toBeLessThan(1e-5);
});

it('gives effects whose mean over the set is the analysis’ mean', async () => {
  const effects = await engine.effects(source, BLOCK);
  const mean = new Float64Array(neurons * dim);
  effects.forEach((x, i) => {
    mean[i % mean.length]! += x / IMAGES;
  });
  expect(relativeError(analysis.means, mean)).toBeLessThan(1e-5);
});

it('gives heatmaps that sum to the effect along the direction', async () => {
  const neuron = 17;
  const direction = analysis.directions.slice(neuron * dim, (neuron + 1) * dim);
  const maps = await engine.heatmaps(source, BLOCK, neuron, direction);
  const { shared } = blockPaths(lensWeights(weights), BLOCK);
  const cells = maps.gridSide ** 2;
  const along = (row: ArrayLike<number>) => direction.reduce((sum, r, d) => sum + r * row[d]!, 0);
  const mean = along(analysis.means.subarray(neuron * dim, (neuron + 1) * dim));
  const sums = traces.map((trace, image) => {
    const map = maps.secondOrder.subarray(image * cells, (image + 1) * cells);
    return map.reduce((sum, x) => sum + x, maps.clsTerm[image]!) + along(sharedPart(shared, trace)) - mean;
  });
  const activations = traces.map((_, image) => analysis.activations[image * neurons + neuron]!);
  expect(relativeError(sums, activations)).toBeLessThan(1e-4);
});

it('embeds texts as unit vectors, in the order given', async () => {
  const texts = ['three', 'a', 'fourteen chars', 'bb'];
  const embeddings = await engine.embedTexts(texts);
  texts.forEach((text, i) => {
    const plain = plainTextTower(weights, [38, text.length, 39], 2);
    const length = Math.hypot(...plain);
    const unit = plain.map((x) => x / length);
    expect(relativeError(embeddings.subarray(i * dim, (i + 1) * dim), unit)).toBeLessThan(1e-4);
  });
});

it('embeds images', async () => {
  expect(relativeError(await engine.embedImages(source), truth.embeddings)).toBeLessThan(1e-4);
});

describe('refusals', () => {
  it.each([
    ['a top set larger than the image set', { ...options, topK: IMAGES + 1 }],
    ['no top set', { ...options, topK: 0 }],
    ['the last block', { ...options, block: 2 }],
    ['a block that is not there', { ...options, block: 1.5 }],
  ])('%s', async (_, wrong) => {
    await expect(engine.analyse(source, wrong)).rejects.toMatchObject({ tag: 'bad-request' });
  });

  it('a neuron or direction that does not fit', async () => {
    const direction = new Float32Array(dim);
    await expect(engine.heatmaps(source, BLOCK, neurons, direction)).rejects.toMatchObject({
      tag: 'bad-request',
    });
    await expect(engine.heatmaps(source, BLOCK, 0, new Float32Array(3))).rejects.toMatchObject({
      tag: 'bad-request',
    });
    const reference = { means: new Float32Array(1), directions: new Float32Array(1) };
    await expect(engine.project(source, BLOCK, reference)).rejects.toMatchObject({ tag: 'bad-request' });
  });

  it('texts without a tokenizer', async () => {
    const mute = await openNodeEngine({ weights, threads: 1 });
    await expect(mute.embedTexts(['a'])).rejects.toMatchObject({ tag: 'unavailable' });
    await mute.dispose();
  });
});

describe('jobs', () => {
  it('ends with `cancelled` at the next batch, in every stage, and works on', async () => {
    const stages = ['through the model', 'effects and directions'];
    for (const wanted of stages) {
      const controller = new AbortController();
      const onProgress = ({ stage }: Progress) => {
        if (stage.includes(wanted)) controller.abort();
      };
      const job = engine.analyse(source, options, { signal: controller.signal, onProgress });
      await expect(job, wanted).rejects.toMatchObject({ tag: 'cancelled' });
    }
    const frugal = await openNodeEngine({ weights, threads: 1, batchSize: 7, budget: 0 });
    for (const wanted of ['through the model', 'Effect sizes', 'Signed activations']) {
      const controller = new AbortController();
      const onProgress = ({ stage, done }: Progress) => {
        if (stage.includes(wanted) && done > 0) controller.abort();
      };
      const job = frugal.analyse(source, options, { signal: controller.signal, onProgress });
      await expect(job, wanted).rejects.toMatchObject({ tag: 'cancelled' });
    }
    await frugal.dispose();
    expect(await engine.analyse(source, options)).toEqual(analysis);
  });

  it('answers a short call before a long one ends', async () => {
    const order: string[] = [];
    const long = engine.analyse(source, options).then(() => order.push('analysis'));
    const direction = analysis.directions.slice(0, dim);
    const one = pixelsInMemory(pixels.slice(0, 3 * imageSize * imageSize), imageSize);
    const short = engine.heatmaps(one, BLOCK, 0, direction).then(() => order.push('heatmap'));
    await Promise.all([long, short]);
    expect(order).toEqual(['heatmap', 'analysis']);
  });
});
