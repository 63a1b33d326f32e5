import type {
  AblationFigures,
  ExperimentRun,
  IndirectFigures,
  KeptRun,
  SegmentationFigures,
  TrialResult,
  Way,
} from '../../workers/experimentProtocol.ts';
import { addMoments, EMPTY_MOMENTS, momentsOf, spreadOf } from '../lens/moments.ts';
import { csv, type Row } from '../studies/figures.ts';
import { loadedValue } from './data.ts';
import { labelsOf, partNames } from './experimentRequest.ts';
import type { ExperimentName, ExperimentOptions } from './experimentSettings.ts';
import { OWN_SET } from './shipped.ts';
import type { LensState } from './state.ts';

/** A value with its standard error; undefined where there is none. */
export interface Measured {
  readonly value: number;
  readonly error: number | undefined;
}

/** A line of a chart: a value at each block. */
export interface Series {
  readonly id: string;
  readonly label: string;
  /** How it is drawn: what belongs together looks alike. */
  readonly look: SeriesLook;
  readonly points: readonly (Measured & { readonly block: number })[];
}
export type SeriesLook =
  | { readonly kind: 'plain'; readonly tone: number }
  /** One of a family, the `step`-th of `of`. */
  | { readonly kind: 'ramp'; readonly step: number; readonly of: number }
  | { readonly kind: 'chance'; readonly tone: number };

/** Accuracies, or their change against the untouched model on the same pictures. */
export type AblationMeasure = 'accuracy' | 'change';

const PLAIN: Partial<Record<AblationFigures['ablation'], { label: string; tone: number }>> = {
  withoutAll: { label: 'without all effects', tone: 0 },
  withoutSignificant: { label: 'without the significant', tone: 1 },
  withoutInsignificant: { label: 'without the others', tone: 2 },
  fromDirections: { label: 'from principal directions', tone: 3 },
};

/** The lines of an ablation chart, in the order of the paper's legend. */
export function ablationSeries(rows: readonly AblationFigures[], measure: AblationMeasure): Series[] {
  const measured = (row: AblationFigures): Measured =>
    measure === 'accuracy'
      ? { value: row.percent, error: row.standardError }
      : { value: row.change, error: row.changeStandardError };
  const points = (own: readonly AblationFigures[]) =>
    [...new Set(own.map(({ block }) => block))]
      .sort((a, b) => a - b)
      .map((block) => ({
        block,
        ...meanOf(own.filter((row) => row.block === block).map(measured)),
      }));
  const plain = Object.entries(PLAIN).map(([ablation, { label, tone }]) => ({
    id: ablation,
    label,
    look: { kind: 'plain', tone } as const,
    points: points(rows.filter((row) => row.ablation === ablation)),
  }));
  const texts = rows.filter((row) => row.ablation === 'fromTexts');
  const lengths = [...new Set(texts.map(({ terms }) => terms ?? 0))].sort((a, b) => a - b);
  const fromTexts = lengths.map((m, step) => ({
    id: `texts ${m}`,
    label: `from ${m} texts`,
    look: { kind: 'ramp', step, of: lengths.length } as const,
    points: points(texts.filter(({ terms }) => terms === m)),
  }));
  const pushes = Object.entries(PLAIN).flatMap(([ablation, { label, tone }]) => {
    const own = rows.filter((row) => row.asLongAs === ablation);
    if (own.length === 0) return [];
    const look = { kind: 'chance', tone } as const;
    return [{ id: `push ${ablation}`, label: `random push as long as ${label}`, look, points: points(own) }];
  });
  return [...plain, ...fromTexts, ...pushes].filter((series) => series.points.length > 0);
}

/** The untouched model, which is the same in every block; undefined before there are rows. */
export const baselineOf = (rows: readonly AblationFigures[]): AblationFigures | undefined =>
  rows.find(({ ablation }) => ablation === 'baseline');

/** Mean over seeds. They share the pictures, so that the mean is no surer than one of them. */
function meanOf(values: readonly Measured[]): Measured {
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const errors = values.flatMap(({ error }) => (error === undefined ? [] : error * error));
  return {
    value: mean(values.map(({ value }) => value)),
    error: errors.length > 0 ? Math.sqrt(mean(errors)) : undefined,
  };
}

/** Indirect effects beside second-order ones, by block: lengths on one scale, or a quantity of the indirect ones. */
export type IndirectMeasure = 'length' | 'cosine' | 'labelScore' | 'accuracy';

export function indirectSeries(rows: readonly IndirectFigures[], measure: IndirectMeasure): Series[] {
  const line = (
    id: string,
    label: string,
    tone: number,
    of: (row: IndirectFigures) => readonly [number, number | undefined],
  ): Series => ({
    ...{ id, label },
    look: { kind: 'plain', tone },
    points: rows.map((row) => {
      const [value, error] = of(row);
      return { block: row.block, value, error };
    }),
  });
  switch (measure) {
    case 'length':
      return [
        line('indirect', 'indirect effect', 0, (row) => [
          row.indirectLength,
          row.indirectLengthStandardError,
        ]),
        line('second-order', 'second-order effect', 3, (row) => [
          row.secondOrderLength,
          row.secondOrderLengthStandardError,
        ]),
      ];
    case 'cosine':
      return [line('cosine', 'cosine of the two', 1, (row) => [row.cosine, row.cosineStandardError])];
    case 'labelScore':
      return [
        line('label', 'label’s score without the neuron', 0, (row) => [
          row.labelScoreChange,
          row.labelScoreChangeStandardError,
        ]),
      ];
    case 'accuracy':
      return [
        line('accuracy', 'accuracy without the neuron', 0, (row) => [
          row.accuracyChange,
          row.accuracyChangeStandardError,
        ]),
      ];
  }
}

/** What segmenters are compared by; all in percent. */
export const SEGMENTATION_MEASURES = ['iou', 'mIoU', 'mAP', 'pixels'] as const;
export type SegmentationMeasure = (typeof SEGMENTATION_MEASURES)[number];

/** A segmenter's figure; only that per query has an error. */
export function segmentationFigure(row: SegmentationFigures, measure: SegmentationMeasure): Measured {
  switch (measure) {
    case 'iou':
      return { value: row.iouPerQuery ?? Number.NaN, error: row.iouPerQueryStandardError };
    case 'mIoU':
      return { value: row.meanIou, error: undefined };
    case 'mAP':
      return { value: row.meanAveragePrecision, error: undefined };
    case 'pixels':
      return { value: row.pixelAccuracy, error: undefined };
  }
}

/** What came of one way of finding words, over its seeds. */
export interface WayFigures {
  readonly way: Way;
  /** Percent of pictures taken for the target rather than for the depicted class. */
  readonly success: number;
  /** Between seeds; undefined for one. */
  readonly deviation: number | undefined;
  readonly margin: number;
  readonly pictures: number;
  /** What was drawn, with the first seed. */
  readonly drawn: readonly string[];
}

export function waysOf(trials: readonly TrialResult[]): WayFigures[] {
  return [...new Set(trials.map(({ way }) => way))].map((way) => {
    const own = trials.filter((trial) => trial.way === way);
    const success = spreadOf(momentsOf(own.map(({ successes, pictures }) => (100 * successes) / pictures)));
    return {
      way,
      success: success.mean,
      deviation: success.deviation,
      margin: own.reduce((sum, { margin }) => addMoments(sum, margin), EMPTY_MOMENTS).mean,
      pictures: own.reduce((sum, { pictures }) => sum + pictures, 0),
      drawn: own[0]!.drawn,
    };
  });
}

/** Every row of a run, as a table of one sheet. */
export function flatRows({ tables, about }: ExperimentRun): Row[] {
  const { form } = about;
  if (tables.kind !== 'adversarial')
    return tables.parts.flatMap(({ name, rows }) => rows.map((row) => ({ part: name, ...row, form })));
  const { target = '', depicted = '' } = tables.pair ?? {};
  return tables.parts.flatMap(({ rows }) =>
    rows.map(({ margin, drawn, ...row }) => ({
      ...{ target, depicted, ...row, form },
      margin: margin.mean,
      marginDeviation: spreadOf(margin).deviation,
      drawn: drawn.join(' / '),
    })),
  );
}

/** A run as the files that a person takes away; both say what made them. */
export function filesOfRun(run: ExperimentRun): { name: string; json: string; csv: string } {
  const { about, backend, tables, finished, seconds, address } = run;
  const { model, images, software } = about;
  const { shown: _, ...kept } = 'shown' in tables ? tables : { ...tables, shown: undefined };
  const made: Row = {
    model: model.name,
    modelHash: model.hash,
    images: images.name,
    imagesHash: images.hash,
    seeds: String(about.parameters.seeds),
    finished: finished ? 'yes' : 'no',
    software: `${software.name} ${software.version}`,
    backend: `${backend.provider} ${backend.precision}`,
  };
  return {
    name: `${about.experiment}-${run.key.split('-').at(-1)}`,
    json: `${JSON.stringify({ ...about, backend, finished, seconds, address, ...kept }, undefined, 1)}\n`,
    csv: csv(flatRows(run).map((row) => ({ ...row, ...made }))),
  };
}

/** How many pictures a run looks at, all parts together; undefined where that is not known. */
export function picturesOfExperiment(
  state: Pick<LensState, 'pictures' | 'view' | 'ownSet'>,
  options: ExperimentOptions,
): number | undefined {
  const pictures = loadedValue(state.pictures);
  if (!pictures) return undefined;
  if (options.experiment === 'adversarial') return composedPictures(options);
  const own = labelsOf(state)?.labels.filter((label) => label >= 0).length;
  if (own !== undefined) return Math.min(own, options.pictures ?? own);
  const parts = pictures.parts?.filter(({ name }) => isOf(name, options)) ?? [];
  const wanted = partNames(
    options.part,
    parts.map(({ name }) => name),
  );
  return parts
    .filter(({ name }) => !wanted || wanted.includes(name))
    .reduce((sum, { images }) => sum + Math.min(images.length, options.pictures ?? images.length), 0);
}

/** Ways of finding words without those of indirect effects. */
const WAYS_BY_TEXT = 5;

const composedPictures = ({ pictures = 100, seeds, sample }: ExperimentOptions): number =>
  pictures * seeds.length * (WAYS_BY_TEXT + (sample > 0 ? 1 : 0));

/** Scenes of several objects have no one class; objects are looked for in them one by one. */
const isOf = (part: string, { experiment, form }: ExperimentOptions): boolean =>
  !part.includes('several') || (experiment === 'segmentation' && form === 'corrected');

/** How long a run takes, from earlier ones of this model on this machine; undefined without any. */
export function secondsOfExperiment(
  kept: readonly KeptRun[],
  options: ExperimentOptions,
  pictures: number,
  modelHash: string | undefined,
): number | undefined {
  const like = kept.find(
    ({ about, finished, pictures: done }) =>
      finished && done > 0 && about.experiment === options.experiment && about.model.hash === modelHash,
  );
  if (!like) return undefined;
  const layers = (like.about.parameters.layers as readonly number[]).length;
  const before = like.seconds - like.tableSeconds;
  return before + (like.tableSeconds * pictures * options.layers.length) / (like.pictures * layers);
}

/** Why the experiment cannot be made of the model and pictures in view; undefined when it can. */
export function missingForExperiment(
  state: Pick<LensState, 'pictures' | 'view' | 'ownSet' | 'engine'>,
  experiment: ExperimentName,
): string | undefined {
  const pictures = loadedValue(state.pictures);
  if (!pictures) return undefined;
  if (state.engine.status === 'ready' && !state.engine.info.hasTexts)
    return `This model reads no texts, so it knows no classes. ${state.engine.info.noTexts ?? ''}`.trim();
  if (state.view.set !== OWN_SET) return undefined;
  if (experiment === 'segmentation')
    return 'Your pictures bring no masks of what is where. The command line takes a folder of images with a folder of masks (npm run cli -- segment).';
  if (experiment === 'adversarial')
    return 'Pictures are composed of cut-outs along true masks, which your own set does not have: use the shipped scenes.';
  if (labelsOf(state) === undefined)
    return 'Nobody said what is on your pictures. Choose a folder that holds a folder for each class (cats, dogs, …) on the Models page.';
  return undefined;
}
