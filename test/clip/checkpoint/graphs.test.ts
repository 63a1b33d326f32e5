import { describe, expect, it } from 'vitest';
import { type OnnxTensor, readOnnxModel } from '../../../src/clip/checkpoint/onnx/model.ts';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { fixture } from './fixtures.ts';

/** A graph's small numbers, changed: what the graph computes is then another model than the one read. */
function withNumber(name: string, from: number, to: number): Uint8Array {
  const bytes = fixture(name);
  const { nodes, initialisers } = readOnnxModel({ name, bytes });
  const held = nodes.flatMap((node) => [...node.attributes.values()]).filter(isTensor);
  const view = new DataView(bytes.buffer);
  let changed = 0;
  for (const { type, range } of [...held, ...initialisers.values()]) {
    if (type !== 1 || range.end - range.start !== 4) continue;
    if (Math.abs(view.getFloat32(range.start, true) - from) > 1e-6) continue;
    view.setFloat32(range.start, to, true);
    changed++;
  }
  expect(changed).toBeGreaterThan(0);
  return bytes;
}

const isTensor = (value: unknown): value is OnnxTensor =>
  typeof value === 'object' && value !== null && 'storage' in value;

const QUICK = 'quick-legacy14-model.onnx';
const SLIM = 'quick-legacy17-sdpa-vision_model_slim.onnx';
const OLD = 'erf-legacy11-text_model.onnx';
const DYNAMO = 'quick-dynamo18-model.onnx';

describe('an ONNX graph that computes something else than CLIP', () => {
  it.each([
    ['attention scaled after the product', QUICK, 0.25, 0.2, /attention scaled by 0\.200/],
    ['attention scaled at queries and keys', SLIM, 0.5, 0.6, /attention scaled by 0\.360/],
    ['attention scaled at the queries, by a Constant', OLD, 8 ** -0.5, 1, /attention scaled by 1\.00/],
    ['attention scaled by an initialiser', DYNAMO, 0.25, 0.0625, /attention scaled by 0\.0625/],
    ['another factor in the sigmoid', QUICK, 1.702, 1, /an activation made of .*Sigmoid/],
    ['another factor in the error function', OLD, Math.SQRT2, 2, /an activation made of .*Erf/],
  ])('%s', (_, name, from, to, what) => {
    const bytes = withNumber(name, from, to);
    expect(() => readCheckpoint([{ name, bytes }])).toThrow(what);
    expect(() => readCheckpoint([{ name, bytes }])).toThrow(/Use the model\.safetensors/);
  });

  it('is read with the epsilon it has', () => {
    const bytes = withNumber(OLD, 1e-5, 1e-6);
    expect(readCheckpoint([{ name: OLD, bytes }]).config.text?.layerNormEps).toBe(1e-6);
  });
});
