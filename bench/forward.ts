/**
 * Plain forward passes beside `@huggingface/transformers`, on the same weights, runtime version and threads,
 * interleaved in one run: `npx tsx bench/forward.ts [--batch 8] [--rounds 9] [--threads 2] [--backend cpu|wasm|webgpu]`.
 *
 * ViT-B/32 with random weights. Theirs runs the ONNX export of the same weights (scripts/fixtures/export_vision.py,
 * `--python` says with which interpreter: torch, transformers, onnx), which is made once in .cache/forward.
 * `@huggingface/transformers` is not a dependency of ours (470 MB): it is installed there too, without scripts.
 * With `--backend wasm` or `webgpu` the two graphs run on our onnxruntime-web in headless Chromium, which is what
 * transformers.js does there too. A software adapter takes tens of seconds an image: `--batch 1 --rounds 1`.
 * Images/s, the ratio of times (ours over theirs; at most 1 wanted), and the largest difference of embeddings.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import { imageTowerGraph, PIXELS } from '../src/clip/graph/imageTower.ts';
import type { ClipWeights } from '../src/clip/weights.ts';
import { imageFlops } from '../src/engine/plan.ts';
import { relativeError } from '../test/support/close.ts';
import { configJson, randomCheckpoint, VIT_B_32 } from '../test/support/randomClip.ts';
import { timeInBrowser } from './inBrowser.ts';
import { interleaved, numberOption, report, type Timing } from './measure.ts';
import { noise } from './model.ts';

const batch = numberOption('batch', 8);
const rounds = numberOption('rounds', 9);
const threads = numberOption('threads', availableParallelism());
const backend = textOption('backend', 'cpu');
const python = textOption('python', 'python3');
const root = fileURLToPath(new URL('../', import.meta.url));
const cache = resolve(root, '.cache/forward');
const folder = resolve(cache, 'vit-b-32');

function textOption(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1]!;
}

/** The same weights as a Hugging Face folder with the export beside them. */
function prepare(): void {
  mkdirSync(resolve(folder, 'onnx'), { recursive: true });
  const weights = resolve(folder, 'model.safetensors');
  if (!existsSync(weights)) writeFileSync(weights, randomCheckpoint(VIT_B_32, 1));
  const config = configJson(VIT_B_32);
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
  readCheckpoint(readFileSync(resolve(folder, 'model.safetensors')), configJson(VIT_B_32));

async function theirs(pixels: Float32Array): Promise<Runner> {
  const entry = resolve(cache, 'node_modules/@huggingface/transformers/dist/transformers.node.mjs');
  if (!existsSync(entry)) {
    console.log(`Installing @huggingface/transformers in ${cache} …`);
    writeFileSync(resolve(cache, 'package.json'), '{"private":true}');
    execFileSync(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '@huggingface/transformers@4'],
      {
        cwd: cache,
        stdio: 'inherit',
      },
    );
  }
  const { AutoModel, CLIPVisionModelWithProjection, Tensor, env } = await import(pathToFileURL(entry).href);
  if (!AutoModel) throw new Error('transformers.js came without models');
  env.allowRemoteModels = false;
  env.localModelPath = `${cache}/`;
  const tower = await CLIPVisionModelWithProjection.from_pretrained('vit-b-32', {
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
  const graph = imageTowerGraph(model());
  const exported = new Uint8Array(readFileSync(resolve(folder, 'onnx/vision_model.onnx')));
  const { timings, outputs, adapter } = await timeInBrowser(
    [
      { name: 'ours', model: graph.model, files: graph.files, input: PIXELS, output: 'embedding' },
      {
        name: 'the export',
        model: exported,
        files: new Map(),
        input: 'pixel_values',
        output: 'image_embeds',
      },
    ],
    { provider: backend, batch, rounds, threads, pixels },
  );
  const where = `Chromium, ${backend === 'webgpu' ? adapter : `${threads} threads`}`;
  return { timings, difference: relativeError(outputs[0]!, outputs[1]!), where };
}

prepare();
const pixels = noise(batch);
const { timings, difference, where } = await (backend === 'cpu' ? inNode : inChromium)(pixels);
const flops = imageFlops(VIT_B_32.vision!) * batch;
report(`Plain forward pass, ViT-B/32, batch ${batch}, ${backend}, ${where}`, [
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
