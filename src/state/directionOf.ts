import { LensError } from '../errors.ts';
import { loadedValue } from './data.ts';
import { sourceOf, vectorsOf } from './numbers.ts';
import type { LensState } from './state.ts';

/**
 * One direction [D] as it is shown, live or shipped.
 * @throws LensError `unavailable` where the block was not analysed; what the pack throws
 */
export async function directionOf(state: LensState, block: number, neuron: number): Promise<Float32Array> {
  if (sourceOf(state, block) === 'shipped') {
    const shipped = await state.shippedDirection(block, neuron);
    if (shipped) return shipped;
  }
  const vectors = loadedValue(vectorsOf(state, block));
  if (!vectors) throw new LensError('unavailable', 'This block has not been analysed here yet.');
  const dim = loadedValue(state.subject)?.model.config.dim ?? 0;
  return vectors.directions.slice(neuron * dim, (neuron + 1) * dim);
}
