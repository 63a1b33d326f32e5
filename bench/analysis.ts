/**
 * What an analysis costs beside the forward passes over the same pixels, ViT-B/32 with random weights, all blocks streamed:
 * `npx tsx bench/analysis.ts [--images 2000] [--block 9] [--budget-mb 8192] [--top 100] [--again 1] [--held 1]`.
 * A plain batch of the same engine is timed before every fourth chunk of the analysis and scaled to the set, so that a
 * machine that slows down slows both. Processor time is given beside the clock's: other programs' load does not count in it.
 * `--block` takes one block alone; `--again 1` adds the second look; `--held 1` times the way that holds the images instead
 * (`analyseBlocks`, `--budget-mb 4096`). `--images 64 --top 10` for a quick look.
 */

import type { PixelSource } from '../src/engine/engine.ts';
import { openNodeEngine } from '../src/engine/nodeEngine.ts';
import { finishWhole } from '../src/engine/stream/settle.ts';
import type { StreamSource } from '../src/engine/stream/streaming.ts';
import type { BlockSummary } from '../src/lens/blockSummary.ts';
import { summarise } from '../src/lens/summarise.ts';
import type { Progress } from '../src/progress.ts';
import { numberOption, report } from './measure.ts';
import { noise, randomVitB32 } from './model.ts';

const images = numberOption('images', 2000);
const held = numberOption('held', 0) === 1;
const budget = numberOption('budget-mb', held ? 4096 : 8192) * 2 ** 20;
const topK = Math.min(numberOption('top', 100), images);
const weights = randomVitB32();
const { layers } = weights.config.vision!;
const block = numberOption('block', -1);
const blocks = block < 0 ? Array.from({ length: layers - 1 }, (_, l) => l) : [block];

/** Mixtures of a few noisy pictures, all different: making them must not count. */
const POOL = 32;
const EACH = 3 * 224 * 224;
const pool = noise(POOL);
const source = (count: number): PixelSource => ({
  count,
  async read(from, size) {
    const batch = new Float32Array(size * EACH);
    for (let i = 0; i < size; i++) {
      const number = from + i;
      const one = pool.subarray((number % POOL) * EACH, ((number % POOL) + 1) * EACH);
      const other = pool.subarray(((7 * number + 3) % POOL) * EACH, (((7 * number + 3) % POOL) + 1) * EACH);
      const [a, b, level] = [Math.cos(number), Math.sin(number), Math.sin(3 * number)];
      for (let j = 0; j < EACH; j++) batch[i * EACH + j] = a * one[j]! + b * other[j]! + level;
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
const nothing = (): Spent => ({ clock: 0, processor: 0 });
async function spent(into: Spent, work: () => Promise<unknown>): Promise<void> {
  const clock = performance.now();
  const processor = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(processor);
  into.clock += performance.now() - clock;
  into.processor += (user + system) / 1000;
}
const plain = nothing();
let plainImages = 0;
/** A plain batch, timed while the device has nothing else to do: between two chunks of the analysis. */
async function timePlain(from: number): Promise<void> {
  const batch = await source(BATCH).read(from, BATCH);
  await spent(plain, () => engine.embedImages({ count: BATCH, read: async () => batch }));
  plainImages += BATCH;
}
/** The set, with a timed plain batch every 128 pictures: for an analysis that reads no batch ahead. */
function interrupted(): PixelSource {
  const whole = source(images);
  let next = 0;
  return {
    count: images,
    async read(from, size) {
      if (from >= next) {
        next = from + 128;
        await timePlain(from);
      }
      return whole.read(from, size);
    },
  };
}
function streamed(pixels: PixelSource): StreamSource {
  return {
    count: pixels.count,
    async read(from, size) {
      const numbers = Array.from({ length: size }, (_, i) => from + i);
      return { pixels: await pixels.read(from, size), numbers };
    },
  };
}
await engine.embedImages(source(2 * BATCH)); // builds the session

const stages = new Map<string, Spent>();
let last = { clock: performance.now(), processor: process.cpuUsage() };
const onProgress = ({ stage }: Progress): void => {
  const name = stage.replace(/^Blocks? \d+( to \d+)?: /, '');
  const of = stages.get(name) ?? nothing();
  const { user, system } = process.cpuUsage(last.processor);
  of.clock += performance.now() - last.clock;
  of.processor += (user + system) / 1000;
  stages.set(name, of);
  last = { clock: performance.now(), processor: process.cpuUsage() };
};
const total = nothing();
const summaries: BlockSummary[] = [];
await spent(total, held ? hold : stream);
const forward = {
  clock: (plain.clock / plainImages) * images,
  processor: (plain.processor / plainImages) * images,
};
const analysis = { clock: total.clock - plain.clock, processor: total.processor - plain.processor };
await engine.dispose();
for (const { block: of, overview, images: seen } of summaries) {
  if (!(overview.thresholds[0]! > 0) || seen !== images) throw new Error(`block ${of} was not analysed`);
}

async function hold(): Promise<void> {
  const options = { topK, listed: 20 };
  for await (const one of engine.analyseBlocks(interrupted(), blocks, options, { onProgress })) {
    summaries.push(summarise(one));
  }
}

async function stream(): Promise<void> {
  const pictures = streamed(source(images));
  const job = { onProgress };
  let chunks = 0;
  const onCheckpoint = async (): Promise<void> => {
    if (chunks++ % 4 === 0) await timePlain(chunks);
  };
  const states = await engine.stream(pictures, blocks, { topK }, { ...job, onCheckpoint });
  const options = { topK, listed: 20 };
  if (numberOption('again', 0) === 1) {
    summaries.push(...(await finishWhole(engine, streamed(source(images)), states, options, job)));
    return;
  }
  for (const state of states) summaries.push(await engine.finish(state, options, job));
}

for (const [stage, { clock, processor }] of stages) {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(7);
  console.log(`${seconds(processor)} s of processor,${seconds(clock)} s until: ${stage}`);
}
const unproven = summaries.reduce((sum, { uncertified }) => sum + uncertified, 0);
const what = `${summaries.length === 1 ? `block ${blocks[0]}` : `${summaries.length} blocks`}${held ? ', held' : ''}`;
report(`Analysis of ${images} images, ViT-B/32, k = ${topK}, ${what}; top sets not proven: ${unproven}`, [
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
