import { LensError } from '../errors.ts';
import type { BlockState } from './blockState.ts';

/** What is measured, exactly, of a state about the mean of its images. */
export interface MeasuredAboutMean {
  /** [N] distance of the mean from where distances were measured so far. */
  readonly shift: Float32Array;
  /** [N, K] norms of the kept images' effects about the mean; what stands in empty places does not count. */
  readonly distances: Float32Array;
}

/** A state whose sweep is over, measured about the mean of its images. Its arrays are changed in place. */
export function settled(state: BlockState, { shift, distances }: MeasuredAboutMean): BlockState {
  const { neurons, images, squares, dropped, candidates, sweep } = state;
  if (!sweep) return state;
  for (let n = 0; n < neurons; n++) {
    squares[n] = Math.max(0, squares[n]! - images * shift[n]! ** 2);
    dropped[n]! += shift[n]! + sweep.leftOut;
  }
  candidates.distances.set(distances);
  return { ...state, sweep: undefined };
}

/** @throws LensError `bad-request` unless a state's sweep is over */
export function requireSettled(state: BlockState): void {
  if (state.sweep === undefined && state.images > 0) return;
  throw new LensError(
    'bad-request',
    `The state of block ${state.block} is of an unfinished sweep: let it finish first.`,
  );
}
