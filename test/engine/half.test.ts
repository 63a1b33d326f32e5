import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageTowerGraph, PIXELS } from '../../src/clip/graph/imageTower.ts';
import { END, TOKENS, textTowerGraph } from '../../src/clip/graph/textTower.ts';
import { halfWeights } from '../../src/clip/halfWeights.ts';
import { OUTPUTS } from '../../src/clip/trace.ts';
import { nodeBackend } from '../../src/engine/backends/node.ts';
import { ClipEngine } from '../../src/engine/clipEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import { relativeError } from '../support/close.ts';
import { runGraph } from '../support/runGraph.ts';
import { FIFTY_TOKENS, randomPixels, randomWeights } from './cases.ts';

/** 2⁻¹¹: the largest relative error of rounding to a half float. */
const EPSILON = 2 ** -11;
const weights = randomWeights(FIFTY_TOKENS);
const side = FIFTY_TOKENS.vision!.imageSize;
const pixels = randomPixels(12, side);

describe('an image tower in half precision', () => {
  const feeds = { [PIXELS]: { data: pixels.subarray(0, 3 * 3 * side * side), dims: [3, 3, side, side] } };
  const instruments = { coefficients: [0, 1], recall: [0], attention: [1], activations: [0], values: [0] };

  it('deviates by a few roundings, in everything it reports, and reports float32', async () => {
    const exact = await runGraph(imageTowerGraph(weights, instruments), feeds);
    const half = await runGraph(imageTowerGraph(halfWeights(weights), instruments, { half: true }), feeds);
    for (const [name, { data }] of Object.entries(exact)) {
      expect(half[name]!.data, name).toBeInstanceOf(Float32Array);
      const deviation = relativeError(half[name]!.data, data);
      expect(deviation, name).toBeLessThan(8 * EPSILON);
    }
    expect(relativeError(half[OUTPUTS.embedding]!.data, exact[OUTPUTS.embedding]!.data)).toBeGreaterThan(0);
  });

  it('uses weights stored as half floats where they lie', () => {
    const rounded = halfWeights(weights);
    expect(halfWeights(rounded)).toBe(rounded);
    const types = rounded.vision!.blocks.flatMap((b) => [b.query, b.fc2].map(({ weight }) => weight.dtype));
    expect(new Set(types)).toEqual(new Set(['F16']));
    expect(rounded.vision!.postNorm).toBe(weights.vision!.postNorm);
  });
});

describe('an engine in half precision', () => {
  const source = pixelsInMemory(pixels, side);
  const options = { block: 0, topK: 5, listed: 3 };
  let exact: ClipEngine;
  let half: ClipEngine;
  beforeAll(async () => {
    exact = new ClipEngine(await nodeBackend({ threads: 1 }), { weights });
    // The processor's kernels round as a GPU does: what differs is only where they do it.
    half = new ClipEngine(
      { ...(await nodeBackend({ threads: 1 })), half: true },
      { weights, precision: 'float16' },
    );
  });
  afterAll(async () => {
    await exact.dispose();
    await half.dispose();
  });

  it('says so', () => {
    expect(exact.backend.precision).toBe('float32');
    expect(half.backend.precision).toBe('float16');
  });

  it('gives effects within some roundings', async () => {
    const truth = await exact.analyse(source, options);
    const rounded = await half.analyse(source, options);
    expect(relativeError(rounded.embeddings, truth.embeddings)).toBeLessThan(8 * EPSILON);
    expect(relativeError(rounded.means, truth.means)).toBeLessThan(8 * EPSILON);
    expect(relativeError(rounded.norms, truth.norms)).toBeLessThan(16 * EPSILON);
  });

  it('is refused with a sentence where there is none', async () => {
    const device = await nodeBackend({ threads: 1 });
    expect(() => new ClipEngine(device, { weights, precision: 'float16' })).toThrow(/choose float32/);
    await device.dispose();
  });
});

describe('a token table larger than a buffer', () => {
  it('is split by rows, and gives the same', async () => {
    const tokens = [
      [1, 5, 39, 39],
      [38, 0, 17, 39],
    ];
    const feeds = {
      [TOKENS]: { data: BigInt64Array.from(tokens.flat(), BigInt), dims: [2, 4] },
      [END]: { data: BigInt64Array.of(2n, 3n), dims: [2] },
    };
    const row = 4 * FIFTY_TOKENS.text!.width;
    const whole = await runGraph(textTowerGraph(weights), feeds);
    const split = await runGraph(textTowerGraph(weights, { largestBytes: 12 * row + 5 }), feeds);
    expect(split[OUTPUTS.embedding]!.data).toEqual(whole[OUTPUTS.embedding]!.data);
  });
});
