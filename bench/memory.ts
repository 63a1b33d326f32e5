/**
 * Peak memory and time of analysing a set with ViT-B/32 on Node, in a process of its own:
 * `npx tsx bench/memory.ts [--images 2000] [--block 9] [--budget-mb 1024] [--top 100]`
 */

import { laterHeads } from '../src/clip/trace.ts';
import { coefficientBytes } from '../src/engine/coefficientSource.ts';
import type { PixelSource } from '../src/engine/engine.ts';
import { openNodeEngine } from '../src/engine/nodeEngine.ts';
import type { Progress } from '../src/progress.ts';
import { generator, VIT_B_32 } from '../test/support/randomClip.ts';
import { numberOption, report } from './measure.ts';
import { randomVitB32 } from './model.ts';

const images = numberOption('images', 2000);
const block = numberOption('block', 9);
const budgetMb = numberOption('budget-mb', 1024);
const topK = Math.min(numberOption('top', 100), images);

/** Noise of a level of its own for every picture, made when asked for, as decoding would. */
const pixels: PixelSource = {
  count: images,
  async read(from, size) {
    const each = 3 * 224 * 224;
    const batch = new Float32Array(size * each);
    for (let i = 0; i < size; i++) {
      const random = generator(from + i + 1);
      const level = random();
      for (let j = 0; j < each; j++) batch[i * each + j] = level + random();
    }
    return batch;
  },
};

const mb = (bytes: number): number => Math.round(bytes / 2 ** 20);
const engine = await openNodeEngine({ weights: randomVitB32(), budget: budgetMb * 2 ** 20 });
const loaded = mb(process.memoryUsage().rss);
const started = performance.now();
const stages = new Map<string, number>();
const onProgress = ({ stage }: Progress): void => {
  stages.set(stage, performance.now());
};
const analysis = await engine.analyse(pixels, { block, topK, listed: 20 }, { onProgress });
const seconds = (performance.now() - started) / 1000;
const { layers, heads, neurons } = VIT_B_32.vision!;
let last = started;
for (const [stage, at] of stages) {
  console.log(`${((at - last) / 1000).toFixed(1).padStart(7)} s  ${stage}`);
  last = at;
}
report(`Analysis of ${images} images, ViT-B/32 block ${block}, budget ${budgetMb} MB`, [
  {
    images: analysis.images,
    'coefficients MB': mb(coefficientBytes(images, laterHeads(block, layers, heads).length, neurons)),
    'loaded MB': loaded,
    'peak MB': Math.round(process.resourceUsage().maxRSS / 1024),
    seconds: Number(seconds.toFixed(1)),
    'ms an image': Number(((1000 * seconds) / images).toFixed(1)),
  },
]);
await engine.dispose();
