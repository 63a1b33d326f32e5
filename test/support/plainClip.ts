import { gridSide, type TowerConfig, tokenCount } from '../../src/clip/config.ts';
import { floats, matrix } from '../../src/clip/values.ts';
import type { BlockWeights, ClipWeights, Linear, Matrix, Norm, Tensor } from '../../src/clip/weights.ts';

/** CLIP in plain loops and double precision: slow, readable, and the graphs' oracle. */

type Row = Float64Array;

export interface PlainBlock {
  /** p [T][N] */
  readonly activations: Row[];
  /** a [H][T]: the CLS row of the softmax. */
  readonly attentionRow: Row[];
  /** v [T][W]: all heads side by side. */
  readonly values: Row[];
  /** mu [T] and sd [T] of the block's input. */
  readonly mean: number[];
  readonly std: number[];
}

export interface PlainImage {
  readonly embedding: Row;
  /** [W]: CLS after the final LayerNorm. */
  readonly pooled: Row;
  /** [T][W]: all tokens before it. */
  readonly hidden: Row[];
  readonly blocks: PlainBlock[];
  readonly finalMean: number;
  readonly finalStd: number;
}

/** @param touch changes a block's activations [T][N] before they are written: to ablate a neuron */
export function plainImageTower(
  weights: ClipWeights,
  pixels: Float32Array,
  touch: (block: number, activations: Row[]) => void = () => {},
): PlainImage {
  const config = weights.config.vision!;
  const vision = weights.vision!;
  const { width, patchSize, imageSize, layerNormEps: eps } = config;
  const side = gridSide(config);
  const cls = floats(weights, vision.cls);
  const patch = floats(weights, vision.patch);
  const position = floats(weights, vision.position);
  let x: Row[] = Array.from({ length: tokenCount(config) }, (_, t) =>
    Float64Array.from({ length: width }, (_, w) => {
      let sum = position[t * width + w]!;
      if (t === 0) return sum + cls[w]!;
      const top = Math.floor((t - 1) / side) * patchSize;
      const left = ((t - 1) % side) * patchSize;
      for (let c = 0; c < 3; c++) {
        for (let i = 0; i < patchSize; i++) {
          for (let j = 0; j < patchSize; j++) {
            const pixel = pixels[(c * imageSize + top + i) * imageSize + left + j]!;
            sum += patch[((w * 3 + c) * patchSize + i) * patchSize + j]! * pixel;
          }
        }
      }
      return sum;
    }),
  );
  x = norm(weights, x, vision.preNorm, eps).y;
  const blocks: PlainBlock[] = [];
  for (const block of vision.blocks) x = plainBlock(weights, x, block, config, false, blocks, touch);
  const final = norm(weights, [x[0]!], vision.postNorm, eps);
  const [embedding] = apply(weights, final.y, vision.projection);
  const [pooled] = final.y;
  const [finalMean, finalStd] = [final.mean[0]!, final.std[0]!];
  return { embedding: embedding!, pooled: pooled!, hidden: x, blocks, finalMean, finalStd };
}

/** Embedding of one text; tokens after `end` are ignored by the causal mask. */
export const plainTextTower = (weights: ClipWeights, tokens: readonly number[], end: number): Row =>
  plainText(weights, tokens, end).embedding;

export interface PlainText {
  readonly embedding: Row;
  /** [W]: end-of-text after the final LayerNorm. */
  readonly pooled: Row;
  /** [T][W]: all tokens after it. */
  readonly hidden: Row[];
}

export function plainText(weights: ClipWeights, tokens: readonly number[], end: number): PlainText {
  const config = weights.config.text!;
  const text = weights.text!;
  const table = floats(weights, text.token);
  const position = floats(weights, text.position);
  let x: Row[] = tokens.map((token, t) =>
    Float64Array.from(
      { length: config.width },
      (_, w) => table[token * config.width + w]! + position[t * config.width + w]!,
    ),
  );
  for (const block of text.blocks) x = plainBlock(weights, x, block, config, true, []);
  const hidden = norm(weights, x, text.finalNorm, config.layerNormEps).y;
  const pooled = hidden[end]!;
  return { embedding: apply(weights, [pooled], text.projection)[0]!, pooled, hidden };
}

function plainBlock(
  weights: ClipWeights,
  x: Row[],
  block: BlockWeights,
  config: TowerConfig,
  causal: boolean,
  trace: PlainBlock[],
  touch: (block: number, activations: Row[]) => void = () => {},
): Row[] {
  const size = config.width / config.heads;
  const norm1 = norm(weights, x, block.norm1, config.layerNormEps);
  const [q, k, v] = [block.query, block.key, block.value].map((map) => linear(weights, norm1.y, map)) as [
    Row[],
    Row[],
    Row[],
  ];
  const mixed = x.map(() => new Float64Array(config.width));
  const attentionRow: Row[] = [];
  for (let h = 0; h < config.heads; h++) {
    for (let i = 0; i < x.length; i++) {
      const part = (row: Row) => row.subarray(h * size, (h + 1) * size);
      const logits = x.map((_, j) =>
        causal && j > i ? Number.NEGATIVE_INFINITY : dot(part(q[i]!), part(k[j]!)) / Math.sqrt(size),
      );
      const a = softmax(logits);
      if (i === 0) attentionRow.push(a);
      for (let j = 0; j < x.length; j++) {
        for (let d = h * size; d < (h + 1) * size; d++) mixed[i]![d]! += a[j]! * v[j]![d]!;
      }
    }
  }
  const middle = add(x, linear(weights, mixed, block.out));
  const norm2 = norm(weights, middle, block.norm2, config.layerNormEps);
  const gelu = config.activation === 'gelu' ? exactGelu : quickGelu;
  const activations = linear(weights, norm2.y, block.fc1).map((row) => row.map(gelu));
  touch(trace.length, activations);
  trace.push({ activations, attentionRow, values: v, mean: norm1.mean, std: norm1.std });
  return add(middle, linear(weights, activations, block.fc2));
}

const quickGelu = (x: number): number => x / (1 + Math.exp(-1.702 * x));

/** erf by its power series, exact to double precision for the |x| < 5 that occurs here. */
function exactGelu(x: number): number {
  const z = x / Math.SQRT2;
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= -(z * z) / n;
    sum += term / (2 * n + 1);
  }
  return (x / 2) * (1 + (2 / Math.sqrt(Math.PI)) * sum);
}

function norm(weights: ClipWeights, x: Row[], { gain, bias }: Norm, eps: number) {
  const g = floats(weights, gain);
  const b = floats(weights, bias);
  const mean = x.map((row) => row.reduce((sum, v) => sum + v, 0) / row.length);
  const std = x.map((row, t) =>
    Math.sqrt(row.reduce((sum, v) => sum + (v - mean[t]!) ** 2, 0) / row.length + eps),
  );
  return { y: x.map((row, t) => row.map((v, w) => ((v - mean[t]!) / std[t]!) * g[w]! + b[w]!)), mean, std };
}

const linear = (weights: ClipWeights, x: Row[], { weight, bias }: Linear): Row[] =>
  apply(weights, x, weight, bias);

function apply(weights: ClipWeights, x: Row[], weight: Matrix, bias?: Tensor): Row[] {
  const { data, rows, cols } = matrix(weights, weight, 'out-in');
  const b = bias ? floats(weights, bias) : new Float32Array(rows);
  return x.map((row) =>
    Float64Array.from({ length: rows }, (_, r) => b[r]! + dot(row, data.subarray(r * cols, (r + 1) * cols))),
  );
}

const add = (a: Row[], b: Row[]): Row[] => a.map((row, t) => row.map((v, w) => v + b[t]![w]!));

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function softmax(logits: number[]): Row {
  const top = Math.max(...logits);
  const powers = Float64Array.from(logits, (v) => Math.exp(v - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}
