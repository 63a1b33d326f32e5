import type { TowerConfig } from '../config.ts';
import type { BlockWeights, Linear, Matrix, Norm, Tensor } from '../weights.ts';
import type { GraphBuilder, Value } from './onnx.ts';

/** A LayerNorm's output, and the two numbers of each row that it divided out. */
export interface Normalised {
  readonly output: Value;
  /** Mean of each row; last axis of size 1. */
  readonly mean: Value;
  /** 1/sd of each row; last axis of size 1. */
  readonly invStd: Value;
}

/** What one block leaves for others to read. */
export interface BlockValues {
  /** [B, T, W] the residual stream after the block. */
  readonly output: Value;
  /** Of the LayerNorm before the attention. */
  readonly norm1: Normalised;
  /** [B, H, T, T] attention after the softmax. */
  readonly attention: Value;
  /** [B, T, N] post-activations of the MLP. */
  readonly activations: Value;
}

/**
 * Writes transformer blocks with their weights as external data: the weight file's own bytes.
 * Attention is plain MatMul and Softmax: the CLS row is wanted anyway, and the fused operator is
 * wrong on some WebGPU adapters from 32 tokens up.
 */
export class TowerWriter {
  constructor(
    private readonly g: GraphBuilder,
    private readonly config: TowerConfig,
  ) {}

  /** A weight as float32; half-precision ones are cast, which the runtime folds when it loads. */
  weight(tensor: Tensor): Value {
    const element = tensor.dtype === 'F16' ? 'float16' : 'float32';
    const { file, offset, length } = tensor;
    const stored = this.g.externalWeight(tensor.name, element, tensor.shape, { file, offset, length });
    return tensor.dtype === 'F16' ? this.g.op('Cast', [stored], { to: 1 }) : stored;
  }

  /** x [rows, in] times a matrix, in whichever order the file stores it. */
  times(x: Value, matrix: Matrix, bias?: Tensor): Value {
    const inputs = [x, this.weight(matrix)];
    if (bias) inputs.push(this.weight(bias));
    return this.g.op('Gemm', inputs, { transB: matrix.layout === 'out-in' ? 1 : 0 });
  }

  layerNorm(x: Value, norm: Norm): Normalised {
    const inputs = [x, this.weight(norm.gain), this.weight(norm.bias)];
    const attributes = { axis: -1, epsilon: { float: this.config.layerNormEps } };
    const [output, mean, invStd] = this.g.ops('LayerNormalization', inputs, 3, attributes);
    return { output: output!, mean: mean!, invStd: invStd! };
  }

  /** x [B, T, W] → the values of one block. `mask` [T, T] is added to the attention's logits. */
  block(x: Value, weights: BlockWeights, mask?: Value): BlockValues {
    const { g } = this;
    const norm1 = this.layerNorm(x, weights.norm1);
    const { attention, mixed } = this.attention(norm1.output, weights, mask);
    const attended = g.op('Add', [x, this.linear(mixed, weights.out)]);
    const norm2 = this.layerNorm(attended, weights.norm2);
    const activations = this.activate(this.linear(norm2.output, weights.fc1));
    const output = g.op('Add', [attended, this.linear(activations, weights.fc2)]);
    return { output, norm1, attention, activations };
  }

  /** [B, T, in] → [B, T, out]. */
  private linear(x: Value, linear: Linear): Value {
    const { g } = this;
    const [rows, columns] = linear.weight.shape as [number, number];
    const [inner, outer] = linear.weight.layout === 'out-in' ? [columns, rows] : [rows, columns];
    const flat = g.op('Reshape', [x, g.integers(-1, inner)]);
    const shape = g.op('Concat', [this.leading(x), g.integers(outer)], { axis: 0 });
    return g.op('Reshape', [this.times(flat, linear.weight, linear.bias), shape]);
  }

  private leading(x: Value): Value {
    const { g } = this;
    return g.op('Slice', [g.op('Shape', [x]), g.integers(0), g.integers(2)]);
  }

  private attention(x: Value, weights: BlockWeights, mask?: Value): { attention: Value; mixed: Value } {
    const { g } = this;
    const headSize = this.config.width / this.config.heads;
    const split = (linear: Linear, perm: readonly number[]) => {
      const heads = g.op('Reshape', [this.linear(x, linear), g.integers(0, 0, this.config.heads, headSize)]);
      return g.op('Transpose', [heads, ], { perm });
    };
    const query = g.op('Mul', [split(weights.query, [0, 2, 1, 3]), g.scalar(1 / Math.sqrt(headSize))]);
    const logits = g.op('MatMul', [query, split(weights.key, [0, 2, 3, 1])]);
    const masked = mask ? g.op('Add', [logits, mask]) : logits;
    const attention = g.op('Softmax', [masked], { axis: -1 });
    const read = g.op('MatMul', [attention, split(weights.value, [0, 2, 1, 3])]);
    const joined = g.op('Transpose', [read], { perm: [0, 2, 1, 3] });
    return { attention, mixed: g.op('Reshape', [joined, g.integers(0, 0, this.config.width)]) };
  }

  private activate(x: Value): Value {
    const { g } = this;
    if (this.config.activation === 'quick_gelu') {
      return g.op('Mul', [x, g.op('Sigmoid', [g.op('Mul', [x, g.scalar(1.702)])])]);
    }
    const erf = g.op('Erf', [g.op('Mul', [x, g.scalar(Math.SQRT1_2)])]);
    return g.op('Mul', [g.op('Mul', [x, g.scalar(0.5)]), g.op('Add', [erf, g.scalar(1)])]);
  }
}
