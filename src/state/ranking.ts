import type { BlockOverview } from './data.ts';
import { overviewOf } from './numbers.ts';
import { searchScoresOf } from './searchSlice.ts';
import type { LensState } from './state.ts';
import type { SortKey } from './view.ts';

/** The numbers neurons are ordered by; undefined for the index itself, or a search without scores. */
export function measureOf(
  overview: BlockOverview,
  sort: SortKey,
  scores: Float32Array | undefined,
): Float32Array | undefined {
  switch (sort) {
    case 'typicalNorm':
      return overview.typicalNorm;
    case 'maxNorm':
      return overview.maxNorm;
    case 'varianceShare':
      return overview.varianceShares;
    case 'threshold':
      return overview.thresholds;
    case 'searchScore':
      return scores;
    case 'index':
      return undefined;
  }
}

/** Neuron indices in order. Ties and numbers that are none go by index, the latter last. */
export function orderNeurons(
  overview: BlockOverview,
  sort: SortKey,
  descending: boolean,
  scores?: Float32Array,
): readonly number[] {
  const order = Array.from(overview.typicalNorm, (_, neuron) => neuron);
  const values = measureOf(overview, sort, scores);
  if (!values) return sort === 'index' && descending ? order.reverse() : order;
  const sign = descending ? -1 : 1;
  return order.sort((a, b) => {
    const x = values[a]!;
    const y = values[b]!;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return sign * (x - y) || a - b;
  });
}

const EMPTY: readonly number[] = [];
let last: { readonly inputs: readonly unknown[]; readonly order: readonly number[] } | undefined;

/** The order of the current block's list; the same array until something about it changes. */
export function orderOf(state: LensState): readonly number[] {
  const overview = overviewOf(state, state.view.block);
  if (!overview) return EMPTY;
  const { sort, descending } = state.view;
  const scores = searchScoresOf(state);
  const inputs = [overview, sort, descending, sort === 'searchScore' ? scores : undefined];
  if (last?.inputs.every((input, i) => input === inputs[i])) return last.order;
  last = { inputs, order: orderNeurons(overview, sort, descending, scores) };
  return last.order;
}

/** 1 for the largest of `values`. */
export function rankOf(values: Float32Array, index: number): number {
  const own = values[index]!;
  let rank = 1;
  for (const value of values) if (value > own) rank++;
  return rank;
}
