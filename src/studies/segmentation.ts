import {
  BASELINE,
  mergeTallies,
  type SegmentationQuery,
  type Segmenter,
  type SegmenterTally,
} from '../engine/tables/segmentationTable.ts';
import type { Picture, PictureSource } from '../images/picture.ts';
import type { SetIndex } from '../images/setIndex.ts';
import type { Form } from '../lens/form.ts';
import { alignMask, type Mask } from '../lens/maskAlignment.ts';
import { spreadOf } from '../lens/moments.ts';
import { CORRECTED_SEGMENTATION, type PixelMap, RELEASED_SEGMENTATION } from '../lens/segmentation.ts';
import { segmentationScores } from '../lens/segmentationScores.ts';
import type { ClassEmbeddings } from '../lens/zeroShot.ts';
import type { BlockStudy } from './blockStudy.ts';
import { rounded } from './figures.ts';
import type { LabelledImages, Part } from './labelledImages.ts';
import { type Bench, goOn, type PartTable, partJob } from './study.ts';

export interface SegmentationSetup {
  readonly studies: readonly BlockStudy[];
  readonly images: LabelledImages;
  readonly classes: ClassEmbeddings;
  readonly segmenters: readonly Segmenter[];
  readonly form: Form;
  /** What to look for in image `i` of the set, and where it is as the model sees the picture. */
  readonly queriesOf: (image: number) => Promise<readonly SegmentationQuery[]>;
  /** Told of every query's maps, one a segmenter. */
  readonly onMaps?: ((image: number, text: number, maps: readonly PixelMap[]) => Promise<void>) | undefined;
  /** Told of the table so far, from time to time. */
  readonly onTables?: (tables: readonly PartTable<SegmenterTally>[]) => void;
}

/** The segmentation table of every part of a set; what the checkpoint has is not done again. */
export async function segmentationStudy(
  bench: Bench,
  setup: SegmentationSetup,
): Promise<PartTable<SegmenterTally>[]> {
  const { images, onTables } = setup;
  const tables = images.parts.map(({ name, images: own }) => ({
    name,
    images: own.length,
    rows: [] as readonly SegmenterTally[],
  }));
  for (const [i, part] of images.parts.entries()) {
    await sweep(bench, setup, part, (rows) => {
      tables[i]!.rows = rows;
      onTables?.(tables.filter((table) => table.rows.length > 0));
    });
  }
  return tables;
}

/** The table of one part; kept as far as it is, also when it is cut short. */
async function sweep(
  { engine, checkpoint, job }: Bench,
  { studies, images, classes, segmenters, form, queriesOf, onMaps }: SegmentationSetup,
  part: Part,
  onRows: (rows: readonly SegmenterTally[]) => void,
): Promise<void> {
  const name = `table of ${part.name}`;
  const request = {
    directions: new Map(studies.map(({ block, directions }) => [block, directions])),
    segmenters,
    classes,
    form,
    queriesOf: (i: number) => queriesOf(part.images[i]!),
    onMaps:
      onMaps && ((i: number, text: number, maps: readonly PixelMap[]) => onMaps(part.images[i]!, text, maps)),
  };
  const pixels = images.pixels(part.images);
  await goOn(checkpoint, name, {
    after: (from) => engine.segmentations(pixels, { ...request, from }, partJob(job, part.name)),
    merge: (rows, step) => mergeTallies(rows, step.tallies),
    onRows,
  });
}

export interface SegmentersAsked {
  readonly form: Form;
  /** Chosen for a text. */
  readonly neurons: number;
  /** Of the random neurons. */
  readonly seeds: readonly number[];
  readonly blocks: readonly number[];
  /** All blocks there are numbers of. */
  readonly every: readonly number[];
}

/** All of the paper's segmenters, ours and what they are to be better than, each at both thresholds. */
export function segmentersOf({ form, neurons, seeds, blocks, every }: SegmentersAsked): Segmenter[] {
  const own = { ...(form === 'corrected' ? CORRECTED_SEGMENTATION : RELEASED_SEGMENTATION), neurons, blocks };
  const late = every.slice(-LATE_BLOCKS);
  const text = own.text === 'contrast' ? ('alone' as const) : ('contrast' as const);
  const order = own.order === 'signed' ? ('absolute' as const) : ('signed' as const);
  const map = own.map === 'second-order' ? ('activation' as const) : ('second-order' as const);
  const isOwn = (others: readonly number[]): boolean => `${others}` === `${blocks}`;
  const varied = (what: string) => `second-order neurons, ${what}`;
  const random = { ...own, order: 'random' } as const;
  const list: Unthresholded[] = [
    { name: 'second-order neurons', ...own },
    ...(isOwn(every) ? [] : [{ name: varied('all blocks'), ...own, blocks: every }]),
    ...(isOwn(late)
      ? []
      : [
          { name: varied('last three blocks'), ...own, blocks: late },
          { name: varied(`last three blocks, ${map} maps`), ...own, map, blocks: late },
        ]),
    { name: varied(`${map} maps`), ...own, map },
    { name: varied(`text ${text}`), ...own, text },
    { name: varied(`${order} order`), ...own, order },
    ...every.map((block) => ({ name: `neurons of block ${block}`, ...own, blocks: [block] })),
    ...seeds.map((seed) => ({ name: `random neurons, seed ${seed}`, ...random, seed })),
    ...seeds.map((seed) => ({ name: `random neurons, ${map} maps, seed ${seed}`, ...random, map, seed })),
    { name: 'direct effects of heads', direct: 'heads' },
    { name: 'attention of all blocks', attention: 'all blocks' },
    { name: BASELINE, attention: 'raw' },
  ];
  return THRESHOLDS.flatMap((threshold) => list.map((segmenter) => ({ ...segmenter, threshold })));
}

/** Blocks of the released script: as many before the last. */
export const LATE_BLOCKS = 3;
/** The released script's, and the text-span paper's. */
const THRESHOLDS = [RELEASED_SEGMENTATION.threshold, 'mean'] as const;

type Unthresholded = Segmenter extends infer S ? (S extends unknown ? Omit<S, 'threshold'> : never) : never;

/** A segmenter's counts as they are read, in percent. */
export function segmentationFigures({ name, threshold, tally, iou, gain, precisionGain }: SegmenterTally) {
  const { images: queries, ...scores } = segmentationScores(tally);
  const percent = (value: number | undefined) => (value === undefined ? undefined : rounded(100 * value));
  return {
    segmenter: name,
    threshold,
    queries,
    pixelAccuracy: rounded(scores.pixelAccuracy, 4),
    meanIou: rounded(scores.meanIou, 4),
    foregroundIou: rounded(scores.foregroundIou, 4),
    meanAveragePrecision: rounded(scores.meanAveragePrecision, 4),
    precisionOverAttention: percent(precisionGain.mean),
    precisionOverAttentionStandardError: percent(spreadOf(precisionGain).standardError),
    iouPerQuery: percent(iou.mean),
    iouPerQueryStandardError: percent(spreadOf(iou).standardError),
    gainOverAttention: percent(gain.mean),
    gainOverAttentionStandardError: percent(spreadOf(gain).standardError),
  };
}

/** Whose figures are read. */
export type SegmentationFigures = ReturnType<typeof segmentationFigures>;

/**
 * The things of a shipped scene and where they are, at S pixels a side. The text looked for is in the `corrected` form
 * what is there, one query an object; in the `as-released` form what the model itself takes the picture for.
 */
export function thingsOfScene(
  { scenes }: SetIndex,
  masks: PictureSource,
  form: Form,
  size: number,
): (image: number) => Promise<SegmentationQuery[]> {
  return async (image) => {
    const picture = await masks.read(image);
    return scenes[image]!.objects.flatMap(({ concept }, k): SegmentationQuery[] => {
      const truth = alignMask(
        maskWhere(picture, (value) => value === k + 1),
        size,
        form,
      );
      if (!truth.includes(1)) return []; // wholly behind another
      return [{ text: form === 'corrected' ? concept : undefined, truth }];
    });
  };
}

/** 1 where a grey picture's value is the object's. */
export function maskWhere({ width, height, data }: Picture, isObject: (value: number) => boolean): Mask {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => (isObject(data[4 * i]!) ? 1 : 0)),
  };
}
