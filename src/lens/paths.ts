import { type Head, laterHeads } from '../clip/trace.ts';
import { LensError } from '../errors.ts';
import type { LensWeights, LinearValues, NormValues } from './lensWeights.ts';
import { addScaled, dot, norm, rowTimes } from './vectors.ts';

/**
 * The ways from one block's neurons to the output, from weights alone (docs/method.md, "Paths").
 *
 * What neuron n writes, w_n, is read by later head r as z_{n,r} = w_n·A_r and reaches the joint space
 * as U_n[r] = z_{n,r}·B_r. The heads of a later block lie side by side, so A_r and B_r are column
 * and row ranges of one [W, W] and one [W, D] matrix a block.
 *
 * Sizes for ViT-B/32, block 0 (132 later heads): `reads` 26 MB, `projections` 17 MB; but U of all
 * neurons would be 830 MB, so U is computed for a range of neurons at a time ({@link pathVectors}).
 */
export interface BlockPaths {
  readonly block: number;
  /** The R axis: later heads, block-major. */
  readonly heads: readonly Head[];
  /** d_h */
  readonly headSize: number;
  readonly width: number;
  readonly neurons: number;
  readonly dim: number;
  /** [N, W] row n is w_n, as stored: not centred. */
  readonly writes: Float32Array;
  /** Per later block: diag(g_l')·W_V [W, W]; A_r is its columns h·d_h … (h+1)·d_h−1. */
  readonly reads: readonly Float32Array[];
  /** Per later block: W_O·diag(g)·P [W, D]; B_r is its rows h·d_h … (h+1)·d_h−1. */
  readonly projections: readonly Float32Array[];
  readonly shared: SharedVectors;
}

/**
 * The vectors that e(I), the part of the effect which every neuron of the block shares, is made of:
 * e = 100/‖r‖ · { [Σ_r S1_r·overStd_r + S2_r·meanOverStd_r + constant + m·finalMean] / s + finalBias }.
 */
export interface SharedVectors {
  /** [R, D] weights of S1: the MLP's bias seen through head r. */
  readonly overStd: Float64Array;
  /** [R, D] weights of S2: the mean subtraction of block l's first LayerNorm. */
  readonly meanOverStd: Float64Array;
  /** [D] LayerNorm, value and output biases of all later heads. */
  readonly constant: Float64Array;
  /** [D] the mean subtraction of the final LayerNorm. */
  readonly finalMean: Float64Array;
  /** [D] bias of the final LayerNorm. */
  readonly finalBias: Float64Array;
  /** [Q, D] orthonormal rows that span all of the above; Q ≤ min(2R+3, D). */
  readonly basis: Float64Array;
  /** Q */
  readonly rank: number;
}

/**
 * Paths from the neurons of `block`.
 * @throws LensError `bad-request` when no head comes after the block.
 */
export function blockPaths(weights: LensWeights, block: number): BlockPaths {
  const slices = pathsInSlices(weights, block);
  for (;;) {
    const slice = slices.next();
    if (slice.done) return slice.value;
  }
}

/**
 * {@link blockPaths} in slices of some tens of milliseconds, for a caller that lets messages through in between.
 * @param projections W_O·diag(g)·P [W, D] of every later block, where a device has multiplied them already:
 *   W²·D a block, nearly all of the work. Computed here without it.
 */
export function* pathsInSlices(
  weights: LensWeights,
  block: number,
  projections?: readonly Float32Array[],
): Generator<void, BlockPaths> {
  const { width, layers, heads, neurons, dim } = weights;
  const later = laterBlocks(block, layers);
  const final = weights.finalNorm();
  const projection = weights.projection();
  const toOutput = outputMap(weights);
  const write = weights.write(block);
  yield;
  const parts: LaterBlock[] = [];
  for (const [i, l] of later.entries()) {
    const ready = projections?.[i] ?? (yield* product(weights.out(l).weight, toOutput, width, dim));
    parts.push(laterBlock(weights, l, write.bias, toOutput, ready));
    yield;
  }
  return {
    block,
    heads: laterHeads(block, layers, heads),
    headSize: width / heads,
    width,
    neurons,
    dim,
    writes: write.weight,
    reads: parts.map((part) => part.read),
    projections: parts.map((part) => part.projection),
    shared: yield* sharedVectors(weights, later, parts, final, projection, toOutput),
  };
}

/**
 * The blocks after `block`, whose heads may carry its neurons' effects.
 * @throws LensError `bad-request` when there is none.
 */
export function laterBlocks(block: number, layers: number): number[] {
  if (!Number.isInteger(block) || block < 0 || block >= layers - 1) {
    throw new LensError(
      'bad-request',
      `Block ${block} has no second-order effects: choose a block from 0 to ${layers - 2}.`,
    );
  }
  return Array.from({ length: layers - 1 - block }, (_, i) => block + 1 + i);
}

/** diag(g)·P [W, D]: what the final LayerNorm's gain and the projection make of the residual stream. */
export const outputMap = (weights: LensWeights): Float32Array =>
  scaleRows(weights.projection(), weights.finalNorm().gain, weights.width, weights.dim);

interface LaterBlock {
  readonly read: Float32Array;
  readonly projection: Float32Array;
  /** [H, D] b_mlp, g_l' and the biases, each seen through every head of the block. */
  readonly ofBias: Float64Array;
  readonly ofGain: Float64Array;
  readonly ofConstants: Float64Array;
  /** [D] b_O·diag(g)·P. */
  readonly ofOut: Float64Array;
}

function laterBlock(
  weights: LensWeights,
  l: number,
  mlpBias: Float32Array,
  toOutput: Float32Array,
  projection: Float32Array,
): LaterBlock {
  const { width, heads, dim } = weights;
  const norm1: NormValues = weights.norm1(l);
  const value: LinearValues = weights.value(l);
  const out: LinearValues = weights.out(l);
  const read = scaleRows(value.weight, norm1.gain, width, width);
  const through = (values: ArrayLike<number>) => perHead(values, projection, heads, width / heads, dim);
  const constants = rowTimes(norm1.bias, value.weight, width, width);
  addScaled(constants, 1, value.bias, width);
  return {
    read,
    projection,
    ofBias: through(rowTimes(mlpBias, read, width, width)),
    ofGain: through(rowTimes(new Float64Array(width).fill(1), read, width, width)),
    ofConstants: through(constants),
    ofOut: rowTimes(out.bias, toOutput, width, dim),
  };
}

/** The released code spreads every shared term evenly over its components: k = 1+2l', K = 1+2L, H and N. */
function* sharedVectors(
  weights: LensWeights,
  later: readonly number[],
  parts: readonly LaterBlock[],
  final: NormValues,
  projection: Float32Array,
  toOutput: Float32Array,
): Generator<void, SharedVectors> {
  const { width, layers, heads, neurons, dim } = weights;
  const overStd = new Float64Array(later.length * heads * dim);
  const meanOverStd = new Float64Array(overStd.length);
  const constant = new Float64Array(dim);
  let finalShare = 0;
  later.forEach((l, index) => {
    const part = parts[index]!;
    const at = index * heads * dim;
    const k = 1 + 2 * l;
    addScaled(overStd, 1 / neurons, part.ofBias, heads * dim, at);
    addScaled(meanOverStd, -1 / (k * neurons), part.ofGain, heads * dim, at);
    for (let h = 0; h < heads; h++) {
      addScaled(constant, 1 / (k * neurons), part.ofConstants, dim, 0, h * dim);
    }
    addScaled(constant, 1 / (k * neurons), part.ofOut, dim); // H heads · b_O/(k·H·N)
    finalShare += 1 / (k * (1 + 2 * layers) * neurons); // H heads · 1/(k·K·H·N)
  });
  const ones = new Float64Array(width).fill(-finalShare);
  const finalMean = rowTimes(ones, toOutput, width, dim);
  const finalBias = rowTimes(final.bias, projection, width, dim).map((x) => x * finalShare);
  const { basis, rank } = yield* orthonormalRows([overStd, meanOverStd, constant, finalMean, finalBias], dim);
  return { overStd, meanOverStd, constant, finalMean, finalBias, basis, rank };
}

/** z of neurons `from` … `to−1`: [n, R·d_h], what every later head reads of each neuron's write. */
export function compactWrites(paths: BlockPaths, from: number, to: number): Float32Array {
  const { width, reads, writes } = paths;
  const row = reads.length * width;
  const z = new Float32Array((to - from) * row);
  for (let n = from; n < to; n++) {
    reads.forEach((read, l) => {
      z.set(rowTimes(writes, read, width, width, n * width), (n - from) * row + l * width);
    });
  }
  return z;
}

/** U of neurons `from` … `to−1`: [n, R, D]. For ViT-B/32 block 0 a neuron takes 270 kB: go in ranges. */
export function pathVectors(paths: BlockPaths, from: number, to: number): Float32Array {
  const { width, headSize, dim, heads, projections } = paths;
  const z = compactWrites(paths, from, to);
  const vectors = new Float32Array((to - from) * heads.length * dim);
  const perBlock = width / headSize;
  for (let n = 0; n < to - from; n++) {
    for (let r = 0; r < heads.length; r++) {
      const projection = projections[Math.floor(r / perBlock)]!;
      const rows = (r % perBlock) * headSize * dim;
      const zAt = (n * heads.length + r) * headSize;
      vectors.set(rowTimes(z, projection, headSize, dim, zAt, rows), (n * heads.length + r) * dim);
    }
  }
  return vectors;
}

/** Inner products of the rows of a [rows, D] matrix: [rows, rows]. G_n when the rows are U_n. */
export function gram(vectors: ArrayLike<number>, rows: number, dim: number): Float64Array {
  const products = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(vectors, vectors, dim, i * dim, j * dim);
      products[i * rows + j] = value;
      products[j * rows + i] = value;
    }
  }
  return products;
}

function scaleRows(m: Float32Array, factors: Float32Array, rows: number, columns: number): Float32Array {
  const scaled = new Float32Array(m.length);
  for (let i = 0; i < rows; i++) addScaled(scaled, factors[i]!, m, columns, i * columns, i * columns);
  return scaled;
}

/** Rows multiplied between two breaths. */
const ROWS_A_SLICE = 32;

/** a [rows, rows] · b [rows, columns]. */
function* product(
  a: Float32Array,
  b: Float32Array,
  rows: number,
  columns: number,
): Generator<void, Float32Array> {
  const result = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    result.set(rowTimes(a, b, rows, columns, i * rows), i * columns);
    if (i % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
  }
  return result;
}

/** A W-vector seen by every head: [H, D], row h is values[h's range]·B_h. */
function perHead(
  values: ArrayLike<number>,
  projection: Float32Array,
  heads: number,
  headSize: number,
  dim: number,
): Float64Array {
  const seen = new Float64Array(heads * dim);
  for (let h = 0; h < heads; h++) {
    const at = h * headSize;
    seen.set(rowTimes(values, projection, headSize, dim, at, at * dim), h * dim);
  }
  return seen;
}

/** Orthonormal rows with the span of all rows given (Gram–Schmidt, twice over; dependent rows are dropped). */
function* orthonormalRows(
  matrices: readonly Float64Array[],
  dim: number,
): Generator<void, Pick<SharedVectors, 'basis' | 'rank'>> {
  const kept: Float64Array[] = [];
  for (const matrix of matrices) {
    for (let at = 0; at < matrix.length && kept.length < dim; at += dim) {
      const row = matrix.slice(at, at + dim);
      const length = norm(row);
      for (let pass = 0; pass < 2; pass++) {
        for (const other of kept) addScaled(row, -dot(row, other, dim), other, dim);
      }
      const left = norm(row);
      if (left > 1e-10 * length) kept.push(row.map((x) => x / left));
      yield;
    }
  }
  const basis = new Float64Array(kept.length * dim);
  kept.forEach((row, i) => {
    basis.set(row, i * dim);
  });
  return { basis, rank: kept.length };
}
