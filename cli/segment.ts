import { mkdir } from 'node:fs/promises';
import { basename, join, parse, resolve } from 'node:path';
import sharp from 'sharp';
import {
  BASELINE,
  mergeTallies,
  type Segmenter,
  type SegmenterTally,
} from '../src/engine/segmentationTable.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import { spreadOf } from '../src/lens/moments.ts';
import { CORRECTED_SEGMENTATION, type PixelMap, RELEASED_SEGMENTATION } from '../src/lens/segmentation.ts';
import { segmentationScores } from '../src/lens/segmentationScores.ts';
import { studyBlocks } from '../src/studies/blockStudy.ts';
import { openCheckpoint } from './checkpoint.ts';
import { type Context, command } from './command.ts';
import { experimentOptions } from './experimentOptions.ts';
import { pictureOptions } from './labelledPictures.ts';
import { type MaskedPictures, openMasked } from './maskedPictures.ts';
import { chooseBlocks, type Model, openModelOf } from './model.ts';
import * as option from './options.ts';
import { checkResultPath, rounded, writeResult } from './results.ts';
import { software } from './software.ts';

const options = {
  ...option.model,
  set: option.text(
    'DIR',
    'a shipped set with mask sheets, or a folder with images/ and masks/ of equal names',
  ),
  classifier: pictureOptions.classifier,
  labels: pictureOptions.labels,
  layers: option.optional(
    option.layers(
      'blocks of the segmenter (default all but the last; as released, the last three before it)',
    ),
  ),
  neurons: option.withDefault(option.count('neurons chosen for a text (default 200)'), 200),
  half: option.optional(
    option.choice(
      { even: 0, odd: 1 },
      'only pictures of such a number in the set: to choose options on one half and report on the other',
    ),
  ),
  maps: option.optional(
    option.text(
      'DIR',
      "a folder for the first segmenter's maps: a grey PNG a picture and thing, from 0 to 1",
    ),
  ),
  first: option.optional(option.count('only the first N pictures of the set, or of each of its parts')),
  seeds: option.withDefault(option.counts('of the random neurons (default 0,1,2)', 0), [0, 1, 2]),
  ...experimentOptions,
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens segment`: masks from neurons chosen by a text, against true ones. */
export const segment = command({
  name: 'segment',
  summary: 'zero-shot segmentation by neurons against attention and random neurons',
  example:
    'npm run cli -- segment --model public/models/pictogram-clip --set public/sets/pictograms --out segmentation.json',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { signal, progress } = context;
  const job = { signal, onProgress: progress.report };
  const { form } = values;
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const every = chooseBlocks('all', model.vision);
  const blocks =
    values.layers === undefined
      ? every.slice(form === 'as-released' ? -LATE : 0)
      : chooseBlocks(values.layers, model.vision);
  const masked = await openMasked(values, form, model, context);
  const { pictures } = masked;
  const segmenters = segmentersOf(values, blocks, every);
  const withheld = whyWithheld(model, masked);
  const about = {
    software,
    command: 'segment',
    form,
    parameters: {
      layers: blocks,
      neurons: values.neurons,
      top: values.top,
      topFraction: values.top / pictures.source.count,
      half: values.half === undefined ? undefined : ['even', 'odd'][values.half],
      first: values.first,
      seeds: values.seeds,
    },
    model: { name: model.name, hash: model.hash },
    images: {
      name: pictures.name,
      hash: pictures.hash,
      count: pictures.source.count,
      skipped: pictures.skipped,
    },
    classes: values.classifier === undefined ? 'the concepts of the set' : basename(values.classifier),
  };
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const classes = await masked.classes(engine, job);
    const studies = await studyBlocks(
      engine,
      model.pixels(pictures.source),
      every,
      values.top,
      checkpoint,
      job,
    );
    const directions = new Map(studies.map((study) => [study.block, study.directions]));
    const parts = [];
    for (const part of masked.parts) {
      const images = part.images
        .filter((i) => values.half === undefined || i % 2 === values.half)
        .slice(0, values.first);
      const name = `table of ${part.name}`;
      const kept = await checkpoint.get(name);
      let { done, tallies } = kept
        ? (JSON.parse(Buffer.from(kept).toString()) as { done: number; tallies: SegmenterTally[] })
        : { done: 0, tallies: [] };
      const request = {
        directions,
        segmenters,
        classes,
        form,
        queriesOf: (i: number) => masked.queriesOf(images[i]!, form, model.vision.imageSize),
        from: done,
        onMaps: values.maps === undefined ? undefined : mapWriter(values.maps, (i) => images[i]!, masked),
      };
      const pixels = model.pixels(selectPictures(pictures.source, images));
      const named = {
        signal,
        onProgress: (p: { stage: string; done: number; total: number }) =>
          progress.report({ ...p, stage: `${part.name}: ${p.stage}` }),
      };
      for await (const step of engine.segmentations(pixels, request, named)) {
        done = step.done;
        tallies = mergeTallies(tallies, step.tallies);
        await checkpoint.put(name, JSON.stringify({ done, tallies }));
      }
      const rows = tallies.map(withheld === undefined ? figures : withoutFigures);
      parts.push({ name: part.name, images: images.length, rows });
    }
    const flat = parts.flatMap(({ name, rows }) => rows.map((row) => ({ part: name, ...row, form })));
    await writeResult(values.out, { ...about, backend: engine.backend, withheld, parts }, flat);
    await checkpoint.remove();
    if (withheld !== undefined) progress.note(withheld);
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

/** All of the paper's segmenters, ours and what they are to be better than, each at both thresholds. */
function segmentersOf(
  { form, neurons, seeds }: Values,
  blocks: readonly number[],
  every: readonly number[],
): Segmenter[] {
  const own = { ...(form === 'corrected' ? CORRECTED_SEGMENTATION : RELEASED_SEGMENTATION), neurons, blocks };
  const late = every.slice(-LATE);
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
const LATE = 3;
/** The released script's, and the text-span paper's. */
const THRESHOLDS = [RELEASED_SEGMENTATION.threshold, 'mean'] as const;

type Unthresholded = Segmenter extends infer S ? (S extends unknown ? Omit<S, 'threshold'> : never) : never;

/**
 * Why there are no figures: a model that says what it was trained on has none on other pictures. It runs on them
 * all the same, and its maps can be looked at.
 */
function whyWithheld({ name, trainedOn }: Model, { index }: MaskedPictures): string | undefined {
  if (trainedOn === undefined || trainedOn === index?.name) return undefined;
  return `${name} was trained on ${trainedOn} alone: its figures on other pictures mean nothing and are left out. --maps DIR shows what it makes of them.`;
}

const withoutFigures = ({ name, threshold, tally }: SegmenterTally) => ({
  segmenter: name,
  threshold,
  queries: tally.images,
});

/** Writes maps of the first segmenter: PICTURE.png, or PICTURE-THING.png where classes have names. */
function mapWriter(folder: string, imageOf: (index: number) => number, masked: MaskedPictures) {
  return async (index: number, text: number, [map]: readonly PixelMap[]): Promise<void> => {
    if (!map) return;
    await mkdir(folder, { recursive: true });
    const { source } = masked.pictures;
    const thing = masked.classNames?.[text]?.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
    const stem = parse(source.name(imageOf(index))).name;
    const grey = Uint8Array.from(map.values, (value) => Math.round(255 * value));
    const file = join(folder, `${thing === undefined ? stem : `${stem}-${thing}`}.png`);
    await sharp(grey, { raw: { width: map.size, height: map.size, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toFile(file);
  };
}

function figures({ name, threshold, tally, iou, gain, precisionGain }: SegmenterTally) {
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
