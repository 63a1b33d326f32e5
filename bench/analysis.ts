/**
 * What an analysis costs beside the forward passes over the same pixels, ViT-B/32 with random weights:
 * `npx tsx bench/analysis.ts [--images 2000] [--block 9] [--all 0|1] [--budget-mb 4096] [--top 100]`.
 * A plain batch of the same engine is timed after every eighth batch of the analysis and scaled to the set, so
 * that a machine that slows down slows both. Processor time is given beside the clock's: other programs' load
 * does not count in it. `--images 64 --top 10` for a quick look.
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
const BATCH = 8;
/** Milliseconds by the clock and of processor time. */
interface Spent {
  clock: number;
  processor: number;
}
async function spent(into: Spent, work: () => Promise<unknown>): Promise<void> {
  const clock = performance.now();
  const processor = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(processor);
  into.clock += performance.now() - clock;
  into.processor += (user + system) / 1000;
}
const plain: Spent = { clock: 0, processor: 0 };
let plainImages = 0;
/** The set, with a timed plain batch now and then. */
function interrupted(): PixelSource {
  const whole = source(images);
  let reads = 0;
  return {
    count: images,
    async read(from, size) {
      if (reads++ % 8 === 0) {
        await spent(plain, () => engine.embedImages(source(BATCH)));
        plainImages += BATCH;
      }
      return whole.read(from, size);
    },
  };
}
await engine.embedImages(source(2 * BATCH)); // builds the session

const stages = new Map<string, number>();
let last = performance.now();
const onProgress = ({ stage }: Progress): void => {
  const now = performance.now();
  stages.set(stage, (stages.get(stage) ?? 0) + now - last);
  last = now;
};
const total: Spent = { clock: 0, processor: 0 };
let done = 0;
await spent(total, async () => {
  const analyses = engine.analyseBlocks(interrupted(), blocks, { topK, listed: 20 }, { onProgress });
  for await (const analysis of analyses) done += check(analysis);
});
const forward = {
  clock: (plain.clock / plainImages) * images,
  processor: (plain.processor / plainImages) * images,
};
const analysis = { clock: total.clock - plain.clock, processor: total.processor - plain.processor };
await engine.dispose();

function check({ norms, neurons }: BlockAnalysis): number {
  if (!(norms[0]! > 0) || norms.length !== images * neurons) throw new Error('no analysis came back');
  return 1;
}

for (const [stage, ms] of stages) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s until: ${stage}`);
report(`Analysis of ${images} images, ViT-B/32, ${done === 1 ? `block ${blocks[0]}` : `${done} blocks`}`, [
  { what: 'forward passes, plain', ...row(forward) },
  { what: 'analysis', ...row(analysis) },
  {
    what: 'ratio',
    clock: round(analysis.clock / forward.clock),
    processor: round(analysis.processor / forward.processor),
  },
]);
console.log(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);

/** Milliseconds an image. */
function row({ clock, processor }: Spent): { clock: number; processor: number } {
  return { clock: round(clock / images), processor: round(processor / images) };
}

function round(x: number): number {
  return Number(x.toPrecision(4));
}
