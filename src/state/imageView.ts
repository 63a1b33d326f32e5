import { averagePrecision } from '../lens/averagePrecision.ts';
import { type BlockOnConcepts, discoverConcepts } from '../lens/conceptDiscovery.ts';
import { maskOf, pixelMap } from '../lens/segmentation.ts';
import { intersectionOverUnion } from '../lens/segmentationScores.ts';
import { cosines } from '../lens/similarity.ts';
import { largest } from '../lens/topSet.ts';
import { type ClassEmbeddings, classScores, probabilities } from '../lens/zeroShot.ts';
import type { TrueMask } from './data.ts';
import { loadedValue } from './data.ts';
import type {
  Ablated,
  ActingNeuron,
  ClassScore,
  Concept,
  NearPicture,
  SwitchedOff,
  Voices,
} from './imageTypes.ts';
import { overviewOf } from './numbers.ts';
import type { LensState } from './state.ts';

export { maskOf, type PixelMap, pixelMap } from '../lens/segmentation.ts';

/** The neurons that act most on the picture, by effect size. */
export function actingNeurons(state: LensState, count: number): ActingNeuron[] {
  const read = loadedValue(state.picture);
  if (!read) return [];
  const all = read.reading.blocks.flatMap(({ block, activations, norms, significant }) => {
    const thresholds = overviewOf(state, block)?.thresholds;
    return Array.from(norms, (norm, neuron) => ({
      block,
      neuron,
      norm,
      activation: activations[neuron]!,
      threshold: thresholds?.[neuron] ?? Number.NaN,
      significant: significant[neuron] === 1,
    }));
  });
  return all.sort((a, b) => b.norm - a.norm).slice(0, count);
}

/** Risen classes, or words, that are listed below those that stood first. */
const RISEN = 3;

/**
 * How the classes stand, best first as the picture is whole; those that rose to the first places are listed too.
 * @param embedding r [D], of any length
 * @param after [D] what is left of the picture, of length 100 when intact; undefined for the whole picture
 */
export function classStanding(
  names: readonly string[],
  vectors: ClassEmbeddings,
  embedding: Float32Array,
  after: Float32Array | undefined,
  count: number,
): ClassScore[] {
  const length = Math.hypot(...embedding) || 1;
  const whole = classScores(
    embedding.map((x) => (100 * x) / length),
    vectors,
  );
  const left = after ? classScores(after, vectors) : whole;
  const [shareWhole, shareLeft] = [probabilities(whole), probabilities(left)];
  return firstOf(whole, left, count).map((c) => ({
    name: names[c]!,
    before: whole[c]!,
    after: left[c]!,
    shareBefore: shareWhole[c]!,
    shareAfter: shareLeft[c]!,
  }));
}

/** The largest of `before`, and the first few of `after` with them; in the order of `before`. */
function firstOf(before: ArrayLike<number>, after: ArrayLike<number>, count: number): number[] {
  const order = Array.from({ length: before.length }, (_, i) => i).sort((a, b) => before[b]! - before[a]!);
  const risen = [...order].sort((a, b) => after[b]! - after[a]!).slice(0, RISEN);
  const shown = new Set([...order.slice(0, count), ...risen]);
  return order.filter((i) => shown.has(i));
}

/** The words that the picture's significant neurons add up to, and what is left of them without what is off. */
export function conceptStanding(
  { blocks, words }: Voices,
  off: readonly SwitchedOff[],
  ablated: Ablated | undefined,
  count: number,
): Concept[] {
  const whole = discoverConcepts(blocks, Number.POSITIVE_INFINITY, 'corrected').words;
  const left = new Map(
    discoverConcepts(
      blocks.map((block) => ({ ...block, activations: activationsLeft(block, off, ablated) })),
      Number.POSITIVE_INFINITY,
      'corrected',
    ).words.map(({ text, score }) => [text, score]),
  );
  const before = whole.map(({ score }) => score);
  const after = whole.map(({ text }) => left.get(text) ?? 0);
  return firstOf(before, after, count).map((i) => ({
    name: words[whole[i]!.text]!,
    before: before[i]!,
    after: after[i]!,
    votes: whole[i]!.votes,
  }));
}

/** x of a block's neurons: 0 for those that are off, less what a patch that was taken away had added. */
function activationsLeft(
  { block, activations }: BlockOnConcepts,
  off: readonly SwitchedOff[],
  ablated: Ablated | undefined,
): Float32Array {
  const left = Float32Array.from(activations);
  const lost = ablated?.lost.get(block);
  if (lost) return left.map((x, n) => x - lost[n]!);
  for (const part of off) {
    if ('patch' in part) continue;
    for (const { block: where, neurons } of part.chosen) {
      if (where !== block) continue;
      if (typeof neurons === 'string')
        left.fill(0); // who votes is significant: all of them are off
      else for (const n of neurons) left[n] = 0;
    }
  }
  return left;
}

/** The pictures of the set that lie nearest, by cosine, itself left out. */
export function nearestPictures(
  vectors: Float32Array,
  target: Float32Array,
  self: number | undefined,
  count: number,
): NearPicture[] {
  const near = cosines(vectors, target);
  if (self !== undefined && self < near.length) near[self] = Number.NEGATIVE_INFINITY;
  return Array.from(largest(near, Math.min(count, near.length)), (image) => ({
    image,
    cosine: near[image]!,
  }));
}

/** “a cat”, “Cat” and “cat” name the same thing. */
const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^(an?|the) /, '')
    .trim();

/**
 * Where the things of a name truly are, [S·S] 1 or 0; undefined when none of the picture's things has it.
 * @param labels the picture's things, in the mask's order
 */
export function trueMap(text: string, truth: TrueMask, labels: readonly string[]): Float32Array | undefined {
  const owners = labels.flatMap((label, i) => (bare(label) === bare(text) ? [i + 1] : []));
  return owners.length > 0
    ? Float32Array.from(truth.owners, (owner) => (owners.includes(owner) ? 1 : 0))
    : undefined;
}

/** How well a map says where something is. */
export interface MapAgreement {
  /** Of its outline with the true mask, 0…1. */
  readonly iou: number;
  /** Average precision of its pixels, 0…1: whatever the threshold. */
  readonly precision: number;
}

/** A found map [G·G] held against where the thing truly is [S·S]; undefined for a thing of which nothing is seen. */
export function agreementWithTruth(
  map: Float32Array,
  threshold: number,
  truth: Float32Array,
): MapAgreement | undefined {
  const pixels = pixelMap(map, Math.round(Math.sqrt(truth.length)));
  const iou = intersectionOverUnion(maskOf(pixels, threshold), truth);
  const precision = averagePrecision(pixels.values, truth);
  return iou === undefined || precision === undefined ? undefined : { iou, precision };
}
