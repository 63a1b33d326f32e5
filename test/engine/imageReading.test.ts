import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import type { Backend } from '../../src/engine/backend.ts';
import { nodeBackend } from '../../src/engine/backends/node.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import type { BlockReference, ReadImage } from '../../src/engine/reading/imageReading.ts';
import { ReadingPasses } from '../../src/engine/reading/passes.ts';
import { Scheduler } from '../../src/engine/running/scheduler.ts';
import { Sessions } from '../../src/engine/running/sessions.ts';
import { representation } from '../../src/lens/ablation.ts';
import { alongVector } from '../../src/lens/alongVector.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import { headTokenEffects } from '../../src/lens/directEffects.ts';
import { lensWeights } from '../../src/lens/lensWeights.ts';
import { blockPaths, pathVectors } from '../../src/lens/paths.ts';
import { effect, effectsOfImage, sharedPart } from '../../src/lens/secondOrderEffects.ts';
import { pixelMap, RELEASED_SEGMENTATION } from '../../src/lens/segmentation.ts';
import { alongDirection } from '../../src/lens/signedActivations.ts';
import { dot, norm } from '../../src/lens/vectors.ts';
import { classScores, predictedClass } from '../../src/lens/zeroShot.ts';
import { referenceClasses } from '../lens/referenceSet.ts';
import { relativeError } from '../support/close.ts';
import { readNpy } from '../support/npy.ts';
import { plainImageTower } from '../support/plainClip.ts';
import { generator } from '../support/randomClip.ts';
import { referencePixels } from '../support/referenceImages.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { FIFTY_TOKENS, plainTraces, randomPixels, randomWeights } from './cases.ts';

const weights = randomWeights(FIFTY_TOKENS);
const { neurons, imageSize, layers } = FIFTY_TOKENS.vision!;
const { dim } = FIFTY_TOKENS;
const PATCHES = 49;
const pixels = randomPixels(24, imageSize);
const source = pixelsInMemory(pixels, imageSize);
const each = 3 * imageSize ** 2;
const one = (image: number) => pixelsInMemory(pixels.slice(image * each, (image + 1) * each), imageSize);
const IMAGE = 5;

const referenceOf = ({ options, means, directions, thresholds }: BlockAnalysis): BlockReference => ({
  block: options.block,
  means,
  directions,
  thresholds,
});

let engine: Engine;
let analyses: BlockAnalysis[];
let references: BlockReference[];
let reading: ReadImage;

beforeAll(async () => {
  engine = await openNodeEngine({ weights, threads: 1 });
  analyses = [];
  for await (const analysis of engine.analyseBlocks(source, [0, 1], { topK: 10, listed: 5 }))
    analyses.push(analysis);
  references = analyses.map(referenceOf);
  reading = await engine.readImage(one(IMAGE), references);
}, 60_000);
afterAll(() => engine.dispose());

const traceOf = (block: number) =>
  plainTraces(weights, pixels.slice(IMAGE * each, (IMAGE + 1) * each), block)[0]!;

/** e [D] of the picture. */
const sharedOf = (block: number) =>
  sharedPart(blockPaths(lensWeights(weights), block).shared, traceOf(block));

/** phi − mean [N, D] of one of the blocks, from plain float64 loops. */
function centredTruth(block: number): Float32Array {
  const paths = blockPaths(lensWeights(weights), block);
  const vectors = pathVectors(paths, 0, neurons);
  const size = paths.heads.length * dim;
  const effects = effectsOfImage(paths, (n) => vectors.subarray(n * size, (n + 1) * size), traceOf(block));
  return effects.map((x, i) => x - references[block]!.means[i]!);
}

/** What is left of the picture less the sum of some rows of phi − mean. */
function less(rows: Float32Array, some: Iterable<number>): Float64Array {
  const left = representation(reading.embedding);
  for (const n of some) for (let d = 0; d < dim; d++) left[d]! -= rows[n * dim + d]!;
  return left;
}

describe('a picture that was read', () => {
  it('has the activations and norms of the analysis it belongs to', () => {
    expect(reading.gridSide).toBe(7);
    expect(
      relativeError(reading.embedding, analyses[0]!.embeddings.slice(IMAGE * dim, (IMAGE + 1) * dim)),
    ).toBeLessThan(1e-5);
    for (const [i, { activations, norms }] of analyses.entries()) {
      const row = (values: Float32Array) => values.slice(IMAGE * neurons, (IMAGE + 1) * neurons);
      expect(relativeError(reading.blocks[i]!.activations, row(activations))).toBeLessThan(1e-5);
      expect(relativeError(reading.blocks[i]!.norms, row(norms))).toBeLessThan(1e-5);
    }
  });

  it('agrees with project, for a picture of another set', async () => {
    const other = pixelsInMemory(randomPixels(1, imageSize, 9), imageSize);
    const read = await engine.readImage(other, references);
    for (const [i, reference] of references.entries()) {
      const projected = await engine.project(other, reference.block, reference);
      expect(relativeError(read.blocks[i]!.activations, projected.activations)).toBeLessThan(1e-5);
      expect(relativeError(read.blocks[i]!.norms, projected.norms)).toBeLessThan(1e-5);
      expect(relativeError(read.embedding, projected.embeddings)).toBeLessThan(1e-5);
    }
  });

  it('is significant for a neuron on nine of the ten pictures of its top set: not where the norm is the threshold', async () => {
    const counts = new Int32Array(neurons);
    for (let image = 0; image < source.count; image++) {
      const { blocks } = await engine.readImage(one(image), references.slice(0, 1));
      blocks[0]!.significant.forEach((yes, n) => {
        counts[n]! += yes;
      });
    }
    expect(new Set(counts)).toEqual(new Set([9]));
  });

  it('needs no blocks, to be classified and to show where the model looks', async () => {
    const bare = await engine.readImage(one(IMAGE), []);
    expect(relativeError(bare.embedding, reading.embedding)).toBeLessThan(1e-5);
    expect(bare.blocks).toEqual([]);
    expect(bare.attentionMaps()).toEqual(reading.attentionMaps());
    const { lastBlock } = bare.attentionMaps();
    const total = lastBlock.reduce((sum, x) => sum + x, 0);
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThan(1);
  });

  it.each([
    ['a block without later heads', () => [{ ...references[0]!, block: layers - 1 }]],
    ['a block twice', () => [references[0]!, references[0]!]],
    ['means of another model', () => [{ ...references[0]!, means: new Float32Array(8) }]],
    ['thresholds of another model', () => [{ ...references[0]!, thresholds: new Float32Array(8) }]],
  ])('refuses %s', async (_, blocks) => {
    await expect(engine.readImage(one(IMAGE), blocks())).rejects.toMatchObject({ tag: 'bad-request' });
  });

  it('can be cancelled, and read again', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await expect(
      engine.readImage(one(IMAGE), references, { signal: controller.signal, onProgress }),
    ).rejects.toMatchObject({ tag: 'cancelled' });
    const again = await engine.readImage(one(IMAGE), references);
    expect(again.blocks).toEqual(reading.blocks);
  });
});

describe('with neurons taken out', () => {
  it('is what is left of the representation by the plain sum of their effects', async () => {
    const [first, second] = [centredTruth(0), centredTruth(1)];
    const one = await reading.ablate([{ block: 0, neurons: Int32Array.of(3, 7, 3) }]);
    expect(one.neurons).toBe(2);
    expect(relativeError(one.representation, less(first, [3, 7]))).toBeLessThan(1e-5);

    const all = await reading.ablate([{ block: 1, neurons: 'all' }]);
    expect(relativeError(all.representation, less(second, Array(neurons).keys()))).toBeLessThan(1e-5);
    const change = representation(reading.embedding).map((x, d) => x - all.representation[d]!);
    expect(all.moved).toBeCloseTo(norm(change), 3);

    const { significant } = reading.blocks[0]!;
    const chosen = [...significant.keys()].filter((n) => significant[n]);
    expect(chosen.length).toBeGreaterThan(0);
    const some = await reading.ablate([
      { block: 0, neurons: 'significant' },
      { block: 0, neurons: Int32Array.from(chosen) },
    ]);
    expect(some.neurons).toBe(chosen.length);
    expect(relativeError(some.representation, less(first, chosen))).toBeLessThan(1e-5);
  });

  it('is the same when there is no room to keep the effects', async () => {
    const frugal = await openNodeEngine({ weights, threads: 1, budget: 0 });
    const read = await frugal.readImage(one(IMAGE), references);
    expect(read.bytes).toBeLessThan(reading.bytes - 4 * 2 * neurons * dim + 1);
    for (const some of ['all', 'significant', Int32Array.of(3, 7), new Int32Array(0)] as const) {
      const selection = [{ block: 0, neurons: some }];
      const [a, b] = [await read.ablate(selection), await reading.ablate(selection)];
      expect(relativeError(a.representation, b.representation)).toBeLessThan(1e-6);
    }
    await frugal.dispose();
  });

  it('is itself with none, and adds up over blocks', async () => {
    const none = await reading.ablate([]);
    expect(none).toMatchObject({ moved: 0, neurons: 0 });
    expect(norm(none.representation)).toBeCloseTo(100, 3);
    const [a, b, both] = await Promise.all([
      reading.ablate([{ block: 0, neurons: 'all' }]),
      reading.ablate([{ block: 1, neurons: 'all' }]),
      reading.ablate([0, 1].map((block) => ({ block, neurons: 'all' }))),
    ]);
    const sum = none.representation.map((x, d) => a.representation[d]! + b.representation[d]! - x);
    expect(relativeError(both.representation, sum)).toBeLessThan(1e-5);
  });

  it.each([
    ['a block that was not read', { block: 2, neurons: 'all' as const }, /Block 2 was not read/],
    ['a neuron it does not have', { block: 0, neurons: Int32Array.of(48) }, /no neuron 48 of block 0/],
  ])('refuses %s', async (_, selection, words) => {
    await expect(reading.ablate([selection])).rejects.toThrow(words);
  });
});

describe('a patch', () => {
  it('has its share of every activation: over all patches and CLS the terms sum to x', async () => {
    for (const [i, { block, means, directions }] of references.entries()) {
      const shared = sharedOf(block);
      const sums = new Float64Array(neurons);
      for (let patch = 0; patch < PATCHES; patch++) {
        const writers = reading.writersAt(patch, neurons)[i]!;
        expect(writers.block).toBe(block);
        for (const { neuron, effect } of writers.byEffect) sums[neuron]! += effect;
      }
      for (let n = 0; n < neurons; n++) {
        const at = n * dim;
        const direction = directions.slice(at, at + dim);
        const { clsTerm } = await engine.heatmaps(one(IMAGE), block, n, direction);
        sums[n]! += clsTerm[0]! + dot(shared, direction, dim) - dot(means, direction, dim, at);
      }
      expect(relativeError(reading.blocks[i]!.activations, sums)).toBeLessThan(1e-5);
    }
  });

  it('lists its writers by effect and by firing, as the heatmaps have them there', async () => {
    const [writers] = reading.writersAt(11, 6);
    expect(writers!.byEffect).toHaveLength(6);
    expect(writers!.byActivation).toHaveLength(6);
    for (const { neuron, activation, effect } of [...writers!.byEffect, ...writers!.byActivation]) {
      const direction = references[0]!.directions.slice(neuron * dim, (neuron + 1) * dim);
      const heatmaps = await engine.heatmaps(one(IMAGE), 0, neuron, direction);
      expect(activation).toBeCloseTo(heatmaps.activation[11]!, 5);
      expect(effect).toBeCloseTo(heatmaps.secondOrder[11]!, 4);
    }
    const sizes = writers!.byEffect.map(({ effect }) => Math.abs(effect));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const firing = writers!.byActivation.map(({ activation }) => activation);
    expect(firing).toEqual(firing.toSorted((a, b) => b - a));
  });

  it('taken away everywhere is all effects taken away, but for what no place writes', async () => {
    const intact = representation(reading.embedding);
    for (const { block, means } of references) {
      const removed = new Float64Array(dim);
      for (const patch of ['cls', ...Array.from({ length: PATCHES }, (_, i) => i)] as const) {
        const { representation: left } = reading.withoutPatch(patch, [block]);
        left.forEach((x, d) => {
          removed[d]! += intact[d]! - x;
        });
      }
      const shared = sharedOf(block);
      const { representation: ablated } = await reading.ablate([{ block, neurons: 'all' }]);
      const expected = ablated.map((x, d) => {
        let rest = -neurons * shared[d]!; // Σ mean − N·e
        for (let n = 0; n < neurons; n++) rest += means[n * dim + d]!;
        return intact[d]! - x + rest;
      });
      expect(relativeError(removed, expected)).toBeLessThan(1e-4);
    }
  });

  it('is taken away from all blocks unless told which', () => {
    const intact = representation(reading.embedding);
    const [a, b, both] = [[0], [1], undefined].map((blocks) => reading.withoutPatch(3, blocks));
    const sum = intact.map((x, d) => a!.representation[d]! + b!.representation[d]! - x);
    expect(relativeError(both!.representation, sum)).toBeLessThan(1e-5);
    expect(both!.neurons).toBe(2 * neurons);
    expect(both!.moved).toBeGreaterThan(0);
  });

  it.each([-1, PATCHES, 0.5])('refuses place %d', (patch) => {
    expect(() => reading.withoutPatch(patch)).toThrow(/There is no patch/);
    expect(() => reading.writersAt(patch, 1)).toThrow(/There is no patch/);
  });
});

describe('a text on the picture', () => {
  const random = generator(4);
  const text = Float32Array.from({ length: dim }, () => random() - 0.5);
  const options = { neurons: 12, order: 'absolute', signs: 'signed', map: 'activation' } as const;

  it('is the mean of the chosen neurons’ heatmaps', async () => {
    for (const signs of ['signed', 'unsigned'] as const) {
      const found = await reading.textMap(text, { ...options, signs });
      expect(found.chosen).toHaveLength(12);
      expect(found.flat).toBe(false);
      const mean = new Float64Array(PATCHES);
      for (const { block, neuron, score } of found.chosen) {
        const direction = references[block]!.directions.slice(neuron * dim, (neuron + 1) * dim);
        expect(score).toBeCloseTo(dot(direction, text, dim) / norm(text), 5);
        const { activation } = await engine.heatmaps(one(IMAGE), block, neuron, direction);
        const sign = signs === 'signed' && score < 0 ? -1 : 1;
        for (let i = 0; i < PATCHES; i++) mean[i]! += (sign * activation[i]!) / 12;
      }
      expect(relativeError(found.map, mean)).toBeLessThan(1e-5);
    }
  });

  it('second-order: what the chosen neurons add along the text, patch by patch', async () => {
    const found = await reading.textMap(text, { ...options, map: 'second-order' });
    const unit = text.map((x) => x / norm(text));
    const mean = new Float64Array(PATCHES);
    for (const { block, neuron } of found.chosen) {
      const { secondOrder } = await engine.heatmaps(one(IMAGE), block, neuron, unit);
      for (let i = 0; i < PATCHES; i++) mean[i]! += secondOrder[i]! / 12;
    }
    expect(relativeError(found.map, mean)).toBeLessThan(1e-4);
  });

  it('with every neuron of a block is the block’s whole share of the logit at each patch', async () => {
    const found = await reading.textMap(text, {
      ...options,
      blocks: [1],
      neurons,
      order: 'random',
      map: 'second-order',
    });
    const intact = representation(reading.embedding);
    const unit = text.map((x) => x / norm(text));
    const share = Float64Array.from({ length: PATCHES }, (_, patch) => {
      const left = reading.withoutPatch(patch, [1]).representation;
      return (dot(intact, unit, dim) - dot(left, unit, dim)) / neurons;
    });
    expect(relativeError(found.map, share)).toBeLessThan(1e-3);
  });

  it('at random is the same for the same seed', async () => {
    const draw = (seed: number) =>
      reading.textMap(text, { ...options, order: 'random', seed }).then(({ chosen }) => chosen);
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it.each([
    ['a text of another model', new Float32Array(7).fill(1), {}, /another model/],
    ['a text without direction', new Float32Array(dim), {}, /no direction/],
    ['no neurons', text, { neurons: 0 }, /At least one neuron/],
    ['no blocks', text, { blocks: [] }, /at least one block/],
    ['a block that was not read', text, { blocks: [2] }, /Block 2 was not read/],
  ])('refuses %s', async (_, wrong, other, words) => {
    await expect((async () => reading.textMap(wrong, { ...options, ...other }))()).rejects.toThrow(words);
  });
});

describe('a text on the picture by the direct effects of heads', () => {
  const random = generator(5);
  const text = Float32Array.from({ length: dim }, () => random() - 0.5);

  it.each([[undefined], [[2]], [[0, 1]]])(
    'of blocks %j: the sum over heads at every patch',
    async (blocks) => {
      const plain = plainImageTower(weights, pixels.slice(IMAGE * each, (IMAGE + 1) * each));
      const { embedding, finalMean, finalStd } = plain;
      const end = { embedding, finalMean, finalInvStd: 1 / finalStd };
      const sums = new Float64Array(PATCHES);
      for (const block of blocks ?? [0, 1, 2]) {
        const { attentionRow, values } = plain.blocks[block]!;
        const row = attentionRow.flatMap((part) => [...part]);
        const on = { block, row, values: values.flatMap((part) => [...part]) };
        const effects = headTokenEffects(lensWeights(weights), on, end); // [T, H, D]
        for (let i = 0; i < PATCHES; i++) {
          for (let h = 0; h < 2; h++) sums[i]! += dot(effects, text, dim, ((i + 1) * 2 + h) * dim);
        }
      }
      const found = await reading.headTextMap(text, blocks);
      expect(found).toMatchObject({ gridSide: 7, flat: false });
      expect(relativeError(found.map, sums)).toBeLessThan(1e-4);
    },
  );

  it('is counted among what is kept once it was asked for', async () => {
    const fresh = await engine.readImage(one(IMAGE), []);
    const before = fresh.bytes;
    await fresh.headTextMap(text);
    expect(fresh.bytes - before).toBe(4 * layers * 50 * (128 + 2)); // values and CLS rows
  });

  it.each([
    ['a text of another model', new Float32Array(7), undefined, /another model/],
    ['a block that is not there', text, [3], /no block 3/],
    ['no blocks', text, [], /at least one block/],
  ])('refuses %s', async (_, wrong, blocks, words) => {
    await expect(reading.headTextMap(wrong, blocks)).rejects.toThrow(words);
  });
});

it('the paths of a neuron along one vector, without forming them', () => {
  const paths = blockPaths(lensWeights(weights), 0);
  const random = generator(6);
  const vector = Float32Array.from({ length: dim }, () => random() - 0.5);
  const along = alongVector(paths, vector, [2, 40]);
  const heads = paths.heads.length;
  for (const n of [2, 40]) {
    const vectors = pathVectors(paths, n, n + 1);
    const truth = paths.heads.map((_, r) => dot(vectors, vector, dim, r * dim));
    expect(relativeError(along.slice(n * heads, (n + 1) * heads), truth)).toBeLessThan(1e-5);
  }
  expect(along.filter((x) => x !== 0)).toHaveLength(2 * heads);
});

describe('passes in ranges', () => {
  const lens = lensWeights(weights);
  const paths = blockPaths(lens, 0);
  const random = generator(8);
  const noise = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  const heads = paths.heads.length;
  let backend: Backend;
  const passesOf = (floats: number) =>
    new ReadingPasses({ backend, sessions: new Sessions(backend), scheduler: new Scheduler() }, floats);
  beforeAll(async () => {
    backend = await nodeBackend({ threads: 1 });
  });
  afterAll(() => backend.dispose());

  it.each([1, 7 * 256, 2 ** 20])('of %d floats: what the lens computes', async (floats) => {
    const [coefficients, shared, vectors] = [noise(heads * neurons), noise(dim), noise(neurons * dim)];
    const effects = await passesOf(floats).effects(paths, paths.writes, coefficients, shared);
    const along = await passesOf(floats).along(paths, vectors);
    for (const n of [0, 6, 7, neurons - 1]) {
      const u = pathVectors(paths, n, n + 1);
      const scaled = paths.heads.map((_, r) => coefficients[r * neurons + n]!);
      const row = effects.slice(n * dim, (n + 1) * dim);
      expect(relativeError(row, effect(scaled, u, shared))).toBeLessThan(1e-5);
      const truth = alongDirection(u, vectors.subarray(n * dim, (n + 1) * dim));
      expect(relativeError(along.slice(n * heads, (n + 1) * heads), truth)).toBeLessThan(1e-5);
    }
  });
});

describeWithShared('pictures of the reference model, against the released code', () => {
  const folder = (name: string) => sharedPath('reference/small', name);
  const truth = (name: string) => readNpy<Float32Array>(folder(`${name}.npy`)).data;
  const SIDE = 32;
  const size = 3 * SIDE ** 2;
  let model: Engine;
  let all: Float32Array;
  const found: BlockReference[] = [];
  const read = (image: number) =>
    model.readImage(pixelsInMemory(all.slice(image * size, (image + 1) * size), SIDE), found);

  beforeAll(async () => {
    const config: unknown = JSON.parse(readFileSync(folder('config.json'), 'utf8'));
    model = await openNodeEngine({
      weights: readCheckpoint(readFileSync(folder('model.safetensors')), config),
      threads: 1,
    });
    all = await referencePixels(readdirSync(folder('images')).filter((name) => name.endsWith('.png')).length);
    const blocks = [0, 1, 2];
    for await (const analysis of model.analyseBlocks(pixelsInMemory(all, SIDE), blocks, {
      topK: 100,
      listed: 20,
    }))
      found.push(referenceOf(analysis));
  }, 60_000);
  afterAll(() => model.dispose());

  it('without all neurons of a block', async () => {
    const released = [0, 1, 2].map((block) => truth(`layer${block}_representation_without_all`));
    const rows = released[0]!.length / 160;
    for (const image of [0, 1, 77, 159]) {
      const picture = await read(image);
      for (const [block, representations] of released.entries()) {
        const { representation: left } = await picture.ablate([{ block, neurons: 'all' }]);
        const expected = representations.subarray(image * rows, (image + 1) * rows);
        expect(relativeError(left, expected)).toBeLessThan(1e-4);
      }
    }
  });

  it('segmented as released', async () => {
    const heatmaps = truth('segmentation_heatmaps_first4');
    for (let image = 0; image < 4; image++) {
      const picture = await read(image);
      const classes = referenceClasses(picture.embedding.length);
      const name = predictedClass(classScores(picture.embedding, classes));
      const { order, signs } = RELEASED_SEGMENTATION;
      const { map } = await picture.textMap(
        classes.vectors.slice(name * classes.dim, (name + 1) * classes.dim),
        { blocks: [1, 2], neurons: 20, order, signs, map: 'activation' },
      );
      const { values } = pixelMap(map, SIDE);
      const expected = heatmaps.subarray(image * SIDE ** 2, (image + 1) * SIDE ** 2);
      values.forEach((x, i) => {
        expect(Math.abs(x - expected[i]!)).toBeLessThan(1e-4);
      });
    }
  });
});
