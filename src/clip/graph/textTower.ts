import { LensError } from '../../errors.ts';
import type { TextConfig } from '../config.ts';
import { type Instruments, OUTPUTS } from '../trace.ts';
import type { ClipWeights, Tensor, TextWeights } from '../weights.ts';
import { GraphBuilder, type OnnxGraph, type Value } from './onnx.ts';
import { block, layerNorm, project, rowsOf, type TowerPrecision, weight } from './tower.ts';

/** Name of the text tower's input: token ids, int64 [B, T] with T ≤ the context length. */
export const TOKENS = 'tokens';
/** Name of the text tower's input: position of end-of-text in each row, int64 [B]. */
export const END = 'end';

export interface TextLimits {
  /** Most bytes of one buffer on the device; the token table is split where it is larger. */
  readonly largestBytes?: number | undefined;
}

/** Drives a softmax weight to exactly 0; −∞ is not dependable on GPUs. */
const MASKED = -1e9;

/**
 * The text tower as an ONNX graph: inputs {@link TOKENS} and {@link END}, output `embedding` [B, D],
 * un-normalised. It is causal, so tokens after end-of-text cannot change the result and a batch needs
 * no more positions than its longest text. With `tail`, also `pooled` and `hidden` of `trace.ts`.
 * @throws LensError `bad-request` for a checkpoint without a text tower.
 */
export function textTowerGraph(
  weights: ClipWeights,
  { tail, half = false, largestBytes }: Pick<Instruments, 'tail'> & TowerPrecision & TextLimits = {},
): OnnxGraph {
  const { text } = weights;
  const { text: config, dim } = weights.config;
  if (!text || !config) throw new LensError('bad-request', 'This checkpoint has no text tower.');

  const g = new GraphBuilder('text_tower', half);
  const tokens = g.input(TOKENS, 'int64', ['B', 'T']);
  const end = g.input(END, 'int64', ['B']);
  const shape = g.op('Shape', [tokens]);
  const length = g.op('Slice', [shape, g.ints(1), g.ints(2)]);

  let x = embedTokens(g, tokens, length, text, config, largestBytes);
  const headsShape = g.op('Concat', [shape, g.ints(config.heads, config.width / config.heads)], { axis: 0 });
  const mask = causalMask(g, length, config.contextLength);
  const ends = endRows(g, end, length);
  const pick = (rows: Value) => g.op('Gather', [rows, ends], { axis: 0 });
  const picked = { headsShape, mask: endMask(g, mask, end, length), pick };
  text.blocks.forEach((blockWeights, l) => {
    const pickHere = !tail && l === text.blocks.length - 1; // nothing but end-of-text is then read
    x = block(g, x, blockWeights, config, pickHere ? picked : { headsShape, mask }).x;
  });

  const final = layerNorm(g, tail ? pick(x) : x, text.finalNorm, config.layerNormEps);
  g.output(OUTPUTS.embedding, project(g, final.y, text.projection), 'float32', ['B', dim]);
  if (tail) {
    g.output(OUTPUTS.pooled, final.y, 'float32', ['B', config.width]);
    const normed = layerNorm(g, x, text.finalNorm, config.layerNormEps).y;
    const samples = g.op('Concat', [shape, g.ints(config.width)], { axis: 0 });
    g.output(OUTPUTS.hidden, g.op('Reshape', [normed, samples]), 'float32', ['B', 'T', config.width]);
  }
  return g.build(weights.files);
}

/** Token ids [B, T] → embeddings with positions, [B·T, W]. */
function embedTokens(
  g: GraphBuilder,
  tokens: Value,
  length: Value,
  text: TextWeights,
  config: TextConfig,
  largestBytes: number | undefined,
): Value {
  const parts = tableSlices(text.token, largestBytes).map((part) => sliceRows(g, part, tokens));
  const embedded = parts.reduce((sum, part) => g.op('Add', [sum, part]));
  const positions = g.op('Slice', [weight(g, text.position), g.ints(0), length, g.ints(0)]);
  return g.op('Reshape', [g.op('Add', [embedded, positions]), g.ints(-1, config.width)]);
}

interface Slice {
  readonly table: Tensor;
  readonly from: number;
  /** True for the whole table. */
  readonly alone: boolean;
}

/** A table [rows, W] in runs of rows of at most so many bytes: CLIP's 152 MB of tokens exceed WebGPU's default 128. */
function tableSlices(table: Tensor, largestBytes = Number.POSITIVE_INFINITY): Slice[] {
  const [rows, width] = table.shape as readonly [number, number];
  const rowBytes = table.length / rows;
  const most = Math.max(1, Math.floor(largestBytes / (4 * width))); // as float32, however it is stored
  if (most >= rows) return [{ table, from: 0, alone: true }];
  return Array.from({ length: Math.ceil(rows / most) }, (_, i) => {
    const from = i * most;
    const count = Math.min(most, rows - from);
    const place = { offset: table.offset + from * rowBytes, length: count * rowBytes };
    const name = `${table.name}[${from}]`;
    return { table: { ...table, ...place, name, shape: [count, width] }, from, alone: false };
  });
}

/** Rows of one slice [B, T, W]; zeros for tokens that lie in another. */
function sliceRows(g: GraphBuilder, { table, from, alone }: Slice, tokens: Value): Value {
  if (alone) return rowsOf(g, table, tokens);
  const integer = (value: number) => g.scalar(value, 'int64');
  const local = g.op('Sub', [tokens, integer(from)]);
  const inside = g.op('Max', [g.op('Min', [local, integer(table.shape[0]! - 1)]), integer(0)]);
  const here = g.op('Cast', [g.op('Equal', [local, inside])], { to: 1 });
  return g.op('Mul', [rowsOf(g, table, inside), g.op('Unsqueeze', [here, g.ints(2)])]);
}

/** [T, T]: 0 where a token may look, {@link MASKED} at the tokens after it. */
function causalMask(g: GraphBuilder, length: Value, context: number): Value {
  const mask = new Float32Array(context * context);
  for (let row = 0; row < context; row++) mask.fill(MASKED, row * context + row + 1, (row + 1) * context);
  const full = g.constant('float32', [context, context], mask);
  const ends = g.op('Concat', [length, length], { axis: 0 });
  return g.op('Slice', [full, g.ints(0, 0), ends, g.ints(0, 1)]);
}

/** The mask's rows of the end-of-text tokens, [B, 1, 1, T]. */
function endMask(g: GraphBuilder, mask: Value, end: Value, length: Value): Value {
  const rows = g.op('Gather', [mask, end], { axis: 0 });
  const shape = g.op('Concat', [g.ints(-1, 1, 1), length], { axis: 0 });
  return g.op('Reshape', [rows, shape]);
}

/** Where each text's end-of-text token lies among the stacked tokens: b·T + end[b]. */
function endRows(g: GraphBuilder, end: Value, length: Value): Value {
  const batch = g.op('Reshape', [g.op('Shape', [end]), g.ints()]);
  const samples = g.op('Range', [g.scalar(0, 'int64'), batch, g.scalar(1, 'int64')]);
  return g.op('Add', [g.op('Mul', [samples, length]), end]);
}
