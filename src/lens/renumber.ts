import { LensError } from '../errors.ts';
import type { BlockState, SharedParts } from './blockState.ts';

/**
 * A state whose images have other numbers: when broken pictures close up, say. The order must stay, since ties go by number.
 * @throws LensError `bad-request` when two images change order or fall together
 */
export function renumbered(state: BlockState, numberOf: (image: number) => number): BlockState {
  const shared = new Map<number, SharedParts>();
  let last = Number.NEGATIVE_INFINITY;
  for (const [image, parts] of [...state.candidates.shared].sort(([a], [b]) => a - b)) {
    const number = numberOf(image);
    if (!(number > last)) throw new LensError('bad-request', 'New image numbers must keep the old order.');
    last = number;
    shared.set(number, parts);
  }
  const { counts, images } = state.candidates;
  const renamed = new Int32Array(images.length);
  for (let n = 0; n < state.neurons; n++) {
    const from = n * state.kept;
    for (let at = from; at < from + counts[n]!; at++) renamed[at] = numberOf(images[at]!);
  }
  return { ...state, candidates: { ...state.candidates, images: renamed, shared } };
}
