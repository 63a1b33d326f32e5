/**
 * Peak memory and time of analysing a set with ViT-B/32 on Node, in a process of its own:
 * `npx tsx bench/memory.ts [--images 2000] [--block 9] [--budget-mb 192] [--top 100]`
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import { configJson } from '../src/clip/configJson.ts';
import { laterHeads } from '../src/clip/trace.ts';
import type { ClipWeights } from '../src/clip/weights.ts';
import { coefficientBytes } from '../src/engine/analysis/coefficientSource.ts';
import type { PixelSource } from '../src/engine/engine.ts';
import { NODE_BUDGET_BYTES, openNodeEngine } from '../src/engine/nodeEngine.ts';
import type { Progress } from '../src/progress.ts';
import { generator, VIT_B_32 } from '../test/support/randomClip.ts';
import { numberOption, report } from './measure.ts';

const mb = (bytes: number): number => Math.round(bytes / 2 ** 20);
const images = numberOption('images', 2000);
const block = numberOption('block', 9);
const budgetMb = numberOption('budget-mb', mb(NODE_BUDGET_BYTES));
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

/** Read from a file, as the command line does. */
function model(): ClipWeights {
  const folder = mkdtempSync(join(tmpdir(), 'neuronlens-bench-'));
  const file = join(folder, 'model.safetensors');
  const writer = fileURLToPath(new URL('./writeModel.ts', import.meta.url));
  execFileSync(process.execPath, [...process.execArgv, writer, file], { stdio: 'inherit' });
  const weights = readCheckpoint(readFileSync(file), configJson(VIT_B_32));
  rmSync(folder, { recursive: true });
  return weights;
}

const engine = await openNodeEngine({ weights: model(), budget: budgetMb * 2 ** 20 });
const loaded = mb(process.memoryUsage().rss);
const started = performance.now();
const stages = new Map<string, number>();
const sizes = new Map<string, string>();
const onProgress = ({ stage }: Progress): void => {
  stages.set(stage, performance.now());
  const { rss, arrayBuffers } = process.memoryUsage();
  sizes.set(stage, `${mb(rss)} MB, of it ${mb(arrayBuffers)} in arrays`);
};
const analysis = await engine.analyse(pixels, { block, topK, listed: 20 }, { onProgress });
const seconds = (performance.now() - started) / 1000;
const { layers, heads, neurons } = VIT_B_32.vision!;
let last = started;
for (const [stage, at] of stages) {
  console.log(`${((at - last) / 1000).toFixed(1).padStart(7)} s  ${stage}: ${sizes.get(stage)}`);
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
