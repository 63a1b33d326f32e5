import { OUTPUTS } from '../../clip/trace.ts';
import type { Form } from '../../lens/form.ts';
import type { LensWeights } from '../../lens/lensWeights.ts';
import { addMoments, EMPTY_MOMENTS, type Moments, momentsOf } from '../../lens/moments.ts';
import { maskOf, type PixelMap, type Threshold } from '../../lens/segmentation.ts';
import {
  addSegmentations,
  EMPTY_SEGMENTATION_TALLY,
  intersectionOverUnion,
  mapPrecision,
  type SegmentationTally,
  tallySegmentation,
} from '../../lens/segmentationScores.ts';
import { type ClassEmbeddings, classScores, predictedClass } from '../../lens/zeroShot.ts';
import type { JobOptions } from '../../progress.ts';
import type { Results } from '../backend.ts';
import type { PixelSource } from '../engine.ts';
import { breather } from '../running/breathe.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { type ImagePart, MapMaker, type Segmenter } from './segmenters.ts';

export type { Segmenter } from './segmenters.ts';

/** A thing to find in a picture. */
export interface SegmentationQuery {
  /** Class to look for; undefined: what the model itself takes the picture for. */
  readonly text: number | undefined;
  /** Where it is, as the model sees the picture, [S, S]: 0, 1 or `IGNORED`. */
  readonly truth: Uint8Array;
}

export interface SegmentationRequest {
  /** Directions [N, D] of every block that a segmenter names. */
  readonly directions: ReadonlyMap<number, Float32Array>;
  /**
   * One of them is compared with all others of its threshold on every query: name it {@link BASELINE}. Those of one
   * name differ in their threshold alone.
   */
  readonly segmenters: readonly Segmenter[];
  readonly classes: ClassEmbeddings;
  /** How precision is counted. */
  readonly form: Form;
  queriesOf(image: number): Promise<readonly SegmentationQuery[]>;
  /** Told of every query's maps, one a segmenter: to keep or to show them. */
  readonly onMaps?: ((image: number, text: number, maps: readonly PixelMap[]) => Promise<void>) | undefined;
  /** First image to look at: where an earlier run stopped. */
  readonly from?: number;
}

/** Name of the segmenter that others are compared with. */
export const BASELINE = 'raw attention';

/** Counts of one segmenter, which add up over any parts of a set. */
export interface SegmenterTally {
  readonly name: string;
  readonly threshold: Threshold;
  readonly tally: SegmentationTally;
  /** Foreground intersection over union, query by query, in 0…1. */
  readonly iou: Moments;
  /** The same less the baseline's on the same query. */
  readonly gain: Moments;
  /** Average precision less the baseline's on the same query. */
  readonly precisionGain: Moments;
}

export interface SegmentationStep {
  /** Images looked at so far, counted from the set's first. */
  readonly done: number;
  readonly tallies: readonly SegmenterTally[];
}

/**
 * Segments every query of an image set with every segmenter, a batch of images after another, all from one
 * forward pass. Memory does not grow with the number of images.
 * @throws LensError `bad-request` as the lens's functions; `cancelled`
 */
export async function* segmentationTable(
  tower: ImageTower,
  weights: LensWeights,
  pixels: PixelSource,
  request: SegmentationRequest,
  job: JobOptions,
): AsyncGenerator<SegmentationStep> {
  const { segmenters, classes, form } = request;
  const maker = new MapMaker(tower.config, weights, segmenters, classes, request.directions);
  const breathe = breather(job.signal);
  for (let from = request.from ?? 0; from < pixels.count; from += tower.batchSize) {
    const size = Math.min(tower.batchSize, pixels.count - from);
    const batch = await pixels.read(from, size, job.signal);
    const results = await tower.step('long', () => tower.run(batch, maker.instruments), job.signal);
    let tallies: SegmenterTally[] = [];
    for (let b = 0; b < size; b++) {
      const image = imageOf(results, size, b);
      for (const { text, truth } of await request.queriesOf(from + b)) {
        const sought = text ?? predictedClass(classScores(image(OUTPUTS.embedding), classes));
        const maps = maker.maps(image, sought);
        await request.onMaps?.(from + b, sought, maps);
        tallies = mergeTallies(tallies, tallyQuery(segmenters, maps, truth, form));
        await breathe();
      }
    }
    yield { done: from + size, tallies };
    job.onProgress?.({ stage: 'Segmenting pictures', done: from + size, total: pixels.count });
  }
}

/** Adds the counts of segmenters of the same name and threshold, in order of first appearance. */
export function mergeTallies(...tables: readonly (readonly SegmenterTally[])[]): SegmenterTally[] {
  const merged = new Map<string, SegmenterTally>();
  for (const row of tables.flat()) {
    const key = `${row.threshold} ${row.name}`;
    const before = merged.get(key);
    merged.set(key, {
      name: row.name,
      threshold: row.threshold,
      tally: addSegmentations(before?.tally ?? EMPTY_SEGMENTATION_TALLY, row.tally),
      iou: addMoments(before?.iou ?? EMPTY_MOMENTS, row.iou),
      gain: addMoments(before?.gain ?? EMPTY_MOMENTS, row.gain),
      precisionGain: addMoments(before?.precisionGain ?? EMPTY_MOMENTS, row.precisionGain),
    });
  }
  return [...merged.values()];
}

function tallyQuery(
  segmenters: readonly Segmenter[],
  maps: readonly PixelMap[],
  truth: Uint8Array,
  form: Form,
): SegmenterTally[] {
  const precisions = new Map([...new Set(maps)].map((map) => [map, mapPrecision(map, truth, form)]));
  const queries = segmenters.map(({ name, threshold }, i) => ({
    name,
    threshold,
    tally: tallySegmentation(maps[i]!, truth, threshold, form, precisions.get(maps[i]!)),
    overlap: intersectionOverUnion(maskOf(maps[i]!, threshold), truth),
  }));
  return queries.map(({ name, threshold, tally, overlap }) => {
    const baseline = queries.find((other) => other.name === BASELINE && other.threshold === threshold);
    return {
      name,
      threshold,
      tally,
      iou: momentsOf(overlap === undefined ? [] : [overlap]),
      gain: difference(overlap, baseline?.overlap),
      precisionGain: difference(precisionOf(tally), baseline && precisionOf(baseline.tally)),
    };
  });
}

/** Of one query. */
const precisionOf = ({ precision: { sum, images } }: SegmentationTally): number | undefined =>
  images === 1 ? sum : undefined;

const difference = (value: number | undefined, base: number | undefined): Moments =>
  momentsOf(value === undefined || base === undefined ? [] : [value - base]);

/** One image's part of each output. */
const imageOf =
  (results: Results, size: number, index: number): ImagePart =>
  (name) => {
    const values = results[name]!.data as Float32Array;
    const each = values.length / size;
    return values.subarray(index * each, (index + 1) * each);
  };
