import { resolve } from 'node:path';
import { LensError } from '../../src/errors.ts';
import { indirectStudy } from '../../src/studies/indirect.ts';
import { type Context, command, jobOf } from '../command.ts';
import { chooseBlocks, openModelOf } from '../model.ts';
import * as option from '../options.ts';
import { software } from '../software.ts';
import { openCheckpoint } from './checkpoint.ts';
import { imagesOf, openLabelled, pictureOptions } from './labelledPictures.ts';
import { checkResultPath, resultOptions, writeResult } from './results.ts';

const options = {
  ...option.model,
  ...pictureOptions,
  layers: option.withDefault(
    option.layers('blocks whose neurons are ablated (default all but the last)'),
    'all' as const,
  ),
  neurons: option.withDefault(option.count('neurons drawn a block (default 64)'), 64),
  pictures: option.withDefault(option.count('pictures drawn of each part of the set (default 32)'), 32),
  seed: option.withDefault(option.count('of both draws (default 0)', 0), 0),
  ...resultOptions,
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens indirect`: neurons ablated one at a time and the model run again, beside their second-order effects. */
export const indirect = command({
  name: 'indirect',
  summary: 'indirect effects: neurons mean-ablated and the model run again, beside second-order effects',
  example:
    'npm run cli -- indirect --model public/models/pictogram-clip --set public/sets/pictograms --out indirect.json',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { progress } = context;
  const job = jobOf(context);
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const blocks = chooseBlocks(values.layers, model.vision);
  if (values.images !== undefined && (values.classifier === undefined || values.labels === undefined))
    throw new LensError('bad-request', 'Pictures of a folder need --classifier and --labels.');
  const labelled = await openLabelled(values, model, context);
  const { pictures } = labelled;
  const drawn = Math.min(values.neurons, model.vision.neurons);
  const about = {
    software,
    command: 'indirect',
    form: 'as-released',
    parameters: { layers: blocks, neurons: drawn, pictures: values.pictures, seed: values.seed },
    model: { name: model.name, hash: model.hash },
    images: {
      name: pictures.name,
      hash: pictures.hash,
      count: pictures.source.count,
      skipped: pictures.skipped,
    },
  };
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const classes = await labelled.classes(engine, job);
    const { pictures: few, seed } = values;
    const images = imagesOf(labelled, model);
    const tables = await indirectStudy(
      { engine, checkpoint, job },
      { blocks, images, classes, neurons: drawn, pictures: few, seed },
    );
    const rows = blocks.flatMap((block) =>
      tables.flatMap(({ name, rows }) =>
        rows.filter((row) => row.block === block).map((row) => ({ part: name, ...row, form: 'as-released' })),
      ),
    );
    await writeResult(values.out, { ...about, backend: engine.backend, rows }, rows);
    await checkpoint.remove();
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}
