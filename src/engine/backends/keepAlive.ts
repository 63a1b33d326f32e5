import { GraphBuilder, type OnnxGraph } from '../../clip/graph/onnx.ts';

/** The smallest graph there is, y = x + x: a session of it keeps a device's compiled shaders alive. */
export function keepAliveGraph(): OnnxGraph {
  const g = new GraphBuilder('keep alive');
  const x = g.input('x', 'float32', [1]);
  g.output('y', g.op('Add', [x, x]), 'float32', [1]);
  return g.build();
}
