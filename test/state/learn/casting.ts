import type { PackTexts, PictureSet } from '../../../src/state/data.ts';
import { nearnessOf, picturesBorneOut } from '../../../src/state/learn/bornOut.ts';
import { type End, kindsAt, picturesAt, wordsAt } from '../../../src/state/learn/ends.ts';
import type { Place } from '../../../src/state/learn/lesson.ts';
import { LARGE, type LookedAtBlock } from './shipped.ts';

/** The rules by which lessons choose the neurons they send people to; cast.ts says what they choose. */
export interface Casting {
  readonly blocks: readonly LookedAtBlock[];
  readonly pictures: PictureSet;
  readonly texts: PackTexts;
}

type Candidate = Place & { readonly size: number; readonly share: number };

const candidates = ({ blocks }: Casting, least: number): Candidate[] =>
  blocks
    .flatMap(({ block, overview }) =>
      Array.from(overview.typicalNorm, (size, neuron) => ({
        block,
        neuron,
        size,
        share: overview.varianceShares[neuron]!,
      })),
    )
    .filter(({ size }) => size >= least);

const rowOf = ({ blocks }: Casting, { block, neuron }: Place) =>
  blocks.find((entry) => entry.block === block)!.rows.get(neuron)!;
const place = ({ block, neuron }: Place): Place => ({ block, neuron });
const by = (measure: (candidate: Candidate) => number) => (a: Candidate, b: Candidate) =>
  measure(b) - measure(a);

/** Of block 0, by effect size: the first with one kind on four of its first pictures. */
export const strong = (casting: Casting): Place =>
  place(
    candidates(casting, LARGE)
      .filter(({ block }) => block === 0)
      .sort(by(({ size }) => size))
      .find((one) => (kindsAt(rowOf(casting, one), 'positive', casting.pictures)[0]?.pictures ?? 0) >= 4)!,
  );

/** Of all neurons with an effect of 1 and more: the largest variance share, and the smallest. */
export const narrow = (casting: Casting): Place =>
  place(candidates(casting, 1).sort(by(({ share }) => share))[0]!);
export const wide = (casting: Casting): Place =>
  place(candidates(casting, 1).sort(by(({ share }) => -share))[0]!);

/** How many of an end’s first eight pictures show something near its first six words. */
export const borneOut = (casting: Casting, one: Place, end: End = 'positive'): number => {
  const row = rowOf(casting, one);
  const words = wordsAt(row, end, 16).slice(0, 6);
  return picturesBorneOut(words, picturesAt(row, end, 8), casting.pictures.labels, nearnessOf(casting.texts))
    .length;
};

/** Effect of a half and more: most of its first eight pictures near its first six words; then the larger effect. */
export const worded = (casting: Casting): Place =>
  place(
    candidates(casting, LARGE).sort(
      (a, b) => borneOut(casting, b) - borneOut(casting, a) || b.size - a.size,
    )[0]!,
  );

/** Effect of 1 and more, no picture near its words: the best description by R². */
export const misleading = (casting: Casting): Place =>
  place(
    candidates(casting, 1)
      .filter((one) => borneOut(casting, one) === 0)
      .sort(by((one) => rowOf(casting, one).codes.get(16)!.r2))[0]!,
  );

/** Two kinds on four of its first pictures each: the largest effect. */
export const mixed = (casting: Casting): Place =>
  place(
    candidates(casting, LARGE)
      .filter((one) => {
        const [first, second] = kindsAt(rowOf(casting, one), 'positive', casting.pictures);
        return first !== undefined && second !== undefined && second.pictures >= 4;
      })
      .sort(by(({ size }) => size))[0]!,
  );
