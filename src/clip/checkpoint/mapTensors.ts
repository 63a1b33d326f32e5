import type { BlockWeights, Linear, Norm, Tensor, TextWeights } from '../weights.ts';

type Change = <T extends Tensor>(tensor: T) => T;

/** A text tower with every tensor changed. */
export function mapTensors(text: TextWeights, change: Change): TextWeights {
  const norm = ({ gain, bias }: Norm): Norm => ({ gain: change(gain), bias: change(bias) });
  const linear = ({ weight, bias }: Linear): Linear => ({ weight: change(weight), bias: change(bias) });
  const block = (b: BlockWeights): BlockWeights => ({
    norm1: norm(b.norm1),
    query: linear(b.query),
    key: linear(b.key),
    value: linear(b.value),
    out: linear(b.out),
    norm2: norm(b.norm2),
    fc1: linear(b.fc1),
    fc2: linear(b.fc2),
  });
  return {
    token: change(text.token),
    position: change(text.position),
    blocks: text.blocks.map(block),
    finalNorm: norm(text.finalNorm),
    projection: change(text.projection),
  };
}
