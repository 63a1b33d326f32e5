import type { VisionConfig } from '../../clip/config.ts';
import { tokenCount } from '../../clip/config.ts';
import { GraphBuilder, type OnnxGraph, type Value } from '../../clip/graph/onnx.ts';
import { activate } from '../../clip/graph/tower.ts';
import type { BlockPaths } from '../../lens/paths.ts';

/**
 * The analysis of a range of n neurons over a chunk of B images, as graphs without weights of their own:
 * whatever depends on the range comes in as an input. Notation as in blockGraphs.ts: δ = ĉ − mean ĉ,
 * ε = e − mean e, U_n the neuron's paths, G_n = U_n·U_nᵀ, z what later heads read of its write.
 */
export const TILE = {
  inputs: 'mlp_inputs',
  readers: 'readers',
  map: 'map',
  bias: 'bias',
  scales: 'scales',
  pivot: 'pivot',
  gram: 'gram',
  compact: 'compact',
  seen: 'seen',
  squares: 'squares',
  shared: 'shared',
  delta: 'delta',
  norms: 'norms',
  vectors: 'vectors',
  images: 'images',
  products: 'products',
  guess: 'guess',
  weights: 'weights',
  means: 'means',
  meanEffects: 'mean_effects',
  sharedMean: 'shared_mean',
  directions: 'directions',
  along: 'along',
  shares: 'shares',
  activations: 'activations',
} as const;

type Shapes = Pick<BlockPaths, 'heads' | 'headSize' | 'dim'>;

/**
 * Coefficients again from what the forward pass left, and the norms ‖δ·U_n + ε‖ (normsGraph in blockGraphs.ts
 * says how). Inputs: the MLP's inputs [B, T, W], readers [B, R', T] whose last R count, the range's map [n, W]
 * and bias [n], scales [B, 1, 1], mean ĉ [R, n], G [n, R, R], z [R, n, d_h], B·ε [R, d_h, B], ‖ε‖² [B, 1].
 * Outputs δ [n, B, R] and norms [B, n].
 */
export function tileGraph({ heads, headSize }: Shapes, vision: VisionConfig): OnnxGraph {
  const g = new GraphBuilder('effect sizes of a range');
  const rows = heads.length;
  const tokens = tokenCount(vision);
  const inputs = g.input(TILE.inputs, 'float32', ['B', tokens, vision.width]);
  const readers = g.input(TILE.readers, 'float32', ['B', 'R', tokens]);
  const map = g.input(TILE.map, 'float32', ['n', vision.width]);
  const bias = g.input(TILE.bias, 'float32', ['n']);
  const scales = g.input(TILE.scales, 'float32', ['B', 1, 1]);
  const pivot = g.input(TILE.pivot, 'float32', [rows, 'n']);
  const gram = g.input(TILE.gram, 'float32', ['n', rows, rows]);
  const compact = g.input(TILE.compact, 'float32', [rows, 'n', headSize]);
  const seen = g.input(TILE.seen, 'float32', [rows, headSize, 'B']);
  const squares = g.input(TILE.squares, 'float32', ['B', 1]);

  const stacked = g.op('Reshape', [inputs, g.ints(-1, vision.width)]);
  const activations = activate(g, g.op('Gemm', [stacked, map, bias], { transB: 1 }), vision);
  const perImage = g.op('Concat', [g.ints(-1, tokens), g.op('Shape', [bias])], { axis: 0 });
  const later = g.op('Slice', [readers, g.ints(-rows), g.ints(2 ** 31 - 1), g.ints(1)]);
  const coefficients = g.op('MatMul', [
    g.op('Mul', [later, scales]),
    g.op('Reshape', [activations, perImage]),
  ]);
  const centred = g.op('Sub', [coefficients, pivot]);
  const delta = g.op('Transpose', [centred], { perm: [2, 0, 1] }); // [n, B, R]

  const quadratic = g.op('MatMul', [delta, gram]);
  const linear = g.op('Transpose', [g.op('MatMul', [compact, seen])], { perm: [1, 2, 0] }); // [n, B, R]
  const inner = g.op('Add', [quadratic, g.op('Mul', [linear, g.scalar(2)])]);
  const ofCoefficients = g.op('ReduceSum', [g.op('Mul', [delta, inner]), g.ints(2)], { keepdims: 0 });
  const total = g.op('Add', [g.op('Transpose', [ofCoefficients], { perm: [1, 0] }), squares]);
  g.output(TILE.delta, delta, 'float32', ['n', 'B', rows]);
  g.output(TILE.norms, g.op('Sqrt', [g.op('Relu', [total])]), 'float32', ['B', 'n']);
  return g.build();
}

/** ε [B, D] seen by every later head: B·ε [R, d_h, B], and ‖ε‖² [B, 1]. The same for all neurons. */
export function seenGraph({ heads, headSize, dim }: Shapes): OnnxGraph {
  const g = new GraphBuilder('shared part seen by the heads');
  const rows = heads.length;
  const shared = g.input(TILE.shared, 'float32', ['B', dim]);
  const projections = g.input(TILE.map, 'float32', [rows * headSize, dim]);
  const seen = g.op('Gemm', [projections, shared], { transB: 1 });
  const perHead = g.op('Reshape', [seen, g.ints(rows, headSize, -1)]);
  g.output(TILE.seen, perHead, 'float32', [rows, headSize, 'B']);
  const squares = g.op('ReduceSum', [g.op('Mul', [shared, shared]), g.ints(1)], { keepdims: 1 });
  g.output(TILE.squares, squares, 'float32', ['B', 1]);
  return g.build();
}

/** Squarings of X·Xᵀ: its power 32 leaves little of eigenvalues a tenth below the first; Lanczos does the rest. */
const SQUARINGS = 5;

/** Centred effects x = δ·U + ε of some images of each neuron's own: δ [n, k, R], U [n, R, D], ε [n, k, D]. */
export interface EffectParts {
  readonly delta: Value;
  readonly vectors: Value;
  readonly shared: Value;
}

/** Of δ [n, k, R] given: U [n, R, D], ε [M, D] of some images and each neuron's rows of it [n, k] are inputs. */
export function effectParts(
  g: GraphBuilder,
  delta: Value,
  { heads, dim }: Pick<Shapes, 'heads' | 'dim'>,
): EffectParts {
  const vectors = g.input(TILE.vectors, 'float32', ['n', heads.length, dim]);
  const shared = g.input(TILE.shared, 'float32', ['M', dim]);
  const images = g.input(TILE.images, 'int64', ['n', 'k']);
  return { delta, vectors, shared: g.op('Gather', [shared, images], { axis: 0 }) };
}

/** X [n, k, D] */
export const effectsFrom = (g: GraphBuilder, { delta, vectors, shared }: EffectParts): Value =>
  g.op('Add', [g.op('MatMul', [delta, vectors]), shared]);

const topParts = (g: GraphBuilder, shapes: Shapes, k: number): EffectParts =>
  effectParts(g, g.input(TILE.delta, 'float32', ['n', k, shapes.heads.length]), shapes);

/**
 * Products X·Xᵀ [n, k, k] of the centred effects X [n, k, D] of each neuron's k strongest images, and a guess at the
 * first eigenvector of these [n, k]. Inputs δ [n, k, R], U [n, R, D], ε [M, D] and the images' rows of it [n, k].
 */
export function topEffectsGraph(shapes: Shapes, k: number): OnnxGraph {
  const g = new GraphBuilder('strongest effects of a range');
  reportStrongest(g, topParts(g, shapes, k), k, SQUARINGS);
  return g.build();
}

/** Reports what {@link topEffectsGraph} does. X itself, 200 kB a neuron, never leaves the device. */
export function reportStrongest(g: GraphBuilder, parts: EffectParts, k: number, squarings: number): void {
  const effects = effectsFrom(g, parts);
  const turned = g.op('Transpose', [effects], { perm: [0, 2, 1] });
  const products = g.op('MatMul', [effects, turned]);
  g.output(TILE.products, products, 'float32', ['n', k, k]);
  let power = products;
  for (let i = 0; i < squarings; i++) {
    const largest = g.op('ReduceMax', [g.op('Abs', [power])], { axes: [1, 2], keepdims: 1 });
    const scaled = g.op('Div', [power, g.op('Max', [largest, g.scalar(1e-30)])]);
    power = g.op('MatMul', [scaled, scaled]);
  }
  // No symmetric pattern of signs is orthogonal to an irregular sum of columns.
  const irregular = Float32Array.from({ length: k }, (_, i) => 1 + ((i * 0.618034) % 1));
  const columns = g.constant('float32', [k, 1], irregular);
  g.output(TILE.guess, g.op('MatMul', [power, columns]), 'float32', ['n', k, 1]);
}

/**
 * What follows from the first left singular vector u of X (input `weights` [n, 1, k], signed): the direction
 * r = uX/‖uX‖ [n, D], y = U·r [n, R], every head's share of the effect along r over the top images [n, R], and
 * the mean effect mean ĉ·U + mean e [n, D]. All zeros for u = 0. The other inputs as of {@link topEffectsGraph}.
 */
export function directionsGraph(shapes: Shapes, k: number): OnnxGraph {
  const g = new GraphBuilder('directions of a range');
  const means = g.input(TILE.means, 'float32', ['n', 1, shapes.heads.length]);
  const parts = topParts(g, shapes, k);
  const weights = g.input(TILE.weights, 'float32', ['n', 1, k]);
  const { along } = reportDirections(g, parts, weights, means, shapes);
  g.output(TILE.along, along, 'float32', ['n', shapes.heads.length, 1]);
  return g.build();
}

/**
 * Reports what {@link directionsGraph} does, of u [n, 1, k] and mean ĉ [n, 1, R]. X is not made again: uX = (uδ)·U + uε.
 * @param chosen [n, 1, k] 1 for the top images among more, whose u is 0; all of them unless given
 * @returns x = X·r [n, k, 1] and y [n, R, 1]
 */
export function reportDirections(
  g: GraphBuilder,
  { delta, vectors, shared }: EffectParts,
  weights: Value,
  means: Value,
  { heads, dim }: Pick<Shapes, 'heads' | 'dim'>,
  chosen?: Value,
): { x: Value; along: Value } {
  const rows = heads.length;
  const sharedMean = g.input(TILE.sharedMean, 'float32', [dim]);
  const tiny = g.scalar(1e-30);

  const ofHeads = g.op('MatMul', [g.op('MatMul', [weights, delta]), vectors]);
  const sum = g.op('Add', [ofHeads, g.op('MatMul', [weights, shared])]); // [n, 1, D]
  const squares = g.op('ReduceSum', [g.op('Mul', [sum, sum]), g.ints(2)], { keepdims: 1 });
  const direction = g.op('Div', [sum, g.op('Max', [g.op('Sqrt', [squares]), tiny])]);
  const column = g.op('Reshape', [direction, g.ints(-1, dim, 1)]);
  const along = g.op('MatMul', [vectors, column]); // [n, R, 1]
  const x = g.op('Add', [g.op('MatMul', [delta, along]), g.op('MatMul', [shared, column])]); // [n, k, 1]
  const signs = g.op('Transpose', [g.op('Sign', [x])], { perm: [0, 2, 1] });
  const sides = chosen ? g.op('Mul', [signs, chosen]) : signs;
  const carried = g.op('Mul', [
    g.op('Reshape', [g.op('MatMul', [sides, delta]), g.ints(-1, rows)]),
    g.op('Reshape', [along, g.ints(-1, rows)]),
  ]);
  const total = g.op('Squeeze', [g.op('MatMul', [sides, x]), g.ints(2)]); // Σ|x| [n, 1]
  const mean = g.op('Reshape', [g.op('MatMul', [means, vectors]), g.ints(-1, dim)]);
  g.output(TILE.directions, g.op('Reshape', [direction, g.ints(-1, dim)]), 'float32', ['n', dim]);
  g.output(TILE.shares, g.op('Div', [carried, g.op('Max', [total, tiny])]), 'float32', ['n', rows]);
  g.output(TILE.meanEffects, g.op('Add', [mean, sharedMean]), 'float32', ['n', dim]);
  return { x, along };
}

/** x = δ·y + ε·r [B, n], from δ [n, B, R], y [n, R, 1], ε [B, D] and r [n, D]. */
export function rangeActivationsGraph({ heads, dim }: Shapes): OnnxGraph {
  const g = new GraphBuilder('signed activations of a range');
  const rows = heads.length;
  const delta = g.input(TILE.delta, 'float32', ['n', 'B', rows]);
  const along = g.input(TILE.along, 'float32', ['n', rows, 1]);
  const shared = g.input(TILE.shared, 'float32', ['B', dim]);
  const directions = g.input(TILE.directions, 'float32', ['n', dim]);
  const ofHeads = g.op('ReduceSum', [g.op('MatMul', [delta, along]), g.ints(2)], { keepdims: 0 }); // [n, B]
  const ofShared = g.op('Gemm', [shared, directions], { transB: 1 });
  const x = g.op('Add', [g.op('Transpose', [ofHeads], { perm: [1, 0] }), ofShared]);
  g.output(TILE.activations, x, 'float32', ['B', 'n']);
  return g.build();
}
