import { LensError } from '../errors.ts';
import type { BlockState } from './blockState.ts';
import { requireSettled } from './settledState.ts';

/** Distances are float32 from sums of some hundred terms: nothing closer than this, relatively, is told apart. */
const ROUNDING = 1e-5;

/** A neuron's top set as a state knows it. */
export interface KeptTop {
  /** [k] places among the neuron's candidates, largest norm first, equal norms by lower image number. */
  readonly places: Int32Array;
  /** The smallest of their norms. */
  readonly threshold: number;
  /** Whether no image outside the state's candidates can belong to it. */
  readonly certain: boolean;
}

/**
 * The k strongest of a settled state's candidates of a neuron. Every image that was ever let go has a norm of at most `dropped`, by the
 * triangle inequality along every move of the pivot: a k-th norm above it is proof.
 * @throws LensError `bad-request` when k does not fit the images or the candidates
 */
export function topOf(state: BlockState, neuron: number, k: number): KeptTop {
  const { kept, candidates, dropped, exact } = state;
  const base = neuron * kept;
  const { images, distances } = candidates;
  const order = Int32Array.from({ length: candidates.counts[neuron]! }, (_, place) => place);
  order.sort((i, j) => distances[base + j]! - distances[base + i]! || images[base + i]! - images[base + j]!);
  const places = order.subarray(0, k);
  const threshold = distances[base + places[k - 1]!]!;
  const certain = exact[neuron] === 1 || threshold > dropped[neuron]! * (1 + ROUNDING);
  return { places, threshold, certain };
}

/**
 * Neurons whose top k images are not proven, ascending.
 * @throws LensError `bad-request` for a state whose sweep is not over, and when k does not fit
 */
export function uncertifiedNeurons(state: BlockState, k: number): Int32Array {
  checkTop(state, k);
  const all = Array.from({ length: state.neurons }, (_, n) => n);
  return Int32Array.from(all.filter((n) => !topOf(state, n, k).certain));
}

/** @throws LensError `bad-request` unless a settled state can give a top set of k */
export function checkTop(state: BlockState, k: number): void {
  requireSettled(state);
  const most = Math.min(state.images, state.kept);
  if (Number.isInteger(k) && k >= 1 && k <= most) return;
  throw new LensError('bad-request', `The top set must hold between 1 and ${most} images, not ${k}.`);
}
