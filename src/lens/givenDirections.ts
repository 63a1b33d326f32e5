import { LensError } from '../errors.ts';
import type { BlockAnalysis } from './analysis.ts';
import { type BlockSummary, HISTOGRAM_BINS } from './blockSummary.ts';
import { summarise } from './summarise.ts';
import { topSet } from './topSet.ts';
import { addScaled, dot, norm } from './vectors.ts';

/**
 * Directions made elsewhere (decoder rows of a sparse autoencoder, differences of texts, any [k, D] of the joint
 * space) looked at as neurons are. Nothing of a neuron's second order is in here: x is a projection of the
 * representation that the model puts out, see docs/method.md.
 */

/**
 * The rows of a [k, D] matrix, each at length 1, its sign as given.
 * @throws LensError `bad-request` naming the first row that is zero or holds what is no number
 */
export function unitRows(rows: Float32Array, dim: number): Float32Array {
  const unit = new Float32Array(rows.length);
  const count = rows.length / dim;
  let zeros = 0;
  let firstZero = -1;
  for (let row = 0; row < count; row++) {
    const largest = largestOf(rows, row * dim, dim);
    if (!Number.isFinite(largest)) {
      throw new LensError('bad-request', `Direction ${row} holds values that are no numbers.`);
    }
    if (largest === 0) {
      if (zeros++ === 0) firstZero = row;
      continue;
    }
    // Divided first, so that neither tiny nor huge rows lose their squares.
    for (let d = 0; d < dim; d++) unit[row * dim + d] = rows[row * dim + d]! / largest;
    const length = norm(unit, dim, row * dim);
    for (let d = 0; d < dim; d++) unit[row * dim + d]! /= length;
  }
  if (zeros > 0) {
    const which = zeros === 1 ? `Direction ${firstZero} is zero` : `${zeros} directions are zero`;
    const first = zeros === 1 ? '' : `, the first of them ${firstZero}`;
    throw new LensError(
      'bad-request',
      `${which}${first}: a zero vector points nowhere. Leave such rows out.`,
    );
  }
  return unit;
}

function largestOf(values: Float32Array, from: number, size: number): number {
  let largest = 0;
  for (let i = from; i < from + size; i++) {
    const value = Math.abs(values[i]!);
    if (!(value <= largest)) largest = value; // NaN stays
    if (Number.isNaN(largest)) return largest;
  }
  return largest;
}

/** What a set's pictures look like to the model, their mean told apart. */
export interface Representations {
  readonly images: number;
  readonly dim: number;
  /** [D] mean of 100·embedding/‖embedding‖ over the set. */
  readonly mean: Float64Array;
  /** [I, D] 100·embedding/‖embedding‖ less that mean. */
  readonly centred: Float32Array;
}

/** @param embeddings [I, D], not normalised; at least one, none of length 0 */
export function representations(embeddings: Float32Array, dim: number): Representations {
  const images = embeddings.length / dim;
  const mean = new Float64Array(dim);
  const scales = Float64Array.from({ length: images }, (_, i) => 100 / norm(embeddings, dim, i * dim));
  scales.forEach((scale, i) => {
    addScaled(mean, scale / images, embeddings, dim, 0, i * dim);
  });
  const centred = new Float32Array(embeddings.length);
  for (let at = 0; at < centred.length; at++) {
    centred[at] = scales[Math.floor(at / dim)]! * embeddings[at]! - mean[at % dim]!;
  }
  return { images, dim, mean, centred };
}

/**
 * Unit directions [k, D] over a set, in the arrays of an analysis, so that whatever shows neurons shows them:
 * `activations` x = ⟨centred representation, d⟩, `norms` |x|, `means` what the mean representation has along d,
 * `varianceShares` how much of the top images' squared centred representation lies on d. No later heads.
 * [I, k] numbers twice: for ranges of directions.
 * @throws LensError `bad-request` unless 1 ≤ k ≤ the number of images
 */
export function analyseDirections(
  { images, dim, mean, centred }: Representations,
  directions: Float32Array,
  { topK, listed }: { readonly topK: number; readonly listed: number },
): BlockAnalysis {
  const count = directions.length / dim;
  const activations = new Float32Array(images * count);
  const means = new Float32Array(count * dim);
  const thresholds = new Float32Array(count);
  const topImages = new Int32Array(count * topK);
  const varianceShares = new Float32Array(count);
  const lengths = Float64Array.from({ length: images }, (_, i) =>
    dot(centred, centred, dim, i * dim, i * dim),
  );
  const sizes = new Float32Array(images);
  for (let n = 0; n < count; n++) {
    addScaled(means, dot(mean, directions, dim, 0, n * dim), directions, dim, n * dim, n * dim);
    for (let i = 0; i < images; i++) {
      const x = dot(centred, directions, dim, i * dim, n * dim);
      activations[i * count + n] = x;
      sizes[i] = Math.abs(x);
    }
    const top = topSet(sizes, topK);
    topImages.set(top.images, n * topK);
    thresholds[n] = top.threshold;
    varianceShares[n] = share(top.images, sizes, lengths);
  }
  return {
    options: { block: 0, topK, listed },
    images,
    neurons: count,
    dim,
    laterHeads: [],
    embeddings: centred,
    means,
    norms: activations.map(Math.abs),
    thresholds,
    topImages,
    directions,
    varianceShares,
    activations,
    headShares: new Float32Array(0),
  };
}

function share(top: Int32Array, sizes: Float32Array, lengths: Float64Array): number {
  let along = 0;
  let whole = 0;
  for (const image of top) {
    along += sizes[image]! ** 2;
    whole += lengths[image]!;
  }
  return whole > 0 ? Math.min(1, along / whole) : 0;
}

/** Numbers of [I, k] at a time: a range of directions takes twice 16 MB. */
const TOGETHER = 2 ** 22;

/**
 * What is kept of {@link analyseDirections}, range by range: memory does not grow with images × directions.
 * Yields how many directions are done, for progress and for those who would stop.
 */
export function* summariseDirections(
  over: Representations,
  directions: Float32Array,
  options: { readonly topK: number; readonly listed: number },
  together = Math.max(1, Math.floor(TOGETHER / over.images)),
): Generator<number, BlockSummary> {
  const { dim } = over;
  const ranges: BlockSummary[] = [];
  for (let from = 0; from * dim < directions.length; from += together) {
    const range = directions.subarray(from * dim, (from + together) * dim);
    ranges.push(summarise(analyseDirections(over, range, options), options.listed, HISTOGRAM_BINS));
    yield Math.min(from + together, directions.length / dim);
  }
  return joined(ranges);
}

/** Summaries of ranges of one block's neurons as one summary, in their order. */
function joined(ranges: readonly BlockSummary[]): BlockSummary {
  const [first] = ranges;
  if (!first) throw new LensError('bad-request', 'There are no directions to look at.');
  if (ranges.length === 1) return first;
  return {
    ...first,
    neurons: ranges.reduce((sum, { neurons }) => sum + neurons, 0),
    overview: joinArrays(ranges.map(({ overview }) => overview)),
    detail: joinArrays(ranges.map(({ detail }) => detail)),
  };
}

function joinArrays<T extends { readonly [K in keyof T]: Float32Array | Int32Array }>(
  parts: readonly T[],
): T {
  const whole: Partial<Record<keyof T, Float32Array | Int32Array>> = {};
  for (const name of Object.keys(parts[0]!) as (keyof T)[]) {
    const arrays = parts.map((part) => part[name]);
    const size = arrays.reduce((sum, { length }) => sum + length, 0);
    const joint = arrays[0] instanceof Float32Array ? new Float32Array(size) : new Int32Array(size);
    let at = 0;
    for (const array of arrays) {
      joint.set(array, at);
      at += array.length;
    }
    whole[name] = joint;
  }
  return whole as T;
}
