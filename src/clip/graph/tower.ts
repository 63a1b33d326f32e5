import type { TowerConfig } from '../config.ts';
import type { BlockWeights, Linear, Matrix, Norm, Tensor } from '../weights.ts';
import type { GraphBuilder, Value } from './onnx.ts';

/** A LayerNorm's output, and the two numbers of each row that it divided out. */
export interface Normalised {
  readonly y: Value;
  /** Mean of each row [rows, 1]. */
  readonly mean: Value;
  /** 1/sd of each row [rows, 1]. */
  readonly invStd: Value;
}

/** What one block leaves for others to read; tokens of all samples are stacked: [B·T, …]. */
export interface Block {
  /** [B·T, W] the residual stream after the block; [B, W] where only one token a sample was picked. */
  readonly x: Value;
  /** The LayerNorm in front of the attention. */
  readonly norm1: Normalised;
  /** [B, H, T, T] attention after the softmax; [B, H, 1, T] of the picked token. */
  readonly attention: Value;
  /** [B, H, T, W/H] what the attention mixes. */
  readonly values: Value;
  /** [B·T, W] what the MLP reads: the second LayerNorm's output; [B, W] of the picked token. */
  readonly mlpInput: Value;
  /** [B·T, N] post-activations of the MLP; [B, N] of the picked token. */
  readonly activations: Value;
}

/** How a tower's blocks multiply. */
export interface TowerPrecision {
  /**
   * In half precision: the residual stream, LayerNorm and its statistics, softmax and everything reported stay
   * float32. F16 weights are used in place; give F32 ones as half floats first (`halfWeights`).
   */
  readonly half?: boolean;
}

/** What blocks of a tower have in common. */
export interface BlockContext {
  /** The shape [B, T, H, W/H] as an int64 value; B or T may be −1. */
  readonly headsShape: Value;
  /** Added to the attention's logits, [T, T]; [B, 1, 1, T] where a token is picked. */
  readonly mask?: Value;
  /**
   * Takes one token a sample, [B·T, W] → [B, W], for a last block of which nothing else is read: only that
   * token then asks for attention and goes through the MLP, which is exact and saves ten twelfths of the block.
   */
  readonly pick?: (x: Value) => Value;
}

/** A weight as float32, straight from the file; half-precision ones are cast, which the runtime folds. */
export function weight(g: GraphBuilder, tensor: Tensor): Value {
  if (tensor.dtype === 'F32') return g.external(tensor.name, 'float32', tensor.shape, tensor);
  return g.op('Cast', [g.external(tensor.name, 'float16', tensor.shape, tensor)], { to: 1 });
}

/** A weight of a matrix product: float32, or a half float where products are ({@link GraphBuilder.half}), then in place if stored so. */
function factor(g: GraphBuilder, tensor: Tensor): Value {
  if (g.half && tensor.dtype === 'F16') return g.external(tensor.name, 'float16', tensor.shape, tensor);
  return g.low(weight(g, tensor));
}

/** Rows of a table [rows, W]; widened before, which the runtime folds: not every GPU can gather half floats. */
export const rowsOf = (g: GraphBuilder, table: Tensor, indices: Value): Value =>
  g.op('Gather', [weight(g, table), indices], { axis: 0 });

/** x [rows, in] → [rows, out], no bias; the matrix is used in the order the file stores it. */
export function project(g: GraphBuilder, x: Value, matrix: Matrix): Value {
  return g.op('Gemm', [x, weight(g, matrix)], { transB: matrix.layout === 'out-in' ? 1 : 0 });
}

export function layerNorm(g: GraphBuilder, x: Value, norm: Norm, eps: number): Normalised {
  const inputs = [x, weight(g, norm.gain), weight(g, norm.bias)];
  const [y, mean, invStd] = g.ops('LayerNormalization', inputs, 3, { axis: -1, epsilon: { float: eps } });
  return { y: y!, mean: mean!, invStd: invStd! };
}

/** One pre-LN block: x += attention(norm1(x)); x += mlp(norm2(x)). x is [B·T, W]. */
export function block(
  g: GraphBuilder,
  x: Value,
  weights: BlockWeights,
  config: TowerConfig,
  context: BlockContext,
): Block {
  const norm1 = layerNorm(g, x, weights.norm1, config.layerNormEps);
  const { attention, values, mixed } = attend(g, norm1.y, weights, config, context);
  const stream = context.pick ? context.pick(x) : x;
  const attended = g.op('Add', [stream, g.high(linear(g, mixed, weights.out))]);
  const norm2 = layerNorm(g, attended, weights.norm2, config.layerNormEps);
  const activations = activate(g, linear(g, g.low(norm2.y), weights.fc1), config);
  return {
    x: g.op('Add', [attended, g.high(linear(g, activations, weights.fc2))]),
    norm1,
    attention,
    values,
    mlpInput: norm2.y,
    activations: g.high(activations),
  };
}

function linear(g: GraphBuilder, x: Value, { weight: matrix, bias }: Linear): Value {
  const inputs = [x, factor(g, matrix), factor(g, bias)];
  return g.op('Gemm', inputs, { transB: matrix.layout === 'out-in' ? 1 : 0 });
}

/**
 * Multi-head attention in plain MatMul and Softmax: its CLS row is wanted anyway, and the fused
 * operator is wrong on some WebGPU adapters from 32 tokens up.
 */
function attend(
  g: GraphBuilder,
  x: Value,
  weights: BlockWeights,
  config: TowerConfig,
  { headsShape, mask, pick }: BlockContext,
): { attention: Value; values: Value; mixed: Value } {
  const headSize = config.width / config.heads;
  const heads = (rows: Value, from: Linear, shape: Value, perm: readonly number[]) =>
    g.op('Transpose', [g.op('Reshape', [linear(g, g.low(rows), from), shape])], { perm });
  const asking = pick
    ? heads(pick(x), weights.query, g.ints(-1, 1, config.heads, headSize), [0, 2, 1, 3])
    : heads(x, weights.query, headsShape, [0, 2, 1, 3]);
  const query = g.op('Mul', [asking, g.low(g.scalar(headSize ** -0.5))]);
  const logits = g.high(g.op('MatMul', [query, heads(x, weights.key, headsShape, [0, 2, 3, 1])]));
  const attention = g.op('Softmax', [mask ? g.op('Add', [logits, mask]) : logits], { axis: -1 });
  const values = heads(x, weights.value, headsShape, [0, 2, 1, 3]);
  const read = g.op('MatMul', [g.low(attention), values]);
  const joined = g.op('Transpose', [read], { perm: [0, 2, 1, 3] });
  return { attention, values, mixed: g.op('Reshape', [joined, g.ints(-1, config.width)]) };
}

/** The MLP's non-linearity, in the precision of what it is given. */
export function activate(g: GraphBuilder, x: Value, { activation }: Pick<TowerConfig, 'activation'>): Value {
  const number = (value: number) => g.low(g.scalar(value));
  if (activation === 'quick_gelu') {
    return g.op('Mul', [x, g.op('Sigmoid', [g.op('Mul', [x, number(1.702)])])]);
  }
  const erf = g.op('Erf', [g.op('Mul', [x, number(Math.SQRT1_2)])]);
  return g.op('Mul', [g.op('Mul', [x, number(0.5)]), g.op('Add', [erf, number(1)])]);
}
