import { LensError } from '../errors.ts';
import type { LaterAttention } from './heatmap.ts';
import { effectScale, type ImageTrace } from './secondOrderEffects.ts';
import { readersOf } from './segmentation.ts';
import { largest } from './topSet.ts';

/** A neuron that writes at a patch. */
export interface PatchWriter {
  readonly neuron: number;
  /** p at the patch. */
  readonly activation: number;
  /** What that adds to the output along the neuron's direction; units of the second-order heatmap. */
  readonly effect: number;
}

/**
 * The neurons of a block whose firing at one patch moves the output most, along their directions:
 * 100/(s‖r‖)·p[i,n]·Σ_r a_r[i]/sd_r[i]·y_n[r], largest size first. It is each neuron's second-order heatmap
 * read at one place.
 * @param patch 0 … T−2, row by row of the grid
 * @param activations p [T, N]
 * @param along y_n = U_n·r_n [N, R]
 * @throws LensError `bad-request` for a patch that is not on the grid.
 */
export function patchWriters(
  patch: number,
  activations: ArrayLike<number>,
  neurons: number,
  along: ArrayLike<number>,
  later: LaterAttention,
  image: Pick<ImageTrace, 'embedding' | 'finalInvStd'>,
  count: number,
): PatchWriter[] {
  const tokens = activations.length / neurons;
  if (!Number.isInteger(patch) || patch < 0 || patch >= tokens - 1) {
    throw new LensError('bad-request', `There is no patch ${patch}: the grid has ${tokens - 1}.`);
  }
  const token = patch + 1;
  const heads = along.length / neurons;
  const readers = new Float64Array(heads);
  readersOf(later, tokens, token, (weight, r) => {
    readers[r] = weight;
  });
  const scale = effectScale(image);
  const effects = Float64Array.from({ length: neurons }, (_, n) => {
    let read = 0;
    for (let r = 0; r < heads; r++) read += readers[r]! * along[n * heads + r]!;
    return scale * activations[token * neurons + n]! * read;
  });
  return Array.from(largest(effects.map(Math.abs), Math.min(count, neurons)), (neuron) => ({
    neuron,
    activation: activations[token * neurons + neuron]!,
    effect: effects[neuron]!,
  }));
}
