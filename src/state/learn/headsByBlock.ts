import { headsOf } from '../numbers.ts';
import type { LensState } from '../state.ts';
import type { Place } from './lesson.ts';
import { rowAt } from './look.ts';

/** What the heads of each later block carry together of a neuron's effect, blocks in order. */
export function headsByBlock(
  state: LensState,
  place: Place,
): readonly { readonly block: number; readonly share: number }[] | undefined {
  const shares = rowAt(state, place)?.headShares;
  if (!shares) return undefined;
  const sums = new Map<number, number>();
  headsOf(state, place.block).forEach((head, i) => {
    sums.set(head.block, (sums.get(head.block) ?? 0) + (shares[i] ?? 0));
  });
  return [...sums].map(([block, share]) => ({ block, share })).sort((a, b) => a.block - b.block);
}
