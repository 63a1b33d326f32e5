/**
 * What the instruments cost: ViT-B/32 forward passes plain, with the coefficients of one block, and of
 * all blocks, interleaved. Run with `npx tsx bench/instrumented.ts [--batch 8] [--rounds 7]`.
 */
import { imageTowerGraph, PIXELS } from '../src/clip/graph/imageTower.ts';
import type { Instruments } from '../src/clip/trace.ts';
import { nodeBackend } from '../src/engine/backends/node.ts';
import { interleaved, numberOption, report } from './measure.ts';
import { noise, randomVitB32 } from './model.ts';

const batch = numberOption('batch', 8);
const rounds = numberOption('rounds', 7);
const weights = randomVitB32();
const backend = await nodeBackend();
const pixels = backend.tensor('float32', noise(batch), [batch, 3, 224, 224]);

const kinds: [string, Instruments][] = [
  ['plain', {}],
  ['coefficients of block 9', { coefficients: [9] }],
  ['coefficients of all 11 blocks', { coefficients: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }],
];
const contenders = await Promise.all(
  kinds.map(async ([name, instruments]) => {
    const session = await backend.session(imageTowerGraph(weights, instruments));
    return { name, run: () => session.run({ [PIXELS]: pixels }) };
  }),
);
const timings = await interleaved(contenders, rounds);
const plain = timings[0]!.ms;
report(
  `Instrumented forward pass, ViT-B/32, batch ${batch}, ${backend.info.threads} threads`,
  timings.map(({ name, ms, runs }) => ({
    pass: name,
    'ms an image': Number((ms / batch).toFixed(1)),
    ratio: Number((ms / plain).toFixed(3)),
    runs,
  })),
);
