import { mkdir } from 'node:fs/promises';
import { basename, join, parse, resolve } from 'node:path';
import sharp from 'sharp';
import type { SegmenterTally } from '../../src/engine/tables/segmentationTable.ts';
import type { PixelMap } from '../../src/lens/segmentation.ts';
import { studyBlocks } from '../../src/studies/blockStudy.ts';
import {
  LATE_BLOCKS,
  segmentationFigures,
  segmentationStudy,
  segmentersOf,
} from '../../src/studies/segmentation.ts';
import { type Context, command, jobOf } from '../command.ts';
import { chooseBlocks, type Model, openModelOf } from '../model.ts';
import * as option from '../options.ts';
import { software } from '../software.ts';
import { openCheckpoint } from './checkpoint.ts';
import { experimentOptions } from './experimentOptions.ts';
import { imagesOf, pictureOptions } from './labelledPictures.ts';
import { type MaskedPictures, openMasked } from './maskedPictures.ts';
import { checkResultPath, writeResult } from './results.ts';

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
  const { progress } = context;
  const job = jobOf(context);
  const { form } = values;
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const every = chooseBlocks('all', model.vision);
  const blocks =
    values.layers === undefined
      ? every.slice(form === 'as-released' ? -LATE_BLOCKS : 0)
      : chooseBlocks(values.layers, model.vision);
  const masked = await openMasked(values, form, model, context);
  const { pictures } = masked;
  const segmenters = segmentersOf({ ...values, blocks, every });
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
    const asked = masked.parts.map((part) => ({
      ...part,
      images: part.images
        .filter((i) => values.half === undefined || i % 2 === values.half)
        .slice(0, values.first),
    }));
    const tables = await segmentationStudy(
      { engine, checkpoint, job },
      {
        studies,
        images: { ...imagesOf(masked, model), parts: asked },
        classes,
        segmenters,
        form,
        queriesOf: (image) => masked.queriesOf(image, form, model.vision.imageSize),
        onMaps: values.maps === undefined ? undefined : mapWriter(values.maps, masked),
      },
    );
    const parts = tables.map((table) => ({
      ...table,
      rows: table.rows.map(withheld === undefined ? segmentationFigures : withoutFigures),
    }));
    const flat = parts.flatMap(({ name, rows }) => rows.map((row) => ({ part: name, ...row, form })));
    await writeResult(values.out, { ...about, backend: engine.backend, withheld, parts }, flat);
    await checkpoint.remove();
    if (withheld !== undefined) progress.note(withheld);
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

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
function mapWriter(folder: string, masked: MaskedPictures) {
  return async (image: number, text: number, [map]: readonly PixelMap[]): Promise<void> => {
    if (!map) return;
    await mkdir(folder, { recursive: true });
    const { source } = masked.pictures;
    const thing = masked.classNames?.[text]?.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
    const stem = parse(source.name(image)).name;
    const grey = Uint8Array.from(map.values, (value) => Math.round(255 * value));
    const file = join(folder, `${thing === undefined ? stem : `${stem}-${thing}`}.png`);
    await sharp(grey, { raw: { width: map.size, height: map.size, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toFile(file);
  };
}
