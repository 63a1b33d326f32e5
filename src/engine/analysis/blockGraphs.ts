import { GraphBuilder, type OnnxGraph, type Value } from '../../clip/graph/onnx.ts';
import type { BlockPaths } from '../../lens/paths.ts';

/**
 * The heavy steps of the method as small ONNX graphs, so that one code runs on WebGPU, WASM and Node.
 * Notation as in lens/paths.ts: z_{n,r} [d_h] is what later head r reads of neuron n's write, B_r [d_h, D]
 * carries it to the joint space, U_n[r] = z_{n,r}·B_r, G_n = U_n·U_nᵀ. Batches have B images; ĉ = scale·c.
 *
 * Work an image, ViT-B/32 block 9 (R = 24, N = 3,072), beside 4.4 GMAC of the forward pass: norms
 * R·N·(R + d_h) = 6.5 MMAC, activations R·N + N·D = 1.6 MMAC.
 */
export const INPUTS = {
  writes: 'writes',
  coefficients: 'coefficients',
  scales: 'scales',
  pivot: 'pivot',
  shared: 'shared',
  along: 'along',
  directions: 'directions',
  compact: 'compact',
  vectors: 'vectors',
  axes: 'axes',
} as const;

export const RESULTS = {
  compact: 'compact_writes',
  vectors: 'vectors_of_paths',
  gram: 'gram',
  cross: 'cross',
  sums: 'sums',
  norms: 'norms',
  centred: 'centred',
  activations: 'activations',
  effects: 'effects',
  along: 'along_vectors',
} as const;

interface Sizes {
  readonly heads: number;
  readonly headSize: number;
  readonly width: number;
  readonly neurons: number;
  readonly dim: number;
}

const sizesOf = (paths: BlockPaths): Sizes => ({ ...paths, heads: paths.heads.length });

/** A graph's large weights as files of their own. */
class Files {
  readonly map = new Map<string, Uint8Array>();

  add(g: GraphBuilder, name: string, shape: readonly number[], data: Float32Array): Value {
    this.map.set(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return g.external(name, 'float32', shape, { file: name, offset: 0, length: data.byteLength });
  }
}

/** All later blocks' W_O·diag(g)·P under one another: B as [R·d_h, D]. */
export function stackedProjections(paths: BlockPaths): Float32Array {
  const { projections, width, dim } = paths;
  const stacked = new Float32Array(projections.length * width * dim);
  projections.forEach((projection, l) => {
    stacked.set(projection, l * width * dim);
  });
  return stacked;
}

/**
 * Writes [n, W] of a range of neurons → z [R, n, d_h] and G [n, R, R] (`inner`); U [n, R, D] and U·basisᵀ
 * [n, R, Q] for the directions (`vectors`); z, G and U (`range`); U alone (`alone`); or G and, for axes [Q, D] given,
 * U·axesᵀ [n, R, Q] (`ruler`). From weights alone.
 */
export function pathsGraph(
  paths: BlockPaths,
  projections: Float32Array,
  wanted: 'inner' | 'vectors' | 'range' | 'alone' | 'ruler',
): OnnxGraph {
  const { heads, headSize, width, dim } = sizesOf(paths);
  const g = new GraphBuilder(`paths of block ${paths.block}`);
  const files = new Files();
  const writes = g.input(INPUTS.writes, 'float32', ['n', width]);
  const reads = paths.reads.map((read, l) => files.add(g, `read_${l}`, [width, width], read));
  const read = reads.map((weight) => g.op('MatMul', [writes, weight]));
  const joined = read.length > 1 ? g.op('Concat', read, { axis: 1 }) : read[0]!;
  const perHead = g.op('Reshape', [joined, g.ints(-1, heads, headSize)]);
  const compact = g.op('Transpose', [perHead], { perm: [1, 0, 2] });
  const projection = files.add(g, 'projections', [heads, headSize, dim], projections);
  const vectors = g.op('Transpose', [g.op('MatMul', [compact, projection])], { perm: [1, 0, 2] });
  if (['vectors', 'range', 'alone'].includes(wanted)) {
    g.output(RESULTS.vectors, vectors, 'float32', ['n', heads, dim]);
  }
  if (wanted === 'inner' || wanted === 'range') {
    g.output(RESULTS.compact, compact, 'float32', [heads, 'n', headSize]);
  }
  if (wanted === 'inner' || wanted === 'range' || wanted === 'ruler') {
    const turned = g.op('Transpose', [vectors], { perm: [0, 2, 1] });
    g.output(RESULTS.gram, g.op('MatMul', [vectors, turned]), 'float32', ['n', heads, heads]);
  }
  const cross = (columns: Value, rank: number | string): void => {
    const flat = g.op('Reshape', [vectors, g.ints(-1, dim)]);
    const seen = g.op('MatMul', [flat, columns]);
    const shape = g.op(
      'Concat',
      [g.ints(-1, heads), g.op('Slice', [g.op('Shape', [columns]), g.ints(1), g.ints(2)])],
      {
        axis: 0,
      },
    );
    g.output(RESULTS.cross, g.op('Reshape', [seen, shape]), 'float32', ['n', heads, rank]);
  };
  if (wanted === 'vectors') {
    const { rank, basis } = paths.shared;
    cross(files.add(g, 'basis', [dim, rank], transposed(basis, rank, dim)), rank);
  }
  if (wanted === 'ruler') {
    const axes = g.input(INPUTS.axes, 'float32', ['Q', dim]);
    cross(g.op('Transpose', [axes], { perm: [1, 0] }), 'Q');
  }
  return g.build(files.map);
}

/** c [B, R, N], scales [B, 1, 1] → Σ_images ĉ [R, N]. */
export function sumGraph(paths: BlockPaths): OnnxGraph {
  const { heads, neurons } = sizesOf(paths);
  const g = new GraphBuilder('sum of coefficients');
  const sums = g.op('ReduceSum', [scaled(g, heads, neurons), g.ints(0)], { keepdims: 0 });
  g.output(RESULTS.sums, sums, 'float32', [heads, neurons]);
  return g.build(new Map());
}

/**
 * Norms of the centred effects, ‖δ·U_n + ε‖ = √(δᵀGδ + 2·Σ_r δ_r z_r·(B_r ε) + ‖ε‖²), with δ = ĉ − pivot.
 * Inputs c, scales, pivot [R, N], ε [B, D]; outputs norms [B, N] and δ [N, B, R], which the top sets keep.
 *
 * With `offset`, for means that are not the pivot's: an m_n [N, D] (input `vectors`) and U_n·m_n (input
 * `along`) are added, ‖δ·U_n + ε + m_n‖.
 */
export function normsGraph(
  paths: BlockPaths,
  inner: { compact: Float32Array; gram: Float32Array; projections: Float32Array },
  offset: boolean,
): OnnxGraph {
  const { heads, headSize, neurons, dim } = sizesOf(paths);
  const g = new GraphBuilder('norms of centred effects');
  const files = new Files();
  const delta = centredCoefficients(g, heads, neurons);
  const shared = g.input(INPUTS.shared, 'float32', ['B', dim]);
  const gram = files.add(g, 'gram', [neurons, heads, heads], inner.gram);
  const compact = files.add(g, 'compact', [heads, neurons, headSize], inner.compact);
  const projections = files.add(g, 'projections', [heads * headSize, dim], inner.projections);

  const centred = g.op('Transpose', [delta], { perm: [2, 0, 1] }); // [N, B, R]
  const quadratic = g.op('MatMul', [centred, gram]);
  const seen = g.op('Gemm', [projections, shared], { transB: 1 }); // B·ε [R·d_h, B]
  const perHead = g.op('Reshape', [seen, g.ints(heads, headSize, -1)]);
  const linear = g.op('Transpose', [g.op('MatMul', [compact, perHead])], { perm: [1, 2, 0] }); // [N, B, R]
  const twice = g.op('Mul', [linear, g.scalar(2)]);
  const inside = g.op('Mul', [centred, g.op('Add', [quadratic, twice])]);
  const ofCoefficients = g.op('ReduceSum', [inside, g.ints(2)], { keepdims: 0 }); // [N, B]
  const squares = g.op('ReduceSum', [g.op('Mul', [shared, shared]), g.ints(1)], { keepdims: 1 }); // [B, 1]
  let total = g.op('Add', [g.op('Transpose', [ofCoefficients], { perm: [1, 0] }), squares]);
  if (offset) total = g.op('Add', [total, offsetTerms(g, delta, shared, heads, neurons, dim)]);
  const norms = g.op('Sqrt', [g.op('Relu', [total])]);
  g.output(RESULTS.norms, norms, 'float32', ['B', neurons]);
  g.output(RESULTS.centred, centred, 'float32', [neurons, 'B', heads]);
  return g.build(files.map);
}

/** 2·Σ_r δ_r (U_n·m_n)_r + 2·ε·m_n + ‖m_n‖², [B, N]. */
function offsetTerms(
  g: GraphBuilder,
  delta: Value,
  shared: Value,
  heads: number,
  neurons: number,
  dim: number,
): Value {
  const offset = g.input(INPUTS.vectors, 'float32', [neurons, dim]);
  const along = g.input(INPUTS.along, 'float32', [heads, neurons]);
  const cross = g.op('ReduceSum', [g.op('Mul', [delta, along]), g.ints(1)], { keepdims: 0 });
  const ofShared = g.op('Gemm', [shared, offset], { transB: 1 });
  const twice = g.op('Mul', [g.op('Add', [cross, ofShared]), g.scalar(2)]);
  const squares = g.op('ReduceSum', [g.op('Mul', [offset, offset]), g.ints(1)], { keepdims: 0 }); // [N]
  return g.op('Add', [twice, squares]);
}

/** x = δ·y_n + ε·r_n [B, N], with y [R, N] and the directions r [N, D]. */
export function activationsGraph(paths: BlockPaths): OnnxGraph {
  const { heads, neurons, dim } = sizesOf(paths);
  const g = new GraphBuilder('signed activations');
  const delta = centredCoefficients(g, heads, neurons);
  const shared = g.input(INPUTS.shared, 'float32', ['B', dim]);
  const along = g.input(INPUTS.along, 'float32', [heads, neurons]);
  const directions = g.input(INPUTS.directions, 'float32', [neurons, dim]);
  const ofHeads = g.op('ReduceSum', [g.op('Mul', [delta, along]), g.ints(1)], { keepdims: 0 });
  const ofShared = g.op('Gemm', [shared, directions], { transB: 1 });
  g.output(RESULTS.activations, g.op('Add', [ofHeads, ofShared]), 'float32', ['B', neurons]);
  return g.build(new Map());
}

/** Coefficients [R, N] · U + a shared part [1, D] → effects [N, D] of one image (or of one mean image). */
export function effectsGraph(
  paths: BlockPaths,
  inner: { compact: Float32Array; projections: Float32Array },
): OnnxGraph {
  const { heads, headSize, neurons, dim } = sizesOf(paths);
  const g = new GraphBuilder('effects');
  const files = new Files();
  const coefficients = g.input(INPUTS.coefficients, 'float32', [heads, neurons]);
  const shared = g.input(INPUTS.shared, 'float32', [1, dim]);
  const compact = files.add(g, 'compact', [heads, neurons, headSize], inner.compact);
  const projections = files.add(g, 'projections', [heads * headSize, dim], inner.projections);
  const weights = g.op('Reshape', [coefficients, g.ints(heads, neurons, 1)]);
  const weighted = g.op('Transpose', [g.op('Mul', [compact, weights])], { perm: [1, 0, 2] });
  const flat = g.op('Reshape', [weighted, g.ints(neurons, heads * headSize)]);
  const effects = g.op('Add', [g.op('MatMul', [flat, projections]), shared]);
  g.output(RESULTS.effects, effects, 'float32', [neurons, dim]);
  return g.build(files.map);
}

/** Vectors v [N, D] → U_n·v_n [R, N]. */
export function alongGraph(
  paths: BlockPaths,
  inner: { compact: Float32Array; projections: Float32Array },
): OnnxGraph {
  const { heads, headSize, neurons, dim } = sizesOf(paths);
  const g = new GraphBuilder('along vectors');
  const files = new Files();
  const vectors = g.input(INPUTS.vectors, 'float32', [neurons, dim]);
  const compact = files.add(g, 'compact', [heads, neurons, headSize], inner.compact);
  const projections = files.add(g, 'projections', [heads * headSize, dim], inner.projections);
  const seen = g.op('Gemm', [vectors, projections], { transB: 1 }); // [N, R·d_h]
  const perHead = g.op('Transpose', [g.op('Reshape', [seen, g.ints(neurons, heads, headSize)])], {
    perm: [1, 0, 2],
  });
  const along = g.op('ReduceSum', [g.op('Mul', [compact, perHead]), g.ints(2)], { keepdims: 0 });
  g.output(RESULTS.along, along, 'float32', [heads, neurons]);
  return g.build(files.map);
}

/** ĉ = scale·c [B, R, N]. */
function scaled(g: GraphBuilder, heads: number, neurons: number): Value {
  const coefficients = g.input(INPUTS.coefficients, 'float32', ['B', heads, neurons]);
  return g.op('Mul', [coefficients, g.input(INPUTS.scales, 'float32', ['B', 1, 1])]);
}

/** δ = ĉ − pivot [B, R, N]. */
const centredCoefficients = (g: GraphBuilder, heads: number, neurons: number): Value =>
  g.op('Sub', [scaled(g, heads, neurons), g.input(INPUTS.pivot, 'float32', [heads, neurons])]);

function transposed(rows: ArrayLike<number>, count: number, length: number): Float32Array {
  const columns = new Float32Array(count * length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < length; j++) columns[j * count + i] = rows[i * length + j]!;
  }
  return columns;
}
