import type { PackTexts, PictureSet } from '../data.ts';

/** How near two texts are: the cosine of their vectors, less the mean of all texts, which is no text's own. */
export type Nearness = (a: string, b: string) => number;

/** From here on two texts of the shipped pool mean things of one sort: “soft serve” and “ice cream cone”, 0.6. */
export const NEAR = 0.5;

const known = new WeakMap<PackTexts, Nearness>();

/** Nearness among the texts that a pack brings; 0 for a text that it does not. */
export function nearnessOf(texts: PackTexts): Nearness {
  const made = known.get(texts) ?? makeNearness(texts);
  known.set(texts, made);
  return made;
}

function makeNearness({ words, embeddings }: PackTexts): Nearness {
  const dim = embeddings.length / words.length;
  const mean = new Float64Array(dim);
  for (let i = 0; i < embeddings.length; i++) mean[i % dim]! += embeddings[i]! / words.length;
  const places = new Map(words.map((word, place) => [word, place]));
  const vectors = new Map<string, Float64Array | undefined>();
  const vector = (text: string): Float64Array | undefined => {
    if (vectors.has(text)) return vectors.get(text);
    const place = places.get(text);
    const made = place === undefined ? undefined : centred(embeddings, place * dim, mean);
    vectors.set(text, made);
    return made;
  };
  return (a, b) => {
    const [x, y] = [vector(a), vector(b)];
    return x && y ? x.reduce((sum, value, d) => sum + value * y[d]!, 0) : 0;
  };
}

function centred(embeddings: Float32Array, from: number, mean: Float64Array): Float64Array {
  const vector = mean.map((value, d) => embeddings[from + d]! - value);
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** The set's labels have articles; lists of words have none. */
export const bareLabel = (label: string): string => label.replace(/^(an?|the|some) /, '');

/** Pictures on which something is near to one of the words, as far as the set says what is on them. */
export const picturesBorneOut = (
  words: readonly string[],
  images: readonly number[],
  labels: PictureSet['labels'],
  near: Nearness,
): number[] =>
  images.filter((image) =>
    labels(image).some((label) => words.some((word) => near(bareLabel(label), word) >= NEAR)),
  );
