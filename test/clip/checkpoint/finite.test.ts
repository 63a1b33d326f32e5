import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { floatToHalf } from '../../../src/clip/float16.ts';
import { assertFinite } from '../../../src/clip/values.ts';
import type { Tensor } from '../../../src/clip/weights.ts';
import { fixture, fixtureJson } from './fixtures.ts';

const BAD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
/** The largest numbers, and the smallest: none is to be taken for infinite. */
const GOOD = { F32: [3.4028234e38, -3.4028234e38, 1e-45], F16: [65504, -65504, 6e-8] } as const;

/** Puts a number in the place of a tensor's last element. */
function put(bytes: Uint8Array, { dtype, offset, length }: Tensor, value: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (dtype === 'F32') view.setFloat32(offset + length - 4, value, true);
  else view.setUint16(offset + length - 2, floatToHalf(value), true);
}

describe('assertFinite', () => {
  it.each([
    ['quick-vision.safetensors', 0],
    ['quick-vision.safetensors', 1],
    ['quick-fp16.safetensors', 0],
    ['quick-fp16.safetensors', 1],
    ['erf-legacy11-vision_model-block_fp16.onnx', 0],
    ['erf-dynamo23-sdpa-model.onnx', 0],
  ])('finds what is not finite in %s, at whatever address (%i)', (name, shift) => {
    const whole = new Uint8Array(fixture(name).length + shift);
    whole.set(fixture(name), shift);
    const bytes = whole.subarray(shift);
    const config = name.startsWith('quick') ? fixtureJson('quick.config.json') : undefined;
    const weights = readCheckpoint([{ name, bytes }], config);
    expect(() => assertFinite(weights)).not.toThrow();
    const tensors = [weights.vision!.blocks[1]!.fc2.weight, weights.vision!.preNorm.gain];
    for (const tensor of tensors) {
      for (const value of GOOD[tensor.dtype]) {
        put(bytes, tensor, value);
        expect(() => assertFinite(weights)).not.toThrow();
      }
      for (const value of BAD) {
        put(bytes, tensor, value);
        expect(() => assertFinite(weights)).toThrow(tensor.name);
      }
      put(bytes, tensor, 0);
    }
  });
});
