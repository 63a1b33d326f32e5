import { LensError } from '../errors.ts';
import { representation } from './ablation.ts';
import { effectSumOf } from './effectSum.ts';
import type { BlockPaths } from './paths.ts';
import type { ImageTrace } from './secondOrderEffects.ts';
import { addScaled } from './vectors.ts';

/** A neuron of a model. */
export interface NeuronRef {
  readonly block: number;
  readonly neuron: number;
}

/** A block as one image went through it. */
export interface BlockOnImage {
  readonly paths: BlockPaths;
  readonly trace: ImageTrace;
  /** Means over the set of the effects of this block's neurons, [N, D]. */
  readonly means: ArrayLike<number>;
}

/** One image with a selection of neurons mean-ablated. */
export interface WithoutNeurons {
  /** How many different neurons were taken out. */
  readonly neurons: number;
  /** [D] the embedding at length 100, untouched. */
  readonly before: Float64Array;
  /** [D] the same with the selected second-order effects replaced by their means. */
  readonly after: Float64Array;
}

/**
 * Replaces the second-order effects of any neurons of any blocks on one image by their means:
 * after = before − Σ (phi_n − mean_n). Neurons named twice count once. The effects are those of the
 * whole image: an effect that one neuron has through another is not followed (the paper's ablation).
 * @throws LensError `bad-request` for a neuron whose block is not given or has no such neuron.
 */
export function withoutNeurons(
  blocks: readonly BlockOnImage[],
  embedding: ArrayLike<number>,
  selection: readonly NeuronRef[],
): WithoutNeurons {
  const before = representation(embedding);
  const after = before.slice();
  const dim = after.length;
  let count = 0;
  for (const [block, neurons] of byBlock(selection)) {
    const given = blocks.find(({ paths }) => paths.block === block);
    const unknown = [...neurons].find(
      (n) => !Number.isInteger(n) || n < 0 || n >= (given?.paths.neurons ?? 0),
    );
    if (!given || unknown !== undefined) {
      throw new LensError('bad-request', `There is no neuron ${unknown} of block ${block} to take out.`);
    }
    addScaled(after, -1, effectSumOf(given.paths, given.trace, neurons), dim);
    for (const n of neurons) addScaled(after, 1, given.means, dim, 0, n * dim);
    count += neurons.size;
  }
  return { neurons: count, before, after };
}

function byBlock(selection: readonly NeuronRef[]): Map<number, Set<number>> {
  const blocks = new Map<number, Set<number>>();
  for (const { block, neuron } of selection) {
    const neurons = blocks.get(block) ?? new Set();
    blocks.set(block, neurons.add(neuron));
  }
  return blocks;
}
