import { LensError } from '../../errors.ts';
import { tokenCount, type VisionConfig } from '../config.ts';
import { type Instruments, OUTPUTS } from '../trace.ts';
import type { ClipWeights, VisionWeights } from '../weights.ts';
import { GraphBuilder, type OnnxGraph, type Value } from './onnx.ts';
import { type Block, block, layerNorm, project, type TowerPrecision, weight } from './tower.ts';

/** Name of the image tower's input: float32 [B, 3, S, S], normalised as the checkpoint asks. */
export const PIXELS = 'pixels';

/**
 * The image tower as an ONNX graph, with the instruments asked for. Input {@link PIXELS}; outputs are
 * named and shaped as in `trace.ts` {@link OUTPUTS}:
 * - `embedding` always;
 * - `final_mean`, `final_inv_std` when any coefficients or attention are asked for;
 * - for coefficients of block l: c[l'·h, n] = Σ_i p[i, n]·a[h, i]/sd[i] over later heads (l', h), and S1, S2
 *   of every later block l';
 * - scaled: ĉ neuron by neuron, and S1, S2;
 * - for activations: p; for attention: the CLS row a and 1/sd; for values: v; for the residual stream: x; for the tail: pooled and hidden;
 * - for blocks to recall: the sum of c/(s·‖r‖) over the batch and what c can be computed from again.
 *
 * @throws LensError `bad-request` for a block that the model does not have, for coefficients of the
 * last block (no head comes after it), and for a checkpoint without an image tower.
 */
export function imageTowerGraph(
  weights: ClipWeights,
  instruments: Instruments = {},
  { half = false }: TowerPrecision = {},
): OnnxGraph {
  const { vision } = weights;
  const { vision: config, dim } = weights.config;
  if (!vision || !config) throw new LensError('bad-request', 'This checkpoint has no image tower.');
  const asked = checkInstruments(instruments, config.layers);

  const g = new GraphBuilder('image_tower', half);
  const pixels = g.input(PIXELS, 'float32', ['B', 3, config.imageSize, config.imageSize]);
  let x = embedPatches(g, pixels, vision, config);
  const headsShape = g.ints(-1, tokenCount(config), config.heads, config.width / config.heads);
  const last = config.layers - 1;
  const pickLast = !asked.activations.includes(last) && !instruments.tail; // nothing but its CLS token is then read
  const pick = (rows: Value) => clsToken(g, rows, config);
  const blocks = vision.blocks.map((blockWeights, l) => {
    const context = l === last && pickLast ? { headsShape, pick } : { headsShape };
    const done = block(g, x, blockWeights, config, context);
    x = done.x;
    return done;
  });

  const final = layerNorm(g, pickLast ? x : pick(x), vision.postNorm, config.layerNormEps);
  const embedding = project(g, final.y, vision.projection);
  g.output(OUTPUTS.embedding, embedding, 'float32', ['B', dim]);
  if (asked.coefficients.length + asked.attention.length + asked.recall.length + asked.scaled.length > 0) {
    g.output(OUTPUTS.finalMean, g.op('Reshape', [final.mean, g.ints(-1)]), 'float32', ['B']);
    g.output(OUTPUTS.finalInvStd, g.op('Reshape', [final.invStd, g.ints(-1)]), 'float32', ['B']);
  }
  if (instruments.tail) {
    const tokens = tokenCount(config);
    g.output(OUTPUTS.pooled, final.y, 'float32', ['B', config.width]);
    const hidden = g.op('Reshape', [x, g.ints(-1, tokens, config.width)]);
    g.output(OUTPUTS.hidden, hidden, 'float32', ['B', tokens, config.width]);
  }
  const read = [...asked.coefficients, ...asked.recall, ...asked.scaled];
  const overStd = reportReaders(g, blocks, read, config);
  reportCoefficients(g, blocks, overStd, asked.coefficients, config);
  reportRecall(g, blocks, overStd, asked.recall, { config, embedding, invStd: final.invStd });
  reportScaled(g, blocks, overStd, asked.scaled, { config, embedding, invStd: final.invStd });
  reportActivations(g, blocks, asked.activations, config);
  reportAttention(g, blocks, asked.attention, config);
  reportValues(g, blocks, asked.values, config);
  for (const index of asked.residual) {
    const after = g.op('Reshape', [(blocks[index] as Block).x, g.ints(-1, tokenCount(config), config.width)]);
    g.output(OUTPUTS.residual(index), after, 'float32', ['B', tokenCount(config), config.width]);
  }
  return g.build(weights.files);
}

function checkInstruments(instruments: Instruments, layers: number) {
  const check = (blocks: readonly number[] = [], end: number): number[] => {
    for (const index of blocks) {
      if (!Number.isInteger(index) || index < 0 || index >= end) {
        throw new LensError('bad-request', `Block ${index} cannot be asked for; blocks 0 to ${end - 1} can.`);
      }
    }
    return [...new Set(blocks)].sort((a, b) => a - b);
  };
  return {
    coefficients: check(instruments.coefficients, layers - 1),
    activations: check(instruments.activations, layers),
    attention: check(instruments.attention, layers),
    values: check(instruments.values, layers),
    recall: check(instruments.recall, layers - 1),
    scaled: check(instruments.scaled, layers - 1),
    residual: check(instruments.residual, layers - 1),
  };
}

/** Pixels → CLS and patch tokens with positions, normalised: [B·T, W]. */
function embedPatches(g: GraphBuilder, pixels: Value, vision: VisionWeights, config: VisionConfig): Value {
  const { width, patchSize } = config;
  const tokens = tokenCount(config);
  const stride = { kernel_shape: [patchSize, patchSize], strides: [patchSize, patchSize] };
  const grid = g.op('Conv', [pixels, weight(g, vision.patch)], stride);
  const patches = g.op('Transpose', [g.op('Reshape', [grid, g.ints(-1, width, tokens - 1)])], {
    perm: [0, 2, 1],
  });
  const batch = g.op('Slice', [g.op('Shape', [pixels]), g.ints(0), g.ints(1)]);
  const clsShape = g.op('Concat', [batch, g.ints(1, width)], { axis: 0 });
  const cls = g.op('Expand', [weight(g, vision.cls), clsShape]);
  const embedded = g.op('Add', [g.op('Concat', [cls, patches], { axis: 1 }), weight(g, vision.position)]);
  const stacked = g.op('Reshape', [embedded, g.ints(-1, width)]);
  return layerNorm(g, stacked, vision.preNorm, config.layerNormEps).y;
}

/** [B·T, W] → the CLS token [B, W]. */
export function clsToken(g: GraphBuilder, x: Value, config: VisionConfig): Value {
  const samples = g.op('Reshape', [x, g.ints(-1, tokenCount(config), config.width)]);
  const cls = g.op('Slice', [samples, g.ints(0), g.ints(1), g.ints(1)]);
  return g.op('Reshape', [cls, g.ints(-1, config.width)]);
}

/** a [B, H, T]: how much the CLS token attends to each token. */
function attentionRow(g: GraphBuilder, { attention }: Block, config: VisionConfig): Value {
  const row = g.op('Slice', [attention, g.ints(0), g.ints(1), g.ints(2)]);
  return g.op('Reshape', [row, g.ints(-1, config.heads, tokenCount(config))]);
}

/** One number a token [B·T, 1] → [B, 1, T], to go with attention rows. */
const perToken = (g: GraphBuilder, numbers: Value, config: VisionConfig): Value =>
  g.op('Reshape', [numbers, g.ints(-1, 1, tokenCount(config))]);

/** p [B, T, N]. */
const activationsOf = (g: GraphBuilder, { activations }: Block, config: VisionConfig): Value =>
  g.op('Reshape', [activations, g.ints(-1, tokenCount(config), config.neurons)]);

/** a/sd [B, H, T] of every block after the first one asked for; reports their sums S1 and S2. */
function reportReaders(
  g: GraphBuilder,
  blocks: readonly Block[],
  asked: readonly number[],
  config: VisionConfig,
): ReadonlyMap<number, Value> {
  const overStd = new Map<number, Value>();
  if (asked.length === 0) return overStd;
  for (let later = Math.min(...asked) + 1; later < config.layers; later++) {
    const source = blocks[later] as Block;
    const rows = g.op('Mul', [attentionRow(g, source, config), perToken(g, source.norm1.invStd, config)]);
    overStd.set(later, rows);
    const meanRows = g.op('Mul', [rows, perToken(g, source.norm1.mean, config)]);
    const sum = (values: Value) => g.op('ReduceSum', [values, g.ints(2)], { keepdims: 0 });
    g.output(OUTPUTS.attentionOverStd(later), sum(rows), 'float32', ['B', config.heads]);
    g.output(OUTPUTS.attentionMeanOverStd(later), sum(meanRows), 'float32', ['B', config.heads]);
  }
  return overStd;
}

/** a/sd [B, R, T] of all heads after `block`. */
function readersOf(g: GraphBuilder, overStd: ReadonlyMap<number, Value>, block: number): Value {
  const rows = [...overStd].filter(([later]) => later > block).map(([, value]) => value);
  return g.op('Concat', rows, { axis: 1 });
}

function reportCoefficients(
  g: GraphBuilder,
  blocks: readonly Block[],
  overStd: ReadonlyMap<number, Value>,
  asked: readonly number[],
  config: VisionConfig,
): void {
  const { layers, heads, neurons } = config;
  for (const index of asked) {
    const activations = activationsOf(g, blocks[index] as Block, config);
    const coefficients = g.op('MatMul', [readersOf(g, overStd, index), activations]);
    const shape = ['B', (layers - 1 - index) * heads, neurons];
    g.output(OUTPUTS.coefficients(index), coefficients, 'float32', shape);
  }
}

/** The end of the tower, as far as the scale 1/(s·‖r‖) of an image's coefficients needs it. */
interface Tail {
  readonly config: VisionConfig;
  /** r [B, D] */
  readonly embedding: Value;
  /** 1/s [B, 1] */
  readonly invStd: Value;
}

/** 1/(s·‖r‖) [B, 1, 1]. */
function scaleOf(g: GraphBuilder, { embedding, invStd }: Tail): Value {
  const length = g.op('ReduceL2', [embedding], { axes: [1], keepdims: 1 });
  return g.op('Reshape', [g.op('Div', [invStd, length]), g.ints(-1, 1, 1)]);
}

/** ĉ, each neuron's R numbers side by side: so they are kept, and so a small product can be made of them. */
function reportScaled(
  g: GraphBuilder,
  blocks: readonly Block[],
  overStd: ReadonlyMap<number, Value>,
  asked: readonly number[],
  tail: Tail,
): void {
  if (asked.length === 0) return;
  const { config } = tail;
  const { layers, heads, neurons } = config;
  const hundredths = g.op('Mul', [scaleOf(g, tail), g.scalar(100)]);
  for (const index of asked) {
    const readers = g.op('Mul', [readersOf(g, overStd, index), hundredths]);
    const byNeuron = (rows: Value): Value => g.op('Transpose', [rows], { perm: [0, 2, 1] });
    const activations = activationsOf(g, blocks[index] as Block, config);
    const scaled = g.op('MatMul', [byNeuron(activations), byNeuron(readers)]);
    const shape = ['B', neurons, (layers - 1 - index) * heads];
    g.output(OUTPUTS.scaledCoefficients(index), scaled, 'float32', shape);
  }
}

/** The sum over the batch is one product, [R, B·T]·[B·T, N]: no [B, R, N] is formed. */
function reportRecall(
  g: GraphBuilder,
  blocks: readonly Block[],
  overStd: ReadonlyMap<number, Value>,
  asked: readonly number[],
  { config, embedding, invStd }: Tail,
): void {
  const first = asked[0];
  if (first === undefined) return;
  const { layers, heads, neurons, width } = config;
  const tokens = tokenCount(config);
  const rows = (index: number) => (layers - 1 - index) * heads;
  g.output(OUTPUTS.readers, readersOf(g, overStd, first), 'float32', ['B', rows(first), tokens]);
  const scale = scaleOf(g, { config, embedding, invStd });
  for (const index of asked) {
    const { mlpInput, activations } = blocks[index] as Block;
    const input = g.op('Reshape', [mlpInput, g.ints(-1, tokens, width)]);
    g.output(OUTPUTS.mlpInput(index), input, 'float32', ['B', tokens, width]);
    const scaled = g.op('Mul', [readersOf(g, overStd, index), scale]);
    const stacked = g.op('Reshape', [
      g.op('Transpose', [scaled], { perm: [1, 0, 2] }),
      g.ints(rows(index), -1),
    ]);
    const sum = g.op('MatMul', [stacked, activations]);
    g.output(OUTPUTS.coefficientSum(index), sum, 'float32', [rows(index), neurons]);
  }
}

function reportActivations(
  g: GraphBuilder,
  blocks: readonly Block[],
  asked: readonly number[],
  config: VisionConfig,
): void {
  for (const index of asked) {
    const activations = activationsOf(g, blocks[index] as Block, config);
    g.output(OUTPUTS.activations(index), activations, 'float32', ['B', tokenCount(config), config.neurons]);
  }
}

function reportAttention(
  g: GraphBuilder,
  blocks: readonly Block[],
  asked: readonly number[],
  config: VisionConfig,
): void {
  const tokens = tokenCount(config);
  for (const index of asked) {
    const source = blocks[index] as Block;
    const row = attentionRow(g, source, config);
    g.output(OUTPUTS.attentionRow(index), row, 'float32', ['B', config.heads, tokens]);
    const invStd = g.op('Reshape', [source.norm1.invStd, g.ints(-1, tokens)]);
    g.output(OUTPUTS.invStd(index), invStd, 'float32', ['B', tokens]);
  }
}

function reportValues(
  g: GraphBuilder,
  blocks: readonly Block[],
  asked: readonly number[],
  config: VisionConfig,
): void {
  const tokens = tokenCount(config);
  for (const index of asked) {
    const perToken = g.op('Transpose', [(blocks[index] as Block).values], { perm: [0, 2, 1, 3] });
    const values = g.op('Reshape', [g.high(perToken), g.ints(-1, tokens, config.width)]);
    g.output(OUTPUTS.values(index), values, 'float32', ['B', tokens, config.width]);
  }
}
