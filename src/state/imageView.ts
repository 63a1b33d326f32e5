import { maskOf, pixelMap } from '../lens/segmentation.ts';
import { intersectionOverUnion } from '../lens/segmentationScores.ts';
import { classScores } from '../lens/zeroShot.ts';
import type { TrueMask } from './data.ts';
import { loadedValue } from './data.ts';
import type { ActingNeuron, ClassScore, FoundText } from './imageTypes.ts';

export { maskOf, type PixelMap, pixelMap } from '../lens/segmentation.ts';

import { overviewOf } from './numbers.ts';
import type { LensState } from './state.ts';

/** The neurons that act most on the picture, by effect size over their threshold. */
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

/** How the classes stand, best first as the picture is whole. */
export function classStanding(
  state: Pick<LensState, 'picture' | 'classVectors' | 'ablated' | 'classes'>,
  count: number,
): ClassScore[] {
  const reading = loadedValue(state.picture)?.reading;
  const vectors = loadedValue(state.classVectors);
  if (!reading || !vectors) return [];
  const length = Math.hypot(...reading.embedding) || 1;
  const before = classScores(
    reading.embedding.map((x) => (100 * x) / length),
    vectors,
  );
  const ablated = loadedValue(state.ablated);
  const after = ablated ? classScores(ablated, vectors) : before;
  const order = [...before.keys()].sort((a, b) => before[b]! - before[a]!);
  const risen = [...after.keys()].sort((a, b) => after[b]! - after[a]!).slice(0, 3);
  const shown = new Set([...order.slice(0, count), ...risen]);
  return order
    .filter((c) => shown.has(c))
    .map((c) => ({ name: state.classes[c]!, before: before[c]!, after: after[c]! }));
}

/** “a cat”, “Cat” and “cat” name the same thing. */
const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^(an?|the) /, '')
    .trim();

/**
 * How well the outline of a found text meets the true mask of the things of that name, in 0…1; undefined when
 * none of the picture's things has it.
 */
export function agreementWithTruth(
  found: FoundText,
  threshold: number,
  truth: TrueMask,
  labels: readonly string[],
): number | undefined {
  const owners = labels.flatMap((label, i) => (bare(label) === bare(found.text) ? [i + 1] : []));
  if (owners.length === 0) return undefined;
  const wanted = truth.owners.map((owner) => (owners.includes(owner) ? 1 : 0));
  return intersectionOverUnion(maskOf(pixelMap(found.map, truth.size), threshold), wanted);
}
