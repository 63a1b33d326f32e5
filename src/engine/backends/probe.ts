import { GraphBuilder, type OnnxGraph } from '../../clip/graph/onnx.ts';
import type { Backend } from '../backend.ts';
import { testNoise } from '../checks/testNoise.ts';
import type { Probe } from './nodeDevice.ts';

/** Rows and columns: some milliseconds on a processor, and enough that sending them to a GPU costs less. */
const SIDE = 1024;
const RUNS = 2;

/**
 * Tries a device on a product of matrices, against the processor.
 * @throws what the device throws when it cannot be opened
 */
export async function probeDevice(device: Backend, processor: Backend): Promise<Probe> {
  const theirs = await product(device);
  const ours = await product(processor);
  const typical = Math.sqrt(ours.values.reduce((sum, x) => sum + x * x, 0) / ours.values.length);
  const far = ours.values.reduce((most, x, i) => Math.max(most, Math.abs(x - theirs.values[i]!)), 0);
  return { deviation: far / typical, slowness: theirs.ms / ours.ms };
}

async function product(backend: Backend): Promise<{ readonly values: Float32Array; readonly ms: number }> {
  const session = await backend.session(productGraph());
  try {
    const feeds = {
      a: backend.tensor('float32', testNoise(SIDE * SIDE, 1), [SIDE, SIDE]),
      b: backend.tensor('float32', testNoise(SIDE * SIDE, 2), [SIDE, SIDE]),
    };
    const run = async () => (await session.run(feeds)).c!.data as Float32Array;
    const values = await run(); // shaders are made, libraries loaded
    const began = performance.now();
    for (let i = 0; i < RUNS; i++) await run();
    return { values, ms: performance.now() - began };
  } finally {
    await session.release();
  }
}

function productGraph(): OnnxGraph {
  const g = new GraphBuilder('product');
  const a = g.input('a', 'float32', [SIDE, SIDE]);
  const b = g.input('b', 'float32', [SIDE, SIDE]);
  g.output('c', g.op('MatMul', [a, b]), 'float32', [SIDE, SIDE]);
  return g.build();
}
