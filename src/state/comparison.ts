import { cosine } from '../lens/vectors.ts';
import type { NeuronAt } from './compared.ts';
import type { NeuronDetail, WordedCode } from './neuronTypes.ts';

/** What is known of one of the compared neurons. */
export interface Compared {
  readonly place: NeuronAt;
  /** [D] */
  readonly direction: Float32Array | undefined;
  readonly code: WordedCode | undefined;
  readonly detail: NeuronDetail | undefined;
}

export interface SharedWord {
  readonly text: string;
  /** Whether it points the same way in both descriptions. */
  readonly agrees: boolean;
}

/** What two neurons have in common; each part undefined until both sides are known. */
export interface Pair {
  readonly a: NeuronAt;
  readonly b: NeuronAt;
  readonly cosine: number | undefined;
  /** Words of both descriptions, those with the largest weights first. */
  readonly words: readonly SharedWord[] | undefined;
  /** Pictures among the strongest of both, the strongest of `a` first. */
  readonly pictures: readonly number[] | undefined;
  /** How many of the strongest pictures each has, and how many two random choices would share. */
  readonly of: number;
  readonly byChance: number;
}

/** Every two of the neurons, in order. */
export const pairsOf = (neurons: readonly Compared[], images: number): Pair[] =>
  neurons.flatMap((a, i) => neurons.slice(i + 1).map((b) => pairOf(a, b, images)));

function pairOf(a: Compared, b: Compared, images: number): Pair {
  const counts = [a, b].map(({ detail }) => detail?.strongest.length ?? 0) as [number, number];
  return {
    a: a.place,
    b: b.place,
    cosine: a.direction && b.direction && cosine(a.direction, b.direction),
    words: a.code && b.code && sharedWords(a.code, b.code),
    pictures: a.detail && b.detail && sharedPictures(a.detail.strongest, b.detail.strongest),
    of: Math.min(...counts),
    byChance: images > 0 ? (counts[0] * counts[1]) / images : 0,
  };
}

function sharedWords(a: WordedCode, b: WordedCode): SharedWord[] {
  const weights = new Map(b.terms.map((term) => [term.text, term.coefficient]));
  return a.terms
    .flatMap(({ text, coefficient }) => {
      const other = weights.get(text);
      return other === undefined ? [] : [{ text, product: coefficient * other }];
    })
    .sort((one, two) => Math.abs(two.product) - Math.abs(one.product))
    .map(({ text, product }) => ({ text, agrees: product >= 0 }));
}

function sharedPictures(a: readonly number[], b: readonly number[]): number[] {
  const others = new Set(b);
  return a.filter((image) => others.has(image));
}

/** Typical size of the cosine between two random directions in D dimensions. */
export const cosineByChance = (dim: number): number => 1 / Math.sqrt(dim);
