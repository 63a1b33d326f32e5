import { LensError } from '../errors.ts';
import { EMPTY_TALLY, type Tally } from './tally.ts';
import { largest } from './topSet.ts';
import { addScaled, dot, norm } from './vectors.ts';

/** Classes as directions in the joint space, in the order of their names. */
export interface ClassEmbeddings {
  /** C */
  readonly count: number;
  readonly dim: number;
  /** [C, D], rows of length 1. */
  readonly vectors: Float32Array;
}

/** Where a template wants the class's name. */
const NAME = '{}';

/**
 * Every class in every template, class by class: what has to be embedded, [C·K] texts.
 * @param templates K sentences with `{}` where the name goes
 * @throws LensError `bad-request` without classes or templates, or for a template without `{}`.
 */
export function classTexts(names: readonly string[], templates: readonly string[]): string[] {
  if (names.length === 0 || templates.length === 0) {
    throw new LensError('bad-request', 'Name at least one class and one template.');
  }
  const nameless = templates.find((template) => !template.includes(NAME));
  if (nameless !== undefined) {
    throw new LensError('bad-request', `The template "${nameless}" has no {} where the class goes.`);
  }
  return names.flatMap((name) => templates.map((template) => template.replaceAll(NAME, name)));
}

/**
 * Class embeddings from the texts of {@link classTexts}: texts to length 1, their mean over the
 * templates, and that to length 1 again (CLIP's prompt ensembling; compute_classifier_projection.py).
 * @param texts [C·K, D]
 * @param templates K
 * @throws LensError `bad-request` when the texts are not K a class.
 */
export function classEmbeddings(texts: ArrayLike<number>, dim: number, templates: number): ClassEmbeddings {
  const count = texts.length / (dim * templates);
  if (!Number.isInteger(count) || count < 1) {
    throw new LensError('bad-request', `There are not ${templates} texts of ${dim} numbers for every class.`);
  }
  const vectors = new Float32Array(count * dim);
  for (let c = 0; c < count; c++) {
    const sum = new Float64Array(dim);
    for (let k = 0; k < templates; k++) {
      const at = (c * templates + k) * dim;
      addScaled(sum, inverse(norm(texts, dim, at)), texts, dim, 0, at);
    }
    addScaled(vectors, inverse(norm(sum)), sum, dim, c * dim);
  }
  return { count, dim, vectors };
}

const inverse = (length: number): number => (length > 0 ? 1 / length : 0);

/**
 * ⟨representation, class⟩ of every class, [C]. Of an embedding scaled to length 100 (what the effects
 * are parts of) these are OpenAI CLIP's logits: its temperature is 1/100.
 * @throws LensError `bad-request` when the sizes differ.
 */
export function classScores(representation: ArrayLike<number>, classes: ClassEmbeddings): Float64Array {
  const { count, dim, vectors } = classes;
  if (representation.length !== dim) {
    throw new LensError('bad-request', 'The classes were embedded with another model than the picture.');
  }
  return Float64Array.from({ length: count }, (_, c) => dot(representation, vectors, dim, 0, c * dim));
}

/**
 * Probabilities of the classes, [C]: softmax of scores/temperature.
 * @throws LensError `bad-request` unless the temperature is positive.
 */
export function probabilities(scores: ArrayLike<number>, temperature = 1): Float64Array {
  if (!(temperature > 0)) {
    throw new LensError('bad-request', `The temperature must be positive, not ${temperature}.`);
  }
  const peak = Array.from(scores).reduce((max, x) => Math.max(max, x), Number.NEGATIVE_INFINITY);
  const weights = Float64Array.from(scores, (score) => Math.exp((score - peak) / temperature));
  const total = weights.reduce((sum, x) => sum + x, 0);
  return weights.map((weight) => weight / total);
}

/** The `count` classes of largest score (all, when there are fewer), best first; equal scores by lower index. */
export const topClasses = (scores: ArrayLike<number>, count: number): Int32Array =>
  largest(scores, Math.min(count, scores.length));

/** The class of largest score, the first of several. */
export const predictedClass = (scores: ArrayLike<number>): number => topClasses(scores, 1)[0]!;

/**
 * How many of the representations [I, D] have their label among the `k` best classes.
 * @param labels [I] class indices; a negative one is not counted
 */
export function zeroShotTally(
  representations: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: ClassEmbeddings,
  k = 1,
): Tally {
  const { dim } = classes;
  let { correct, total } = EMPTY_TALLY;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0) continue;
    total++;
    const row = Float64Array.from({ length: dim }, (_, d) => representations[i * dim + d]!);
    if (topClasses(classScores(row, classes), k).includes(label)) correct++;
  }
  return { correct, total };
}
