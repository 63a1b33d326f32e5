import type { NeuronRow } from '../../pack/index.ts';
import type { PictureSet } from '../data.ts';

/** The two ends of a neuron's direction. */
export type End = 'positive' | 'negative';

/** Strongest first. */
export const picturesAt = (row: NeuronRow, end: End, count: number): number[] =>
  [...(end === 'positive' ? row.positiveImages : row.negativeImages)]
    .filter((image) => image >= 0)
    .slice(0, count);

/** The words of a ready description of `terms` words that point to an end, heaviest first. */
export const wordsAt = (row: NeuronRow, end: End, terms: number): string[] =>
  (row.codes.get(terms)?.terms ?? [])
    .filter(({ coefficient }) => (end === 'positive' ? coefficient > 0 : coefficient < 0))
    .sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient))
    .map(({ text }) => text);

/** Pictures of an end that are looked at for what they show. */
export const LOOKED_AT = 12;
/** So many of them make a kind count. */
export const ENOUGH = 3;

/** Kinds of things on several of an end's first pictures, most frequent first; none where the set says no kinds. */
export function kindsAt(
  row: NeuronRow,
  end: End,
  { kinds }: PictureSet,
): { readonly kind: string; readonly pictures: number }[] {
  const counts = new Map<string, number>();
  for (const image of picturesAt(row, end, LOOKED_AT)) {
    for (const kind of new Set(kinds?.(image) ?? [])) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, pictures]) => pictures >= ENOUGH)
    .map(([kind, pictures]) => ({ kind, pictures }))
    .sort((a, b) => b.pictures - a.pictures);
}
