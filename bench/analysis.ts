/**
 * What an analysis costs beside the forward passes over the same pixels, ViT-B/32 with random weights:
 * `npx tsx bench/analysis.ts [--images 2000] [--block 9] [--all 0|1] [--budget-mb 4096] [--top 100]`.
 * Plain passes are run on a part of the set before and after the analysis, on the same engine, and scaled
 * to the set: a machine that slows down on the way slows both. `--images 64 --top 10` for a quick look.
 */

import type { PixelSource } from '../src/engine/engine.ts';
import { openNodeEngine } from '../src/engine/nodeEngine.ts';
import type { BlockAnalysis } from '../src/lens/analysis.ts';
import type { Progress } from '../src/progress.ts';
import { numberOption, report } from './measure.ts';
import { noise, randomVitB32 } from './model.ts';

const images = numberOption('images', 2000);
const all = numberOption('all', 0) === 1;
const budget = numberOption('budget-mb', all ? 4096 : 512) * 2 ** 20;
const topK = Math.min(numberOption('top', 100), images);
const weights = randomVitB32();
const { layers } = weights.config.vision!;
const blocks = all ? Array.from({ length: layers - 1 }, (_, l) => l) : [numberOption('block', 9)];
const PLAIN = Math.min(images, 128);

/** A few noisy pictures over and over, each time a little brighter: making pixels must not count. */
const POOL = 32;
const EACH = 3 * 224 * 224;
const pool = noise(POOL);
const source = (count: number): PixelSource => ({
  count,
  async read(from, size) {
    const batch = new Float32Array(size * EACH);
    for (let i = 0; i < size; i++) {
      const at = ((from + i) % POOL) * EACH;
      batch.set(pool.subarray(at, at + EACH), i * EACH);
      batch[i * EACH] = (from + i) / 100;
    }
    return batch;
  },
});

const engine = await openNodeEngine({ weights, budget });
/** Seconds an image of plain forward passes. */
async function plain(): Promise<number> {
  const started = performance.now();
  await engine.embedImages(source(PLAIN));
  return (performance.now() - started) / 1000 / PLAIN;
}
await engine.embedImages(source(16)); // builds the session

const before = await plain();
const stages = new Map<string, number>();
let last = performance.now();
const onProgress = ({ stage }: Progress): void => {
  const now = performance.now();
  stages.set(stage, (stages.get(stage) ?? 0) + now - last);
  last = now;
};
const started = performance.now();
let done = 0;
for await (const analysis of engine.analyseBlocks(
  source(images),
  blocks,
  { topK, listed: 20 },
  { onProgress },
)) {
  done += check(analysis);
}
const seconds = (performance.now() - started) / 1000;
const after = await plain();
const forward = ((before + after) / 2) * images;
await engine.dispose();

function check({ norms, neurons }: BlockAnalysis): number {
  if (!(norms[0]! > 0) || norms.length !== images * neurons) throw new Error('no analysis came back');
  return 1;
}

for (const [stage, ms] of stages) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s until: ${stage}`);
report(`Analysis of ${images} images, ViT-B/32, ${done === 1 ? `block ${blocks[0]}` : `${done} blocks`}`, [
  { what: 'forward passes, plain', seconds: round(forward), 'ms an image': round((1000 * forward) / images) },
  { what: 'analysis', seconds: round(seconds), 'ms an image': round((1000 * seconds) / images) },
  { what: 'ratio', seconds: round(seconds / forward), 'ms an image': round(after / before) },
]);
console.log(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);

function round(x: number): number {
  return Number(x.toPrecision(4));
}
