import * as ort from 'onnxruntime-node';
import type { OnnxGraph } from '../../src/clip/graph/onnx.ts';

export type Feed = Float32Array | BigInt64Array;

/** Runs a graph of ours once on onnxruntime-node and returns every output. */
export async function runGraph(
  graph: OnnxGraph,
  feeds: Record<string, { data: Feed; dims: readonly number[] }>,
  level: 'disabled' | 'basic' | 'extended' | 'all' = 'all',
): Promise<Record<string, { data: Float32Array; dims: readonly number[] }>> {
  const session = await ort.InferenceSession.create(graph.model, {
    externalData: [...graph.files].map(([path, data]) => ({ path, data })),
    graphOptimizationLevel: level,
    intraOpNumThreads: 1,
  });
  const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
    name,
    data instanceof Float32Array
      ? new ort.Tensor('float32', data, dims)
      : new ort.Tensor('int64', data, dims),
  ]);
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
  );
}
