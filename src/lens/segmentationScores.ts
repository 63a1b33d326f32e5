import { LensError } from '../errors.ts';
import { averagePrecision } from './averagePrecision.ts';
import type { Form } from './form.ts';
import { IGNORED } from './maskAlignment.ts';
import { maskOf, type PixelMap, type Threshold } from './segmentation.ts';

/** [background, foreground] */
export type PerChannel = readonly [number, number];

/** What is left of segmented pictures once they are counted: adds up over any parts of a set. */
export interface SegmentationTally {
  readonly images: number;
  /** Pixels whose channel is right, of those labelled. */
  readonly correct: number;
  readonly labelled: number;
  readonly intersection: PerChannel;
  readonly union: PerChannel;
  /** Σ over images of their average precision, and over how many images it is. */
  readonly precision: { readonly sum: number; readonly images: number };
}

export const EMPTY_SEGMENTATION_TALLY: SegmentationTally = {
  images: 0,
  correct: 0,
  labelled: 0,
  intersection: [0, 0],
  union: [0, 0],
  precision: { sum: 0, images: 0 },
};

/**
 * Counts one picture. The precision is in the form
 * - `as-released`: of both channels pooled: every pixel is ranked twice, as foreground by its value v and
 *   as background by 1 − v. A map that knows nothing reaches about 50%, whatever the size of the object.
 * - `corrected`: of the foreground alone, for pictures that have some; a map that knows nothing reaches the
 *   share of foreground.
 * @param truth mask [S, S]: 0, 1 or `IGNORED`
 * @param precision `mapPrecision`, where it is known: a map has one for all thresholds
 * @throws LensError `bad-request` when map and mask differ in size.
 */
export function tallySegmentation(
  map: PixelMap,
  truth: ArrayLike<number>,
  threshold: Threshold,
  form: Form,
  precision: number | undefined = mapPrecision(map, truth, form),
): SegmentationTally {
  const counts = overlap(maskOf(map, threshold), truth);
  return {
    images: 1,
    correct: counts.both[0] + counts.both[1],
    labelled: counts.truth[0] + counts.truth[1],
    intersection: counts.both,
    union: [
      counts.truth[0] + counts.predicted[0] - counts.both[0],
      counts.truth[1] + counts.predicted[1] - counts.both[1],
    ],
    precision: precision === undefined ? { sum: 0, images: 0 } : { sum: precision, images: 1 },
  };
}

/** The tally of two parts of a set together. */
export const addSegmentations = (a: SegmentationTally, b: SegmentationTally): SegmentationTally => ({
  images: a.images + b.images,
  correct: a.correct + b.correct,
  labelled: a.labelled + b.labelled,
  intersection: add(a.intersection, b.intersection),
  union: add(a.union, b.union),
  precision: {
    sum: a.precision.sum + b.precision.sum,
    images: a.precision.images + b.precision.images,
  },
});

/** The figures of the paper's table, in percent. */
export interface SegmentationScores {
  readonly images: number;
  /** Of all labelled pixels of the set. */
  readonly pixelAccuracy: number;
  /** Mean over background and foreground of intersection/union, each over all pixels of the set. */
  readonly meanIou: number;
  /** Foreground's alone. */
  readonly foregroundIou: number;
  /** Mean over the images of their average precision. */
  readonly meanAveragePrecision: number;
}

/** @throws LensError `bad-request` when no picture was counted. */
export function segmentationScores(tally: SegmentationTally): SegmentationScores {
  const { images, correct, labelled, intersection, union, precision } = tally;
  if (images === 0) throw new LensError('bad-request', 'Segmentation scores need at least one picture.');
  const iou = ([0, 1] as const).map((channel) => percent(intersection[channel], union[channel]));
  return {
    images,
    pixelAccuracy: percent(correct, labelled),
    meanIou: (iou[0]! + iou[1]!) / 2,
    foregroundIou: iou[1]!,
    meanAveragePrecision: percent(precision.sum, precision.images),
  };
}

/**
 * Foreground intersection over union of one picture, in 0…1; `undefined` when neither mask has any
 * foreground.
 */
export function intersectionOverUnion(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
): number | undefined {
  const counts = overlap(predicted, truth);
  const union = counts.predicted[1] + counts.truth[1] - counts.both[1];
  return union > 0 ? counts.both[1] / union : undefined;
}

interface Overlap {
  readonly both: [number, number];
  readonly predicted: [number, number];
  readonly truth: [number, number];
}

function overlap(predicted: ArrayLike<number>, truth: ArrayLike<number>): Overlap {
  const counts: Overlap = { both: [0, 0], predicted: [0, 0], truth: [0, 0] };
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === IGNORED) continue;
    const [said, is] = [predicted[i] ? 1 : 0, truth[i] ? 1 : 0] as const;
    counts.predicted[said]++;
    counts.truth[is]++;
    if (said === is) counts.both[is]++;
  }
  return counts;
}

/** Average precision of one picture, in 0…1, in the form of {@link tallySegmentation}; `undefined` where it has none. */
export function mapPrecision(map: PixelMap, truth: ArrayLike<number>, form: Form): number | undefined {
  if (map.values.length !== truth.length) {
    throw new LensError('bad-request', `A map of ${map.values.length} pixels has a mask of ${truth.length}.`);
  }
  const kept: number[] = [];
  const isForeground: number[] = [];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === IGNORED) continue;
    kept.push(map.values[i]!);
    isForeground.push(truth[i] ? 1 : 0);
  }
  if (form === 'corrected') return averagePrecision(kept, isForeground);
  const size = kept.length;
  const both = Float32Array.from({ length: 2 * size }, (_, i) => {
    if (i < size) return map.flat ? 0 : 1 - kept[i]!; // the released code's NaN of a flat map, set to 0
    return kept[i - size]!;
  });
  return averagePrecision(both, isForeground.map((x) => 1 - x).concat(isForeground));
}

const add = (a: PerChannel, b: PerChannel): PerChannel => [a[0] + b[0], a[1] + b[1]];

const percent = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);
