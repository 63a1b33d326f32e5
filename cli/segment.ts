import { basename, resolve } from 'node:path';
import {
  BASELINE,
  mergeTallies,
  type Segmenter,
  type SegmenterTally,
} from '../src/engine/segmentationTable.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import { spreadOf } from '../src/lens/moments.ts';
import { CORRECTED_SEGMENTATION, RELEASED_SEGMENTATION } from '../src/lens/segmentation.ts';
import { segmentationScores } from '../src/lens/segmentationScores.ts';
import { studyBlocks } from '../src/studies/blockStudy.ts';
import { openCheckpoint } from './checkpoint.ts';
import { type Context, command } from './command.ts';
import { formOption } from './form.ts';
import { pictureOptions } from './labelledPictures.ts';
import { openMasked } from './maskedPictures.ts';
import { chooseBlocks, openModelOf } from './model.ts';
import * as option from './options.ts';
import { checkResultPath, resultOptions, rounded, writeResult } from './results.ts';
import { software } from './software.ts';

const options = {
  ...option.model,
  set: option.text(
    'DIR',
    'a shipped set with mask sheets, or a folder with images/ and masks/ of equal names',
  ),
  classifier: pictureOptions.classifier,
  labels: pictureOptions.labels,
  layers: option.optional(option.layers('blocks of the segmenter (default the last three before the last)')),
  neurons: option.withDefault(option.count('neurons chosen for a text (default 200)'), 200),
  first: option.optional(option.count('only the first N pictures of the set, or of each of its parts')),
  form: formOption,
  top: option.withDefault(option.count("k: a neuron's strongest images (default 100)"), 100),
  seeds: option.withDefault(option.counts('of the random neurons (default 0,1,2)', 0), [0, 1, 2]),
  ...resultOptions,
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
  const blocks = values.layers === undefined ? every.slice(-3) : chooseBlocks(values.layers, model.vision);
  const masked = await openMasked(values, form, model, context);
  const { pictures } = masked;
  const segmenters = segmentersOf(values, blocks, every);
  const about = {
    software,
    command: 'segment',
    form,
    parameters: {
      layers: blocks,
      neurons: values.neurons,
      top: values.top,
      topFraction: values.top / pictures.source.count,
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
      const images = part.images.slice(0, values.first);
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
      parts.push({ name: part.name, images: images.length, rows: tallies.map(figures) });
    }
    const flat = parts.flatMap(({ name, rows }) => rows.map((row) => ({ part: name, ...row, form })));
    await writeResult(values.out, { ...about, backend: engine.backend, parts }, flat);
    await checkpoint.remove();
    if (model.name === EMBEDDED && masked.index === undefined)
      progress.note('The embedded model knows pictograms only: its figures on other pictures mean nothing.');
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

/** The folder of the model that comes with the product. */
const EMBEDDED = 'pictogram-clip';

/** The segmenter of the form, its variations one at a time, and what it is to be better than. */
function segmentersOf(
  { form, neurons, seeds }: Values,
  blocks: readonly number[],
  every: readonly number[],
): Segmenter[] {
  const own = { ...(form === 'corrected' ? CORRECTED_SEGMENTATION : RELEASED_SEGMENTATION), neurons };
  const signs = own.signs === 'signed' ? ('unsigned' as const) : ('signed' as const);
  const text = own.text === 'contrast' ? ('alone' as const) : ('contrast' as const);
  const order = own.order === 'signed' ? ('absolute' as const) : ('signed' as const);
  const varied = (what: string) => `second-order neurons, ${what}`;
  return [
    { name: 'second-order neurons', ...own, blocks },
    { name: varied('all blocks'), ...own, blocks: every },
    { name: varied(`text ${text}`), ...own, text, blocks },
    { name: varied(`${order} order`), ...own, order, blocks },
    { name: varied(`${order} order, ${signs} maps`), ...own, order, signs, blocks },
    ...every.map((block): Segmenter => ({ name: `neurons of block ${block}`, ...own, blocks: [block] })),
    ...seeds.map(
      (seed): Segmenter => ({ name: `random neurons, seed ${seed}`, ...own, order: 'random', seed, blocks }),
    ),
    { name: BASELINE, attention: 'raw', threshold: own.threshold },
  ];
}

function figures({ name, tally, iou, gain }: SegmenterTally) {
  const { images: queries, ...scores } = segmentationScores(tally);
  const percent = (value: number | undefined) => (value === undefined ? undefined : rounded(100 * value));
  return {
    segmenter: name,
    queries,
    pixelAccuracy: rounded(scores.pixelAccuracy, 4),
    meanIou: rounded(scores.meanIou, 4),
    foregroundIou: rounded(scores.foregroundIou, 4),
    meanAveragePrecision: rounded(scores.meanAveragePrecision, 4),
    iouPerQuery: percent(iou.mean),
    iouPerQueryStandardError: percent(spreadOf(iou).standardError),
    gainOverAttention: percent(gain.mean),
    gainOverAttentionStandardError: percent(spreadOf(gain).standardError),
  };
}
