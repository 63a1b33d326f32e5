import { encodeHalf } from './float16.ts';
import { floats } from './values.ts';
import type { BlockWeights, ClipWeights, Linear, Tensor } from './weights.ts';

/** Key of the generated file that rounded weights lie in. */
const FILE = 'rounded to half floats';

/**
 * The same weights with every matrix and bias of the blocks as half floats; what is stored so is used where it
 * lies. The rest (embeddings, LayerNorms, projections) stays as it is: it is small, and kept in float32.
 */
export function halfWeights(weights: ClipWeights): ClipWeights {
  const blocks = [...(weights.vision?.blocks ?? []), ...(weights.text?.blocks ?? [])];
  const total = blocks
    .flatMap(tensorsOf)
    .reduce((sum, { dtype, length }) => sum + (dtype === 'F32' ? length / 2 : 0), 0);
  if (total === 0) return weights;
  const file = new Uint8Array(total);
  let offset = 0;
  const round = <T extends Tensor>(tensor: T): T => {
    if (tensor.dtype !== 'F32') return tensor;
    const bits = encodeHalf(floats(weights, tensor));
    const rounded: T = { ...tensor, dtype: 'F16', file: FILE, offset, length: bits.byteLength };
    file.set(new Uint8Array(bits.buffer), offset);
    offset += bits.byteLength;
    return rounded;
  };
  const linear = ({ weight, bias }: Linear): Linear => ({ weight: round(weight), bias: round(bias) });
  const block = (b: BlockWeights): BlockWeights => ({
    ...b,
    query: linear(b.query),
    key: linear(b.key),
    value: linear(b.value),
    out: linear(b.out),
    fc1: linear(b.fc1),
    fc2: linear(b.fc2),
  });
  const { vision, text } = weights;
  return {
    ...weights,
    ...(vision && { vision: { ...vision, blocks: vision.blocks.map(block) } }),
    ...(text && { text: { ...text, blocks: text.blocks.map(block) } }),
    files: new Map([...weights.files, [FILE, file]]),
  };
}

const tensorsOf = (b: BlockWeights): Tensor[] =>
  [b.query, b.key, b.value, b.out, b.fc1, b.fc2].flatMap(({ weight, bias }) => [weight, bias]);
