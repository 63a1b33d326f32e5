/**
 * The image tower and the second-order effects in plain float64 loops: the truth that tests compare with.
 * Everything is written as the papers and the released code write it, with no thought of speed.
 */
import { laterHeads } from '../../src/clip/trace.ts';
import type { LensWeights, LinearValues, NormValues } from '../../src/lens/lensWeights.ts';
import type { ImageTrace } from '../../src/lens/secondOrderEffects.ts';

export interface OracleBlock {
  readonly norm1: NormValues;
  readonly query: LinearValues;
  readonly key: LinearValues;
  readonly value: LinearValues;
  readonly out: LinearValues;
  readonly norm2: NormValues;
  readonly fc1: LinearValues;
  readonly fc2: LinearValues;
}

/** All linear maps as [in, out]. */
export interface OracleTower {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly neurons: number;
  readonly dim: number;
  readonly imageSize: number;
  readonly patchSize: number;
  readonly eps: number;
  /** [W, 3, p, p] */
  readonly patch: Float32Array;
  readonly cls: Float32Array;
  readonly position: Float32Array;
  readonly preNorm: NormValues;
  readonly blocks: readonly OracleBlock[];
  readonly postNorm: NormValues;
  readonly projection: Float32Array;
}

/** What one image leaves behind; [T, …] arrays are row-major. */
export interface OracleTrace {
  /** r [D] */
  readonly embedding: Float64Array;
  readonly m: number;
  readonly s: number;
  /** per block: p [T, N] */
  readonly p: Float64Array[];
  /** per block: CLS row of the attention softmax [H, T] */
  readonly a: Float64Array[];
  /** per block: values of all heads side by side [T, W] */
  readonly v: Float64Array[];
  /** per block: mean and standard deviation of norm1's input [T] */
  readonly mu: Float64Array[];
  readonly sd: Float64Array[];
}

export function towerLens(tower: OracleTower): LensWeights {
  const block = (l: number) => tower.blocks[l]!;
  return {
    width: tower.width,
    layers: tower.layers,
    heads: tower.heads,
    neurons: tower.neurons,
    dim: tower.dim,
    norm1: (l) => block(l).norm1,
    value: (l) => block(l).value,
    out: (l) => block(l).out,
    write: (l) => block(l).fc2,
    finalNorm: () => tower.postNorm,
    projection: () => tower.projection,
  };
}

const tokens = (tower: OracleTower) => (tower.imageSize / tower.patchSize) ** 2 + 1;

/** x [rows, in] through a linear map. */
function linear(x: Float64Array, { weight, bias }: LinearValues, rows: number): Float64Array {
  const outer = bias.length;
  const inner = weight.length / outer;
  const y = new Float64Array(rows * outer);
  for (let t = 0; t < rows; t++) {
    for (let o = 0; o < outer; o++) y[t * outer + o] = bias[o]!;
    for (let i = 0; i < inner; i++) {
      const v = x[t * inner + i]!;
      for (let o = 0; o < outer; o++) y[t * outer + o]! += v * weight[i * outer + o]!;
    }
  }
  return y;
}

function layerNorm(x: Float64Array, { gain, bias }: NormValues, rows: number, eps: number) {
  const width = gain.length;
  const y = new Float64Array(x.length);
  const mean = new Float64Array(rows);
  const std = new Float64Array(rows);
  for (let t = 0; t < rows; t++) {
    const row = x.subarray(t * width, (t + 1) * width);
    mean[t] = row.reduce((sum, v) => sum + v, 0) / width;
    std[t] = Math.sqrt(row.reduce((sum, v) => sum + (v - mean[t]!) ** 2, 0) / width + eps);
    for (let j = 0; j < width; j++) y[t * width + j] = ((row[j]! - mean[t]!) / std[t]!) * gain[j]! + bias[j]!;
  }
  return { y, mean, std };
}

const quickGelu = (x: number) => x / (1 + Math.exp(-1.702 * x));

function embed(tower: OracleTower, pixels: ArrayLike<number>): Float64Array {
  const { width, patchSize: p, imageSize } = tower;
  const side = imageSize / p;
  const x = new Float64Array(tokens(tower) * width);
  for (let w = 0; w < width; w++) x[w] = tower.cls[w]!;
  for (let cell = 0; cell < side * side; cell++) {
    const top = Math.floor(cell / side) * p;
    const left = (cell % side) * p;
    for (let w = 0; w < width; w++) {
      let sum = 0;
      for (let c = 0; c < 3; c++) {
        for (let y = 0; y < p; y++) {
          for (let z = 0; z < p; z++) {
            const pixel = pixels[(c * imageSize + top + y) * imageSize + left + z]!;
            sum += tower.patch[((w * 3 + c) * p + y) * p + z]! * pixel;
          }
        }
      }
      x[(cell + 1) * width + w] = sum;
    }
  }
  return x.map((v, i) => v + tower.position[i]!);
}

function attention(tower: OracleTower, block: OracleBlock, y: Float64Array) {
  const { width, heads } = tower;
  const T = tokens(tower);
  const size = width / heads;
  const [q, k, v] = [block.query, block.key, block.value].map((map) => linear(y, map, T));
  const mixed = new Float64Array(T * width);
  const clsRow = new Float64Array(heads * T);
  for (let h = 0; h < heads; h++) {
    for (let t = 0; t < T; t++) {
      const logits = Array.from({ length: T }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += q![t * width + h * size + j]! * k![i * width + h * size + j]!;
        return sum / Math.sqrt(size);
      });
      const max = Math.max(...logits);
      const weights = logits.map((x) => Math.exp(x - max));
      const total = weights.reduce((sum, x) => sum + x, 0);
      weights.forEach((weight, i) => {
        if (t === 0) clsRow[h * T + i] = weight / total;
        for (let j = 0; j < size; j++) {
          mixed[t * width + h * size + j]! += (weight / total) * v![i * width + h * size + j]!;
        }
      });
    }
  }
  return { out: linear(mixed, block.out, T), clsRow, values: v! };
}

/** Runs one image of 3·S·S numbers through the tower. */
export function runTower(tower: OracleTower, pixels: ArrayLike<number>): OracleTrace {
  const T = tokens(tower);
  const { eps, width, dim } = tower;
  const trace = {
    p: [] as Float64Array[],
    a: [] as Float64Array[],
    v: [] as Float64Array[],
    mu: [] as Float64Array[],
    sd: [] as Float64Array[],
  };
  let x = layerNorm(embed(tower, pixels), tower.preNorm, T, eps).y;
  for (const block of tower.blocks) {
    const first = layerNorm(x, block.norm1, T, eps);
    const { out, clsRow, values } = attention(tower, block, first.y);
    const afterAttention = x.map((v, i) => v + out[i]!);
    const p = linear(layerNorm(afterAttention, block.norm2, T, eps).y, block.fc1, T).map(quickGelu);
    const written = linear(p, block.fc2, T);
    x = afterAttention.map((v, i) => v + written[i]!);
    trace.p.push(p);
    trace.a.push(clsRow);
    trace.v.push(values);
    trace.mu.push(first.mean);
    trace.sd.push(first.std);
  }
  const final = layerNorm(x.slice(0, width), tower.postNorm, 1, eps);
  const embedding = linear(final.y, { weight: tower.projection, bias: new Float32Array(dim) }, 1);
  return { ...trace, embedding, m: final.mean[0]!, s: final.std[0]! };
}

/** What the instrumented graph reports for the neurons of a block. */
export function imageTrace(tower: OracleTower, trace: OracleTrace, block: number): ImageTrace {
  const { neurons, layers, heads } = tower;
  const T = tokens(tower);
  const later = laterHeads(block, layers, heads);
  const coefficients = new Float64Array(later.length * neurons);
  const attentionOverStd = new Float64Array(later.length);
  const attentionMeanOverStd = new Float64Array(later.length);
  later.forEach((head, r) => {
    for (let i = 0; i < T; i++) {
      const weight = trace.a[head.block]![head.head * T + i]! / trace.sd[head.block]![i]!;
      attentionOverStd[r]! += weight;
      attentionMeanOverStd[r]! += weight * trace.mu[head.block]![i]!;
      for (let n = 0; n < neurons; n++) {
        coefficients[r * neurons + n]! += trace.p[block]![i * neurons + n]! * weight;
      }
    }
  });
  return {
    coefficients,
    attentionOverStd,
    attentionMeanOverStd,
    embedding: trace.embedding,
    finalMean: trace.m,
    finalInvStd: 1 / trace.s,
  };
}

/**
 * phi_n(I) [D] as the released code computes it: the neuron's share of the residual stream at every
 * token goes through each later head in turn, every bias and mean spread evenly over all components.
 */
export function naiveEffect(
  tower: OracleTower,
  trace: OracleTrace,
  block: number,
  neuron: number,
): Float64Array {
  const phi = new Float64Array(tower.dim);
  for (const { block: later, head } of laterHeads(block, tower.layers, tower.heads)) {
    const part = naiveThroughHead(tower, trace, block, neuron, later, head);
    part.forEach((v, d) => {
      phi[d]! += v;
    });
  }
  return phi;
}

function naiveThroughHead(
  tower: OracleTower,
  trace: OracleTrace,
  block: number,
  neuron: number,
  later: number,
  head: number,
): Float64Array {
  const { width: W, neurons: N, heads: H, layers: L, dim: D } = tower;
  const T = tokens(tower);
  const size = W / H;
  const reader = tower.blocks[later]!;
  const { weight, bias } = tower.blocks[block]!.fc2;
  const components = (1 + 2 * later) * N;
  const mixed = new Float64Array(size);
  for (let i = 0; i < T; i++) {
    const normalised = new Float64Array(W);
    for (let w = 0; w < W; w++) {
      const written = trace.p[block]![i * N + neuron]! * weight[neuron * W + w]! + bias[w]! / N;
      const centred = written - trace.mu[later]![i]! / components;
      normalised[w] =
        (reader.norm1.gain[w]! * centred) / trace.sd[later]![i]! + reader.norm1.bias[w]! / components;
    }
    for (let j = 0; j < size; j++) {
      const column = head * size + j;
      let v = reader.value.bias[column]! / components;
      for (let w = 0; w < W; w++) v += normalised[w]! * reader.value.weight[w * W + column]!;
      mixed[j]! += trace.a[later]![head * T + i]! * v;
    }
  }
  const all = components * H * (1 + 2 * L);
  const final = new Float64Array(W);
  for (let w = 0; w < W; w++) {
    let out = reader.out.bias[w]! / (components * H);
    for (let j = 0; j < size; j++) out += mixed[j]! * reader.out.weight[(head * size + j) * W + w]!;
    final[w] = (tower.postNorm.gain[w]! * (out - trace.m / all)) / trace.s + tower.postNorm.bias[w]! / all;
  }
  const length = Math.hypot(...trace.embedding);
  const effect = new Float64Array(D);
  for (let d = 0; d < D; d++) {
    for (let w = 0; w < W; w++) effect[d]! += final[w]! * tower.projection[w * D + d]!;
    effect[d]! *= 100 / length;
  }
  return effect;
}
