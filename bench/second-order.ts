/**
 * The second-order part for all 3,072 neurons of block 9 of ViT-B/32, beyond the forward pass: ours
 * (coefficients, their sum, norms, signed activations of every neuron) beside the released way (every
 * neuron's write carried position by position and head by head through the later blocks' values, output
 * maps, final LayerNorm and projection). The released way is run for some neurons of one image, as batched
 * matrix products on the same runtime, and scaled up to all neurons: its cost is linear in them. Both give
 * the same effects, which is checked.
 *
 * `npx tsx bench/second-order.ts [--neurons 64] [--rounds 5]`
 */
import { GraphBuilder, type OnnxGraph } from '../src/clip/graph/onnx.ts';
import { OUTPUTS } from '../src/clip/trace.ts';
import { BlockPasses } from '../src/engine/analysis/blockPasses.ts';
import { nodeBackend } from '../src/engine/backends/node.ts';
import { Scheduler } from '../src/engine/running/scheduler.ts';
import { Sessions } from '../src/engine/running/sessions.ts';
import { ImageTower } from '../src/engine/towers/imageTower.ts';
import { lightTraces } from '../src/engine/towers/traces.ts';
import { type LensWeights, lensWeights } from '../src/lens/lensWeights.ts';
import { blockPaths, pathVectors } from '../src/lens/paths.ts';
import { effect, effectScale } from '../src/lens/secondOrderEffects.ts';
import { relativeError } from '../test/support/close.ts';
import { interleaved, numberOption, report } from './measure.ts';
import { noise, randomVitB32 } from './model.ts';

const BLOCK = 9;
const LATER = [10, 11];
const BATCH = 8;
const some = numberOption('neurons', 64);
const rounds = numberOption('rounds', 5);

const weights = randomVitB32();
const lens = lensWeights(weights);
const { width, heads, neurons, dim } = lens;
const tokens = 50;
const rows = LATER.length * heads;

const backend = await nodeBackend();
const scheduler = new Scheduler();
const paths = blockPaths(lens, BLOCK);
const passes = new BlockPasses(paths, backend, new Sessions(backend, 8), scheduler);
await passes.prepare();

// One real batch: activations, attention rows and 1/sd, as both ways start from them.
const tower = new ImageTower(
  weights,
  weights.config.vision!,
  BATCH,
  backend,
  new Sessions(backend, 1),
  scheduler,
);
const traced = await tower.run(noise(BATCH), {
  coefficients: [BLOCK],
  activations: [BLOCK],
  attention: LATER,
});
const floats = (name: string) => traced[name]!.data as Float32Array;
const activations = traced[OUTPUTS.activations(BLOCK)]!; // [B, T, N]
const traces = lightTraces(traced, BATCH, LATER);
const scales = Float32Array.from(traces, effectScale);
const overStd = attentionOverStd(); // [B, R, T]

/** a/sd of every later head, [B, R, T]. */
function attentionOverStd(): Float32Array {
  const result = new Float32Array(BATCH * rows * tokens);
  LATER.forEach((block, l) => {
    const row = floats(OUTPUTS.attentionRow(block));
    const invStd = floats(OUTPUTS.invStd(block));
    for (let b = 0; b < BATCH; b++) {
      for (let h = 0; h < heads; h++) {
        for (let i = 0; i < tokens; i++) {
          const to = (b * rows + l * heads + h) * tokens + i;
          result[to] = row[(b * heads + h) * tokens + i]! * invStd[b * tokens + i]!;
        }
      }
    }
  });
  return result;
}

/** Ours, of a batch: what the instruments add to the forward pass, and the three passes after it. */
function coefficientsGraph(): OnnxGraph {
  const g = new GraphBuilder('coefficients');
  const p = g.input('activations', 'float32', ['B', tokens, neurons]);
  const a = g.input('over_std', 'float32', ['B', rows, tokens]);
  g.output('coefficients', g.op('MatMul', [a, p]), 'float32', ['B', rows, neurons]);
  return g.build();
}
const coefficients = await backend.session(coefficientsGraph());
const feeds = {
  activations,
  over_std: backend.tensor('float32', overStd, [BATCH, rows, tokens]),
};
const pivot = new Float32Array(rows * neurons);
const shared = new Float32Array(BATCH * dim);
const directions = new Float32Array(neurons * dim).fill(1 / Math.sqrt(dim));
const along = await passes.along(directions);

async function ours(): Promise<void> {
  const c = (await coefficients.run(feeds)).coefficients!;
  const batch = { coefficients: c, scales, pivot, shared };
  await passes.sum(c, scales);
  await passes.norms(batch);
  await passes.activations({ ...batch, along, directions });
}

/** The released way: [n, T] activations of n neurons of one image and their writes [n, W] → effects [n, R, D]. */
function releasedGraph(lensOf: LensWeights): OnnxGraph {
  const g = new GraphBuilder('as released');
  const files = new Map<string, Uint8Array>();
  const add = (name: string, shape: number[], data: Float32Array) => {
    files.set(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return g.external(name, 'float32', shape, { file: name, offset: 0, length: data.byteLength });
  };
  const headSize = width / heads;
  const p = g.input('p', 'float32', ['n', tokens, 1]);
  const w = g.input('w', 'float32', ['n', 1, width]);
  const scale = g.input('scale', 'float32', [1]);
  const final = add('final_gain', [width], lensOf.finalNorm().gain);
  const projection = add('projection', [width, dim], lensOf.projection());
  const written = g.op('Mul', [p, w]); // every neuron's write at every position, [n, T, W]
  const effects = LATER.map((block, l) => {
    const invStd = g.input(`inv_std_${l}`, 'float32', [1, tokens, 1]);
    const attention = g.input(`attention_${l}`, 'float32', [1, tokens, heads, 1]);
    const gain = add(`gain_${l}`, [width], lensOf.norm1(block).gain);
    const value = add(`value_${l}`, [width, width], lensOf.value(block).weight);
    const out = add(`out_${l}`, [heads, headSize, width], lensOf.out(block).weight);
    const normalised = g.op('Mul', [g.op('Mul', [written, invStd]), gain]);
    const values = g.op('MatMul', [normalised, value]); // the 2·T·W² of every neuron and block
    const perHead = g.op('Reshape', [values, g.ints(-1, tokens, heads, headSize)]);
    const attended = g.op('ReduceSum', [g.op('Mul', [perHead, attention]), g.ints(1)], { keepdims: 0 }); // [n, H, d_h]
    const turned = g.op('Transpose', [attended], { perm: [1, 0, 2] });
    const outputs = g.op('MatMul', [turned, out]); // [H, n, W]
    const normed = g.op('Mul', [g.op('Mul', [outputs, final]), scale]);
    return g.op('Transpose', [g.op('MatMul', [normed, projection])], { perm: [1, 0, 2] }); // [n, H, D]
  });
  g.output('effects', g.op('Concat', effects, { axis: 1 }), 'float32', ['n', rows, dim]);
  return g.build(files);
}

const released = await backend.session(releasedGraph(lens));
const image = 0;
const p = floats(OUTPUTS.activations(BLOCK)); // image 0 is its first [T, N]
const column = Float32Array.from({ length: some * tokens }, (_, at) => {
  const [n, i] = [Math.floor(at / tokens), at % tokens];
  return p[i * neurons + n]!;
});
const releasedFeeds = {
  p: backend.tensor('float32', column, [some, tokens, 1]),
  w: backend.tensor('float32', paths.writes.slice(0, some * width), [some, 1, width]),
  scale: backend.tensor('float32', scales.slice(image, 1), [1]),
  ...Object.fromEntries(
    LATER.flatMap((block, l) => {
      const row = floats(OUTPUTS.attentionRow(block)).subarray(0, heads * tokens);
      const turned = Float32Array.from(
        { length: row.length },
        (_, at) => row[(at % heads) * tokens + Math.floor(at / heads)]!,
      );
      const invStd = floats(OUTPUTS.invStd(block)).slice(0, tokens);
      return [
        [`inv_std_${l}`, backend.tensor('float32', invStd, [1, tokens, 1])],
        [`attention_${l}`, backend.tensor('float32', turned, [1, tokens, heads, 1])],
      ];
    }),
  ),
};

async function agreement(): Promise<number> {
  const theirs = (await released.run(releasedFeeds)).effects!.data as Float32Array; // [n, R, D]
  const c = floats(OUTPUTS.coefficients(BLOCK)); // image 0 is its first [R, N]
  const none = new Float32Array(dim);
  let worst = 0;
  for (let n = 0; n < some; n += 7) {
    const scaled = Float64Array.from({ length: rows }, (_, r) => scales[image]! * c[r * neurons + n]!);
    const mine = effect(scaled, pathVectors(paths, n, n + 1), none);
    const sum = new Float64Array(dim);
    for (let r = 0; r < rows; r++) {
      for (let d = 0; d < dim; d++) sum[d]! += theirs[(n * rows + r) * dim + d]!;
    }
    worst = Math.max(worst, relativeError(mine, sum));
  }
  return worst;
}

const worst = await agreement();
const [mine, theirs] = await interleaved(
  [
    { name: 'ours', run: ours },
    { name: 'as released', run: () => released.run(releasedFeeds) },
  ],
  rounds,
);
const oursImage = mine!.ms / BATCH;
const releasedImage = (theirs!.ms * neurons) / some;
report(`Second-order part, ViT-B/32 block ${BLOCK}, all ${neurons} neurons of an image`, [
  { way: 'ours', 'ms an image': Number(oursImage.toFixed(3)), measured: `${BATCH} images, all neurons` },
  {
    way: 'as released',
    'ms an image': Number(releasedImage.toFixed(0)),
    measured: `1 image, ${some} neurons, times ${neurons / some}`,
  },
  { way: 'ratio', 'ms an image': Number((releasedImage / oursImage).toFixed(0)), measured: '' },
  {
    way: 'largest relative difference of effects',
    'ms an image': Number(worst.toExponential(1)),
    measured: '',
  },
]);
