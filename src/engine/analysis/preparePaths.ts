import { GraphBuilder, type OnnxGraph } from '../../clip/graph/onnx.ts';
import type { LensWeights } from '../../lens/lensWeights.ts';
import { type BlockPaths, laterBlocks, outputMap, pathsInSlices } from '../../lens/paths.ts';
import type { Backend } from '../backend.ts';
import { inSlices } from '../running/breathe.ts';
import type { Scheduler } from '../running/scheduler.ts';
import type { Sessions } from '../running/sessions.ts';

/** What {@link preparePaths} runs on. */
export interface PathsDevice {
  readonly backend: Backend;
  readonly sessions: Sessions;
  readonly scheduler: Scheduler;
}

/**
 * The lens's `blockPaths` with its one heavy product, W_O·diag(g)·P of every later block, on the device (a
 * step each), and the rest in slices: a cancel is heard within tens of milliseconds.
 * @throws LensError `bad-request` when no head comes after the block; `cancelled`
 */
export async function preparePaths(
  weights: LensWeights,
  block: number,
  { backend, sessions, scheduler }: PathsDevice,
  signal?: AbortSignal,
): Promise<BlockPaths> {
  const { width, dim } = weights;
  const projections: Float32Array[] = [];
  const toOutput = backend.tensor('float32', outputMap(weights), [width, dim]);
  for (const later of laterBlocks(block, weights.layers)) {
    const multiply = async (): Promise<Float32Array> => {
      const session = await sessions.get({ key: 'output map', graph: () => productGraph(width, dim) });
      const out = backend.tensor('float32', weights.out(later).weight, [width, width]);
      return (await session.run({ a: out, b: toOutput })).product!.data as Float32Array;
    };
    projections.push(await scheduler.run('long', multiply, signal));
  }
  return inSlices(pathsInSlices(weights, block, projections), signal);
}

/** a [W, W] · b [W, D]. */
function productGraph(width: number, dim: number): OnnxGraph {
  const g = new GraphBuilder('output map');
  const a = g.input('a', 'float32', [width, width]);
  const b = g.input('b', 'float32', [width, dim]);
  g.output('product', g.op('MatMul', [a, b]), 'float32', [width, dim]);
  return g.build();
}
