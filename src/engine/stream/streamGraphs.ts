import { GraphBuilder, type OnnxGraph, type Value } from '../../clip/graph/onnx.ts';
import type { BlockPaths } from '../../lens/paths.ts';
import {
  effectParts,
  effectsFrom,
  reportDirections,
  reportStrongest,
  TILE,
} from '../analysis/rangeGraphs.ts';

/**
 * What streams of effects are measured with, as graphs without weights of their own. Notation as in rangeGraphs.ts; K is the number of images
 * kept of a neuron.
 */
export const STREAM = {
  coefficients: 'coefficients',
  own: 'own',
  shared: TILE.shared,
  rows: 'rows',
  rest: 'rest',
  distances: 'distances',
  sums: 'sums',
  delta: TILE.delta,
  vectors: TILE.vectors,
  images: TILE.images,
  places: 'places',
  chosen: 'chosen',
  means: TILE.means,
  norms: 'norms',
  along: TILE.along,
  shares: 'shares',
  directions: 'directions',
  offsets: 'offsets',
  activations: 'activations',
} as const;

/**
 * Distances [n, B] from a pivot, as `lens/ruler.ts` measures them: √(‖ĉ·own + (η, 1)·rows‖² + ‖(η, 1)·rest‖²); and Σ_images ĉ [n, R].
 * Inputs ĉ [B, n, R], (η, 1) [B, Q+1], own [n, R, R], rows [n, Q+1, R] and rest [n, Q+1, Q].
 */
export function distancesGraph(): OnnxGraph {
  const g = new GraphBuilder('distances from the pivot');
  const coefficients = g.input(STREAM.coefficients, 'float32', ['B', 'n', 'R']);
  const shared = g.input(STREAM.shared, 'float32', ['B', 'Q+1']);
  const { own, rows, rest } = ruler(g);
  const byNeuron = g.op('Transpose', [coefficients], { perm: [1, 0, 2] });
  const inHeads = g.op('Add', [g.op('MatMul', [byNeuron, own]), g.op('MatMul', [shared, rows])]);
  const squares = g.op('Add', [square(g, inHeads), square(g, g.op('MatMul', [shared, rest]))]);
  g.output(STREAM.distances, g.op('Sqrt', [squares]), 'float32', ['n', 'B']);
  const sums = g.op('ReduceSum', [coefficients, g.ints(0)], { keepdims: 0 });
  g.output(STREAM.sums, sums, 'float32', ['n', 'R']);
  return g.build();
}

/**
 * What a step of the pivot, s in ĉ [n, 1, R] and (η, 0) [1, Q+1], does to distances: its length [n], and its inner products with
 * ĉ·U of the images kept, ĉ [n, K, R] → [n, K], and with axes and pivot, `shares` [n, Q+1]. With the ruler as for distances.
 */
export function stepGraph(): OnnxGraph {
  const g = new GraphBuilder('a step of the pivot');
  const step = g.input(STREAM.delta, 'float32', ['n', 1, 'R']);
  const shared = g.input(STREAM.shared, 'float32', [1, 'Q+1']);
  const coefficients = g.input(STREAM.coefficients, 'float32', ['n', 'K', 'R']);
  const { own, rows, rest } = ruler(g);
  const inHeads = g.op('Add', [g.op('MatMul', [step, own]), g.op('MatMul', [shared, rows])]); // [n, 1, R]
  const inRest = g.op('MatMul', [shared, rest]); // [n, 1, Q]
  const squares = g.op('Add', [square(g, inHeads), square(g, inRest)]);
  g.output(STREAM.distances, g.op('Sqrt', [squares]), 'float32', ['n', 1]);
  const column = (row: Value): Value => g.op('Transpose', [row], { perm: [0, 2, 1] });
  const ofHeads = g.op('MatMul', [coefficients, g.op('MatMul', [own, column(inHeads)])]);
  g.output(STREAM.along, g.op('Squeeze', [ofHeads, g.ints(2)]), 'float32', ['n', 'K']);
  const ofShared = g.op('Add', [
    g.op('MatMul', [rows, column(inHeads)]),
    g.op('MatMul', [rest, column(inRest)]),
  ]);
  g.output(STREAM.shares, g.op('Squeeze', [ofShared, g.ints(2)]), 'float32', ['n', 'Q+1']);
  return g.build();
}

const ruler = (g: GraphBuilder): { own: Value; rows: Value; rest: Value } => ({
  own: g.input(STREAM.own, 'float32', ['n', 'R', 'R']),
  rows: g.input(STREAM.rows, 'float32', ['n', 'Q+1', 'R']),
  rest: g.input(STREAM.rest, 'float32', ['n', 'Q+1', 'Q']),
});

/** ‖rows‖² of [n, B, any]. */
const square = (g: GraphBuilder, rows: Value): Value =>
  g.op('ReduceSumSquare', [rows], { axes: [2], keepdims: 0 });

type Shapes = Pick<BlockPaths, 'heads' | 'dim'>;

/** ‖δ·U + ε‖ [n, K], inputs as of `effectParts`. */
export function exactNormsGraph(shapes: Shapes): OnnxGraph {
  const g = new GraphBuilder('norms of kept images');
  const delta = g.input(STREAM.delta, 'float32', ['n', 'K', shapes.heads.length]);
  const squares = square(g, effectsFrom(g, effectParts(g, delta, shapes)));
  g.output(STREAM.norms, g.op('Sqrt', [squares]), 'float32', ['n', 'K']);
  return g.build();
}

/** The same of ĉ [n, K, R] and a mean ĉ [n, 1, R]. */
export function keptNormsGraph(shapes: Shapes): OnnxGraph {
  const g = new GraphBuilder('norms of kept images about a mean');
  const { delta } = keptDelta(g, shapes.heads.length);
  const squares = square(g, effectsFrom(g, effectParts(g, delta, shapes)));
  g.output(STREAM.norms, g.op('Sqrt', [squares]), 'float32', ['n', 'K']);
  return g.build();
}

/** Squarings of X·Xᵀ here: Lanczos does the rest sooner than another one. */
const SQUARINGS = 2;

/**
 * What `topEffectsGraph` makes of the k strongest of the images kept: ĉ [n, K, R], a mean ĉ [n, 1, R], and `places` [n, k] in the n·K rows of
 * ĉ take the place of δ.
 */
export function keptTopGraph(shapes: Shapes, k: number): OnnxGraph {
  const g = new GraphBuilder('strongest of the kept images');
  const heads = shapes.heads.length;
  const kept = g.input(STREAM.coefficients, 'float32', ['n', 'K', heads]);
  const means = g.input(STREAM.means, 'float32', ['n', 1, heads]);
  const places = g.input(STREAM.places, 'int64', ['n', k]);
  const rows = g.op('Reshape', [kept, g.ints(-1, heads)]);
  const delta = g.op('Sub', [g.op('Gather', [rows, places], { axis: 0 }), means]);
  reportStrongest(g, effectParts(g, delta, shapes), k, SQUARINGS);
  return g.build();
}

/**
 * What `directionsGraph` says of the `chosen` among the images kept [n, 1, K], and x = ⟨δ·U + ε, r⟩ [n, K] of all of them: ĉ [n, K, R],
 * a mean ĉ [n, 1, R], u [n, 1, K] (0 for those not chosen), ε [M, D] and rows of it [n, K].
 */
export function keptDirectionsGraph(shapes: Shapes): OnnxGraph {
  const g = new GraphBuilder('directions and the kept images along them');
  const { delta, means } = keptDelta(g, shapes.heads.length);
  const weights = g.input(TILE.weights, 'float32', ['n', 1, 'K']);
  const chosen = g.input(STREAM.chosen, 'float32', ['n', 1, 'K']);
  const { x } = reportDirections(g, effectParts(g, delta, shapes), weights, means, shapes, chosen);
  g.output(STREAM.activations, g.op('Squeeze', [x, g.ints(2)]), 'float32', ['n', 'K']);
  return g.build();
}

/** δ = ĉ − mean ĉ [n, K, R]. */
function keptDelta(g: GraphBuilder, heads: number): { delta: Value; means: Value } {
  const kept = g.input(STREAM.coefficients, 'float32', ['n', 'K', heads]);
  const means = g.input(STREAM.means, 'float32', ['n', 1, heads]);
  return { delta: g.op('Sub', [kept, means]), means };
}

/** ε [M, D] of some images: weights [M, 2R+3] of vectors [2R+3, D], as `lens/sharedParts.ts` gives them, less a mean [D]. */
export function sharedTableGraph(): OnnxGraph {
  const g = new GraphBuilder('shared parts');
  const weights = g.input(STREAM.shares, 'float32', ['M', 'P']);
  const vectors = g.input(STREAM.vectors, 'float32', ['P', 'D']);
  const mean = g.input(STREAM.means, 'float32', ['D']);
  const shared = g.op('Sub', [g.op('MatMul', [weights, vectors]), mean]);
  g.output(STREAM.shared, shared, 'float32', ['M', 'D']);
  return g.build();
}

/** y = U·r [n, R] from U [n, R, D] and r [n, D]. */
export function alongRangeGraph({ heads, dim }: Shapes): OnnxGraph {
  const g = new GraphBuilder('heads along directions');
  const vectors = g.input(STREAM.vectors, 'float32', ['n', heads.length, dim]);
  const directions = g.input(STREAM.directions, 'float32', ['n', dim]);
  const columns = g.op('Reshape', [directions, g.ints(-1, dim, 1)]);
  const along = g.op('Squeeze', [g.op('MatMul', [vectors, columns]), g.ints(2)]);
  g.output(STREAM.along, along, 'float32', ['n', heads.length]);
  return g.build();
}

/** x = ĉ·y + e·r − offset [n, B] of a chunk of images: ĉ [B, n, R], y [n, R, 1], e [B, D], r [n, D], offsets [n, 1]. */
export function chunkActivationsGraph({ heads, dim }: Shapes): OnnxGraph {
  const g = new GraphBuilder('signed activations of a chunk');
  const coefficients = g.input(STREAM.coefficients, 'float32', ['B', 'n', heads.length]);
  const along = g.input(STREAM.along, 'float32', ['n', heads.length, 1]);
  const shared = g.input(STREAM.shared, 'float32', ['B', dim]);
  const directions = g.input(STREAM.directions, 'float32', ['n', dim]);
  const offsets = g.input(STREAM.offsets, 'float32', ['n', 1]);
  const byNeuron = g.op('Transpose', [coefficients], { perm: [1, 0, 2] });
  const ofHeads = g.op('Squeeze', [g.op('MatMul', [byNeuron, along]), g.ints(2)]); // [n, B]
  const ofShared = g.op('Gemm', [directions, shared], { transB: 1 });
  const x = g.op('Sub', [g.op('Add', [ofHeads, ofShared]), offsets]);
  g.output(STREAM.activations, x, 'float32', ['n', 'B']);
  return g.build();
}
