import { OUTPUTS } from '../clip/trace.ts';
import { rawAttention } from '../lens/attentionMap.ts';
import type { Form } from '../lens/form.ts';
import { addMoments, EMPTY_MOMENTS, type Moments, momentsOf } from '../lens/moments.ts';
import { type BlockScores, type ChosenNeuron, chooseNeurons, cosineScores } from '../lens/neuronChoice.ts';
import {
  addNeuronMaps,
  mapWeights,
  maskOf,
  type PixelMap,
  pixelMap,
  type SegmentationOptions,
} from '../lens/segmentation.ts';
import {
  addSegmentations,
  EMPTY_SEGMENTATION_TALLY,
  intersectionOverUnion,
  type SegmentationTally,
  tallySegmentation,
} from '../lens/segmentationScores.ts';
import { textContrast } from '../lens/textContrast.ts';
import { meanRow } from '../lens/vectors.ts';
import { type ClassEmbeddings, classScores, predictedClass } from '../lens/zeroShot.ts';
import type { JobOptions } from '../progress.ts';
import type { Results } from './backend.ts';
import { breather } from './breathe.ts';
import type { PixelSource } from './engine.ts';
import type { ImageTower } from './imageTower.ts';

/** Neurons of some blocks, chosen for the text; or where the CLS token looks in the last block, whatever the text. */
export type Segmenter = { readonly name: string } & (
  | (SegmentationOptions & {
      readonly blocks: readonly number[];
      readonly seed?: number;
    })
  | { readonly attention: 'raw'; readonly threshold: number | 'mean' }
);

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
  /** One of them is compared with all others on every query: name it {@link BASELINE}. */
  readonly segmenters: readonly Segmenter[];
  readonly classes: ClassEmbeddings;
  /** How precision is counted. */
  readonly form: Form;
  queriesOf(image: number): Promise<readonly SegmentationQuery[]>;
  /** First image to look at: where an earlier run stopped. */
  readonly from?: number;
}

/** Name of the segmenter that others are compared with. */
export const BASELINE = 'raw attention';

/** Counts of one segmenter, which add up over any parts of a set. */
export interface SegmenterTally {
  readonly name: string;
  readonly tally: SegmentationTally;
  /** Foreground intersection over union, query by query, in 0…1. */
  readonly iou: Moments;
  /** The same less the baseline's on the same query. */
  readonly gain: Moments;
}

export interface SegmentationStep {
  /** Images looked at so far, counted from the set's first. */
  readonly done: number;
  readonly tallies: readonly SegmenterTally[];
}

/** Classes whose neurons are kept. */
const KEPT_TEXTS = 128;

/**
 * Segments every query of an image set with every segmenter, a batch of images after another, all from one
 * forward pass. Memory does not grow with the number of images.
 * @throws LensError `bad-request` as the lens's functions; `cancelled`
 */
export async function* segmentationTable(
  tower: ImageTower,
  pixels: PixelSource,
  request: SegmentationRequest,
  job: JobOptions,
): AsyncGenerator<SegmentationStep> {
  const { segmenters, classes, form } = request;
  const blocks = [...request.directions.keys()].sort((a, b) => a - b);
  const instruments = { activations: blocks, attention: [tower.config.layers - 1] };
  const neuronsOf = neuronsForTexts(request);
  const breathe = breather(job.signal);
  for (let from = request.from ?? 0; from < pixels.count; from += tower.batchSize) {
    const size = Math.min(tower.batchSize, pixels.count - from);
    const batch = await pixels.read(from, size, job.signal);
    const results = await tower.step('long', () => tower.run(batch, instruments), job.signal);
    let tallies: SegmenterTally[] = [];
    for (let b = 0; b < size; b++) {
      const image = imageOf(results, size, b);
      for (const { text, truth } of await request.queriesOf(from + b)) {
        const sought = text ?? predictedClass(classScores(image(OUTPUTS.embedding), classes));
        const maps = segmenters.map((segmenter) => mapOf(segmenter, sought, image, tower, neuronsOf));
        tallies = mergeTallies(tallies, tallyQuery(segmenters, maps, truth, form));
        await breathe();
      }
    }
    yield { done: from + size, tallies };
    job.onProgress?.({ stage: 'Segmenting pictures', done: from + size, total: pixels.count });
  }
}

/** Adds the counts of equally named segmenters, in order of first appearance. */
export function mergeTallies(...tables: readonly (readonly SegmenterTally[])[]): SegmenterTally[] {
  const merged = new Map<string, SegmenterTally>();
  for (const row of tables.flat()) {
    const before = merged.get(row.name);
    merged.set(row.name, {
      name: row.name,
      tally: addSegmentations(before?.tally ?? EMPTY_SEGMENTATION_TALLY, row.tally),
      iou: addMoments(before?.iou ?? EMPTY_MOMENTS, row.iou),
      gain: addMoments(before?.gain ?? EMPTY_MOMENTS, row.gain),
    });
  }
  return [...merged.values()];
}

type ImagePart = (name: string) => Float32Array;
type NeuronsOf = (segmenter: Segmenter & SegmentationOptions, text: number) => readonly ChosenNeuron[];

function mapOf(
  segmenter: Segmenter,
  text: number,
  image: ImagePart,
  { config }: ImageTower,
  neuronsOf: NeuronsOf,
): PixelMap {
  const { imageSize, neurons, heads, layers, patchSize } = config;
  if ('attention' in segmenter)
    return pixelMap(rawAttention(image(OUTPUTS.attentionRow(layers - 1)), heads), imageSize);
  const map = new Float64Array((imageSize / patchSize) ** 2);
  const chosen = neuronsOf(segmenter, text);
  for (const block of segmenter.blocks) {
    const weights = mapWeights(chosen, block, neurons, segmenter.signs);
    addNeuronMaps(map, image(OUTPUTS.activations(block)), weights);
  }
  return pixelMap(map, imageSize);
}

function tallyQuery(
  segmenters: readonly Segmenter[],
  maps: readonly PixelMap[],
  truth: Uint8Array,
  form: Form,
): SegmenterTally[] {
  const overlaps = segmenters.map(({ threshold }, i) =>
    intersectionOverUnion(maskOf(maps[i]!, threshold), truth),
  );
  const baseline = overlaps[segmenters.findIndex(({ name }) => name === BASELINE)];
  return segmenters.map(({ name, threshold }, i) => {
    const iou = overlaps[i];
    const gain = iou === undefined || baseline === undefined ? [] : [iou - baseline];
    return {
      name,
      tally: tallySegmentation(maps[i]!, truth, threshold, form),
      iou: momentsOf(iou === undefined ? [] : [iou]),
      gain: momentsOf(gain),
    };
  });
}

/** The neurons that a segmenter takes for a class; those of the last classes asked for are kept. */
function neuronsForTexts({ directions, segmenters, classes }: SegmentationRequest): NeuronsOf {
  const kept = new Map<number, Map<string, readonly ChosenNeuron[]>>();
  const mean = meanRow(classes.vectors, classes.count, classes.dim);
  const choose = (text: number): Map<string, readonly ChosenNeuron[]> => {
    const { dim, vectors } = classes;
    const vector = vectors.subarray(text * dim, (text + 1) * dim);
    const scoresAlong = (towards: ArrayLike<number>): Map<number, BlockScores> =>
      new Map(
        Array.from(directions, ([block, rows]) => [block, { block, scores: cosineScores(rows, towards) }]),
      );
    const scores = { alone: scoresAlong(vector), contrast: scoresAlong(textContrast(vector, mean)) };
    const chosen = new Map<string, readonly ChosenNeuron[]>();
    for (const segmenter of segmenters) {
      if ('attention' in segmenter) continue;
      const { name, blocks, neurons, order, seed, text: textForm } = segmenter;
      const own = blocks.map((block) => scores[textForm].get(block)!);
      chosen.set(name, chooseNeurons(own, neurons, order, seed));
    }
    return chosen;
  };
  return ({ name }, text) => {
    const found = kept.get(text) ?? choose(text);
    kept.delete(text);
    kept.set(text, found);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_TEXTS) kept.delete(oldest!);
    return found.get(name)!;
  };
}

/** One image's part of each output. */
const imageOf =
  (results: Results, size: number, index: number): ImagePart =>
  (name) => {
    const values = results[name]!.data as Float32Array;
    const each = values.length / size;
    return values.subarray(index * each, (index + 1) * each);
  };
