import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import { mergeRows, sharedSweeps, type TableRow } from '../../src/engine/tables/ablationTable.ts';
import { ablateBlockInPlainLoops } from '../../src/lens/ablateBlock.ts';
import { significance } from '../../src/lens/ablation.ts';
import { lensWeights } from '../../src/lens/lensWeights.ts';
import { blockPaths } from '../../src/lens/paths.ts';
import { classEmbeddings } from '../../src/lens/zeroShot.ts';
import { normals, randomArray } from '../lens/random.ts';
import { relative } from '../lens/referenceSet.ts';
import { plainImageTower } from '../support/plainClip.ts';
import { FIFTY_TOKENS, plainTraces, randomPixels, randomWeights } from './cases.ts';

const IMAGES = 11;
const weights = randomWeights(FIFTY_TOKENS, 5);
const { dim } = weights.config;
const { neurons, imageSize } = weights.config.vision!;
const data = randomPixels(IMAGES, imageSize, 9);
const pixels = pixelsInMemory(data, imageSize);
let engine: Engine;
beforeAll(async () => {
  engine = await openNodeEngine({ weights, threads: 1, batchSize: 3 });
});
afterAll(() => engine.dispose());

it('ablations of all blocks in one sweep are those of plain loops, and go on where they stopped', async () => {
  const classes = classEmbeddings(randomArray(normals(4), 4 * dim), dim, 1);
  const labels = Int32Array.from({ length: IMAGES }, (_, i) => (i === 2 ? -1 : i % 4));
  const analyses = [];
  for await (const analysis of engine.analyseBlocks(pixels, [0, 1], { topK: 5, listed: 1 }))
    analyses.push(analysis);
  const rebuildsOf = (directions: Float32Array) =>
    (['corrected', 'as-released'] as const).map((form) => ({
      terms: 4,
      pool: 'made up',
      form,
      reconstructions: directions.map((x, i) => 0.6 * x + 0.05 * Math.cos(i)),
    }));
  const blocks = analyses.map(({ options, means, directions, norms, thresholds }) => ({
    block: options.block,
    means,
    directions,
    significant: (i: number) => significance(norms.subarray(i * neurons, (i + 1) * neurons), thresholds),
    rebuilds: rebuildsOf(directions),
  }));
  const request = { blocks, classes, labels, seeds: [1, 2] };
  let table: TableRow[] = [];
  let half: TableRow[] = [];
  for await (const { done, rows } of engine.ablations(pixels, request)) {
    table = mergeRows(table, rows);
    if (done === 6) half = table;
  }
  let rest = half;
  for await (const { rows } of engine.ablations(pixels, { ...request, from: 6 }))
    rest = mergeRows(rest, rows);
  expect(rest).toEqual(table);

  for (const [index, analysis] of analyses.entries()) {
    const { block } = analysis.options;
    const traces = plainTraces(weights, data, block).map((trace, i) => ({
      ...trace,
      label: labels[i]!,
      norms: analysis.norms.subarray(i * neurons, (i + 1) * neurons),
    }));
    const truth = ablateBlockInPlainLoops(
      blockPaths(lensWeights(weights), block),
      traces.filter(({ label }) => label >= 0),
      analysis,
      classes,
      blocks[index]!.rebuilds,
    );
    const own = table.filter((row) => row.block === block && row.ablation !== 'randomPush');
    expect(own.map(({ ablation, form, tally }) => [ablation, form, tally])).toEqual(
      truth.map(({ ablation, form, tally }) => [ablation, form, tally]),
    );
  }
  const pushes = table.filter(({ ablation }) => ablation === 'randomPush');
  expect(pushes).toHaveLength(2 * 3 * 2);
  for (const { tally } of table) expect(tally.total).toBe(IMAGES - 1);
});

it('indirect effects are those of running the whole tower with a neuron at its means', async () => {
  for (const block of [0, 1]) {
    const [means] = (await engine.meanActivations(pixels, [block])) as [Float64Array];
    const each = 3 * imageSize ** 2;
    const plain = (image: number, neuron?: number) =>
      plainImageTower(weights, data.subarray(image * each, (image + 1) * each), (b, rows) => {
        if (b !== block || neuron === undefined) return;
        rows.forEach((row, t) => {
          row[neuron] = means[t * neurons + neuron]!;
        });
      });
    const mean = Array.from({ length: IMAGES }, (_, i) => plain(i).blocks[block]!.activations[3]![7]!);
    expect(means[3 * neurons + 7]).toBeCloseTo(
      mean.reduce((sum, x) => sum + x / IMAGES, 0),
      4,
    );

    const asked = [7, 0, 31, 12]; // more than a batch
    const few = pixelsInMemory(data.slice(0, 2 * each), imageSize);
    let seen = 0;
    for await (const { image, embedding, ablated } of engine.indirectEffects(few, {
      block,
      neurons: asked,
      means,
    })) {
      seen++;
      expect(relative(embedding, plain(image).embedding)).toBeLessThan(1e-4);
      for (const [i, neuron] of asked.entries()) {
        const own = ablated.subarray(i * dim, (i + 1) * dim);
        const truth = plain(image, neuron).embedding;
        const change = (row: ArrayLike<number>) => Float64Array.from(row, (x, d) => x - embedding[d]!);
        expect(relative(change(own), change(truth))).toBeLessThan(2e-3);
      }
    }
    expect(seen).toBe(2);
  }
  const means = new Float64Array(neurons);
  const wrong = engine.indirectEffects(pixels, { block: 0, neurons: [neurons], means });
  await expect(wrong.next()).rejects.toThrow(/no neuron/);
}, 60_000);

it('labels that are not one a picture are refused', async () => {
  const classes = classEmbeddings(randomArray(normals(4), 4 * dim), dim, 1);
  const steps = engine.ablations(pixels, { blocks: [], classes, labels: [0], seeds: [] });
  await expect(steps.next()).rejects.toThrow(/1 labels are not one for each of the 11/);
});

it('blocks share a sweep as far as memory goes', () => {
  const blocks = Array.from({ length: 11 }, (_, block) => ({ block }));
  const sizes = (config: { width: number; neurons: number; layers: number }) =>
    sharedSweeps(blocks, config).map((group) => group.length);
  expect(sizes({ width: 64, neurons: 256, layers: 12 })).toEqual([11]);
  const large = sizes({ width: 768, neurons: 3072, layers: 12 });
  expect(large.length).toBeGreaterThan(1);
  expect(large.reduce((sum, size) => sum + size, 0)).toBe(11);
});
