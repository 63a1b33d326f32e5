/**
 * Plain forward passes beside `@huggingface/transformers`, on the same weights, backend and threads, interleaved in one
 * run: `npx tsx bench/forward.ts [--backend cpu|wasm|webgpu] [--batch 8] [--rounds 9] [--threads 2] [--model vit-b-32|small]`.
 *
 * Random weights of ViT-B/32, or of a small model that only shows whether the bench works. Theirs runs the ONNX export of the same weights
 * (scripts/fixtures/export_vision.py, `--python` says with which interpreter: torch, transformers, onnx), which is made
 * once in .cache/forward. `@huggingface/transformers` is not a dependency of ours (470 MB): it is installed there too,
 * without scripts. It runs as it ships, on the runtime it ships with: on Node in this process; with `--backend wasm` or
 * `webgpu` in headless Chromium, beside our graphs on our onnxruntime-web. A software adapter takes tens of seconds an image:
 * `--batch 1 --rounds 1`.
 * Images/s, the ratio of times (ours over theirs; at most 1 wanted), and the largest difference of embeddings.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import type { ClipConfig } from '../src/clip/config.ts';
import { configJson } from '../src/clip/configJson.ts';
import { imageTowerGraph, PIXELS } from '../src/clip/graph/imageTower.ts';
import type { ClipWeights } from '../src/clip/weights.ts';
import { imageFlops } from '../src/engine/checks/plan.ts';
import { relativeError } from '../test/support/close.ts';
import { randomCheckpoint, VIT_B_32 } from '../test/support/randomClip.ts';
import { timeInBrowser } from './inBrowser.ts';
import { interleaved, numberOption, report, type Timing, textOption } from './measure.ts';
import { noise } from './model.ts';

const batch = numberOption('batch', 8);
const rounds = numberOption('rounds', 9);
const threads = numberOption('threads', availableParallelism());
const backend = textOption('backend', 'cpu');
const python = textOption('python', 'python3');
const root = fileURLToPath(new URL('../', import.meta.url));
const cache = resolve(root, '.cache/forward');
const packages = resolve(cache, 'node_modules');

const MODELS: Readonly<Record<string, ClipConfig>> = {
  'vit-b-32': VIT_B_32,
  small: { vision: { ...VIT_B_32.vision!, width: 128, layers: 2, heads: 2, neurons: 512 }, dim: 64 },
};
const name = textOption('model', 'vit-b-32');
const sizes = MODELS[name];
if (!sizes) throw new Error(`--model wants one of ${Object.keys(MODELS).join(', ')}`);
const folder = resolve(cache, name);

/** The same weights as a Hugging Face folder with the export beside them. */
function prepare(): void {
  mkdirSync(resolve(folder, 'onnx'), { recursive: true });
  const weights = resolve(folder, 'model.safetensors');
  if (!existsSync(weights)) writeFileSync(weights, randomCheckpoint(sizes!, 1));
  const config = configJson(sizes!);
  writeFileSync(resolve(folder, 'config.json'), JSON.stringify(config));
  const target = resolve(folder, 'onnx/vision_model.onnx');
  if (existsSync(target)) return;
  console.log('Exporting the same weights with torch.onnx …');
  execFileSync(python, [resolve(root, 'scripts/fixtures/export_vision.py'), folder, target], {
    stdio: 'inherit',
  });
}

type Runner = () => Promise<Float32Array>;

const model = (): ClipWeights =>
  readCheckpoint(readFileSync(resolve(folder, 'model.safetensors')), configJson(sizes!));

function installTransformers(): void {
  if (existsSync(resolve(packages, '@huggingface/transformers/dist'))) return;
  console.log(`Installing @huggingface/transformers in ${cache} …`);
  writeFileSync(resolve(cache, 'package.json'), '{"private":true}');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '@huggingface/transformers@4'];
  execFileSync('npm', ['install', ...options], { cwd: cache, stdio: 'inherit' });
}

async function theirs(pixels: Float32Array): Promise<Runner> {
  const entry = resolve(packages, '@huggingface/transformers/dist/transformers.node.mjs');
  const { CLIPVisionModelWithProjection, Tensor, env } = await import(pathToFileURL(entry).href);
  env.allowRemoteModels = false;
  env.localModelPath = `${cache}/`;
  const tower = await CLIPVisionModelWithProjection.from_pretrained(name, {
    device: 'cpu',
    dtype: 'fp32',
    session_options: {
      intraOpNumThreads: threads,
      extra: { session: { intra_op: { allow_spinning: '0' } } }, // or it steals our cores between its runs
    },
  });
  const input = new Tensor('float32', pixels, [batch, 3, 224, 224]);
  return async () => (await tower({ pixel_values: input })).image_embeds.data as Float32Array;
}

async function ours(pixels: Float32Array): Promise<Runner> {
  const graph = imageTowerGraph(model());
  const { nodeBackend } = await import('../src/engine/backends/node.ts');
  const device = await nodeBackend({ threads });
  const session = await device.session(graph);
  const input = device.tensor('float32', pixels, [batch, 3, 224, 224]);
  return async () => (await session.run({ [PIXELS]: input })).embedding!.data as Float32Array;
}

interface Measured {
  readonly timings: readonly Timing[];
  readonly difference: number;
  readonly where: string;
}

async function inNode(pixels: Float32Array): Promise<Measured> {
  const contenders = [
    { name: 'ours', run: await ours(pixels) },
    { name: 'transformers.js', run: await theirs(pixels) },
  ];
  const [mine, other] = await Promise.all(
    contenders.map(({ run }) => run().then((r) => Float32Array.from(r))),
  );
  const difference = relativeError(mine!, other!);
  return { timings: await interleaved(contenders, rounds), difference, where: `Node, ${threads} threads` };
}

async function inChromium(pixels: Float32Array): Promise<Measured> {
  const { model: bytes, files } = imageTowerGraph(model());
  const { timings, outputs, runtimes, adapter } = await timeInBrowser(
    [
      { kind: 'graph', name: 'ours', model: bytes, files, input: PIXELS, output: 'embedding' },
      { kind: 'transformers', name: 'transformers.js', model: name },
    ],
    { provider: backend, batch, rounds, threads, pixels, packages, models: cache },
  );
  const where = `Chromium, ${backend === 'webgpu' ? adapter : `${threads} threads`} (${runtimes.join(' and ')})`;
  return { timings, difference: relativeError(outputs[0]!, outputs[1]!), where };
}

prepare();
installTransformers();
const pixels = noise(batch);
const { timings, difference, where } = await (backend === 'cpu' ? inNode : inChromium)(pixels);
const flops = imageFlops(sizes.vision!) * batch;
report(`Plain forward pass, ${name}, batch ${batch}, ${backend}, ${where}`, [
  ...timings.map(({ name, ms }) => ({
    what: name,
    'images/s': Number(((1000 * batch) / ms).toFixed(1)),
    'GFLOP/s': Number((flops / ms / 1e6).toFixed(0)),
  })),
  {
    what: 'time, ours / theirs',
    'images/s': Number((timings[0]!.ms / timings[1]!.ms).toFixed(3)),
    'GFLOP/s': '',
  },
  { what: 'largest difference, relative', 'images/s': Number(difference.toExponential(1)), 'GFLOP/s': '' },
]);
process.exit(0);
