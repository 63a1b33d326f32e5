/**
 * ViT-L/14 at full size with random weights on Node: does it load and run, in how much memory and time, beside
 * what the plan says. `npx tsx bench/large.ts [--half 0|1] [--images 4] [--analyse 0|1]`. With `--half 1` the graph is
 * the one GPUs run in half precision; a processor computes it with rounding steps in between, so only its
 * deviation is telling there, not its time.
 */
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import type { ClipConfig } from '../src/clip/config.ts';
import { configJson } from '../src/clip/configJson.ts';
import { nodeBackend } from '../src/engine/backends/node.ts';
import { planRun, visionParameters } from '../src/engine/checks/plan.ts';
import { ClipEngine } from '../src/engine/clipEngine.ts';
import { pixelsInMemory } from '../src/engine/pixels.ts';
import { randomCheckpoint, VIT_B_32 } from '../test/support/randomClip.ts';
import { numberOption, report } from './measure.ts';
import { noise } from './model.ts';

const config: ClipConfig = {
  vision: { ...VIT_B_32.vision!, width: 1024, layers: 24, heads: 16, neurons: 4096, patchSize: 14 },
  dim: 768,
};
const images = numberOption('images', 4);
const half = numberOption('half', 0) === 1;
const mb = (bytes: number): number => Math.round(bytes / 1e6);
const resident = (): number => process.memoryUsage().rss;

const bytes = randomCheckpoint(config, 1, half ? 'F16' : 'F32');
const weights = readCheckpoint(bytes, configJson(config));
const backend = { ...(await nodeBackend()), half: true };
const { threads } = backend.info;
for (const plan of [
  planRun(config, { backend: 'webgpu', precision: 'float16' }),
  planRun(config, { backend: 'wasm', threads }),
  planRun(config, { backend: 'cpu', threads }),
]) {
  console.log(`${plan.backend}, ${plan.precision}, batch ${plan.batchSize}: ${plan.sentences.join(' ')}`);
}

const engine = new ClipEngine(backend, { weights, precision: half ? 'float16' : 'float32' });
const source = pixelsInMemory(noise(images), 224);
const before = resident();
await engine.embedImages(pixelsInMemory(noise(1), 224));
const loaded = resident();
const started = performance.now();
const embeddings = await engine.embedImages(source);
const seconds = (performance.now() - started) / 1000 / images;
if (!embeddings.every(Number.isFinite)) throw new Error('embeddings that are not finite');
const rows: Record<string, string | number>[] = [
  { what: 'parameters, millions', value: Math.round(visionParameters(config.vision!, config.dim) / 1e6) },
  { what: 'weights in the file, MB', value: mb(bytes.byteLength) },
  { what: 'session and one image, MB', value: mb(loaded - before) },
  { what: 'seconds an image', value: Number(seconds.toPrecision(3)) },
];
if (numberOption('analyse', 0) === 1) {
  const clock = performance.now();
  const analysis = await engine.analyse(source, { block: 22, topK: Math.min(3, images), listed: 3 });
  rows.push(
    { what: 'norm of the first effect, block 22', value: Number(analysis.norms[0]!.toPrecision(3)) },
    { what: 'seconds of the analysis', value: Number(((performance.now() - clock) / 1000).toPrecision(3)) },
  );
}
report(`ViT-L/14 on Node, ${engine.backend.precision}, ${threads} threads`, [
  ...rows,
  { what: 'peak of the process, MB', value: Math.round(process.resourceUsage().maxRSS / 1000) },
]);
await engine.dispose();
