import { GraphBuilder, type OnnxGraph, type Value } from '../../clip/graph/onnx.ts';
import type { BlockPaths } from '../../lens/paths.ts';
import { INPUTS, RESULTS, stackedProjections } from '../analysis/blockGraphs.ts';

/**
 * Steps on the writes of any neurons, a range at a time, from weights alone: what `BlockPasses` keeps of every neuron
 * (z, and G of R² numbers each) is for whole sets, and far too much for the early blocks of large models.
 */

/** Writes [n, W], ĉ [R, n] and e [1, D] → effects ĉ·U + e [n, D]. */
export function writtenEffectsGraph(paths: BlockPaths): OnnxGraph {
  const { dim } = paths;
  const heads = paths.heads.length;
  const { g, compact, projections, files } = start(`written effects of block ${paths.block}`, paths);
  const coefficients = g.input(INPUTS.coefficients, 'float32', [heads, 'n']);
  const shared = g.input(INPUTS.shared, 'float32', [1, dim]);
  const turned = g.op('Transpose', [coefficients], { perm: [1, 0] });
  const weighted = g.op('Mul', [
    g.op('Reshape', [compact, g.ints(-1, heads, paths.headSize)]),
    g.op('Reshape', [turned, g.ints(-1, heads, 1)]),
  ]);
  const flat = g.op('Reshape', [weighted, g.ints(-1, heads * paths.headSize)]);
  const effects = g.op('Add', [g.op('MatMul', [flat, projections]), shared]);
  g.output(RESULTS.effects, effects, 'float32', ['n', dim]);
  return g.build(files);
}

/** Writes [n, W] and a vector each [n, D] → U_n·v_n [n, R]. */
export function writtenAlongGraph(paths: BlockPaths): OnnxGraph {
  const heads = paths.heads.length;
  const { g, compact, projections, files } = start(`written along vectors, block ${paths.block}`, paths);
  const vectors = g.input(INPUTS.vectors, 'float32', ['n', paths.dim]);
  const seen = g.op('Gemm', [vectors, projections], { transB: 1 }); // [n, R·d_h]
  const products = g.op('Reshape', [g.op('Mul', [compact, seen]), g.ints(-1, heads, paths.headSize)]);
  const along = g.op('ReduceSum', [products, g.ints(2)], { keepdims: 0 });
  g.output(RESULTS.along, along, 'float32', ['n', heads]);
  return g.build(files);
}

/** z of the writes, [n, R·d_h], and B as [R·d_h, D]. */
function start(
  name: string,
  paths: BlockPaths,
): { g: GraphBuilder; compact: Value; projections: Value; files: Map<string, Uint8Array> } {
  const { width, dim, heads, headSize } = paths;
  const g = new GraphBuilder(name);
  const files = new Map<string, Uint8Array>();
  const file = (label: string, shape: readonly number[], data: Float32Array): Value => {
    files.set(label, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return g.external(label, 'float32', shape, { file: label, offset: 0, length: data.byteLength });
  };
  const writes = g.input(INPUTS.writes, 'float32', ['n', width]);
  const read = paths.reads.map((weight, l) =>
    g.op('MatMul', [writes, file(`read_${l}`, [width, width], weight)]),
  );
  const compact = read.length > 1 ? g.op('Concat', read, { axis: 1 }) : read[0]!;
  const projections = file('projections', [heads.length * headSize, dim], stackedProjections(paths));
  return { g, compact, projections, files };
}

/** a [m, k] · b [k, n]. */
export function productGraph(): OnnxGraph {
  const g = new GraphBuilder('product');
  const a = g.input('a', 'float32', ['m', 'k']);
  const b = g.input('b', 'float32', ['k', 'n']);
  g.output('product', g.op('MatMul', [a, b]), 'float32', ['m', 'n']);
  return g.build();
}
