import { basename, resolve } from 'node:path';
import { LensError } from '../../src/errors.ts';
import { ablationStudy } from '../../src/studies/ablation.ts';
import { atomsOf, studyBlocks } from '../../src/studies/blockStudy.ts';
import { type Context, command, jobOf } from '../command.ts';
import { chooseBlocks, type Model, openModelOf } from '../model.ts';
import * as option from '../options.ts';
import { openPool, type Pool } from '../pool.ts';
import { software } from '../software.ts';
import { openCheckpoint } from './checkpoint.ts';
import { experimentOptions } from './experimentOptions.ts';
import { imagesOf, type LabelledPictures, openLabelled, pictureOptions } from './labelledPictures.ts';
import { checkResultPath, writeResult } from './results.ts';

const options = {
  ...option.model,
  ...pictureOptions,
  layers: option.withDefault(option.layers('blocks to ablate (default all but the last)'), 'all' as const),
  texts: option.optional(option.text('FILE', 'text pool: .npy of embeddings [texts, dim], or .txt')),
  terms: option.withDefault(option.counts('texts in a description', 1), [4, 8, 16, 32, 64, 128]),
  seeds: option.withDefault(option.counts('of the random pushes (default 0,1,2)', 0), [0, 1, 2]),
  ...experimentOptions,
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens ablate`: zero-shot accuracy with second-order effects replaced by their means. */
export const ablate = command({
  name: 'ablate',
  summary: 'accuracy without second-order effects of blocks, and with them put in words',
  example:
    'npm run cli -- ablate --model public/models/pictogram-clip --set public/sets/pictograms --texts public/sets/pictograms/words.txt --out ablations.json',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { progress } = context;
  const job = jobOf(context);
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const blocks = chooseBlocks(values.layers, model.vision);
  const pool = values.texts === undefined ? undefined : await openPool(values.texts, model);
  const longest = Math.max(...values.terms);
  if (pool && longest > pool.count)
    throw new LensError(
      'bad-request',
      `--terms ${longest} asks for more texts than the ${pool.count} there are.`,
    );
  const labelled = await openLabelled(values, model, context);
  if (values.images !== undefined && (values.classifier === undefined || values.labels === undefined))
    throw new LensError('bad-request', 'Pictures of a folder need --classifier and --labels.');
  const about = aboutRun(values, model, labelled, pool, blocks);
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const classes = await labelled.classes(engine, job);
    const pixels = model.pixels(labelled.pictures.source);
    const studies = await studyBlocks(engine, pixels, blocks, values.top, checkpoint, job);
    const words = pool && {
      name: basename(pool.path),
      embeddings: await pool.embed(engine, job),
      terms: values.terms,
    };
    const { form, seeds } = values;
    const images = imagesOf(labelled, model);
    const parts = await ablationStudy(
      { engine, checkpoint, job },
      { studies, images, classes, words, form, seeds },
    );
    const flat = parts.flatMap(({ name, rows }) =>
      rows.map((row) => ({ part: name, ...row, form: values.form })),
    );
    await writeResult(values.out, { ...about, backend: engine.backend, parts }, flat);
    await checkpoint.remove();
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

/** Everything that determines the numbers, as the result says it. */
function aboutRun(
  values: Values,
  model: Model,
  { pictures }: LabelledPictures,
  pool: Pool | undefined,
  blocks: readonly number[],
): object {
  const { form, terms, top, seeds } = values;
  return {
    software,
    command: 'ablate',
    form,
    parameters: {
      layers: blocks,
      top,
      topFraction: top / pictures.source.count,
      seeds,
      ...(pool && { terms, atoms: atomsOf(form) }),
    },
    model: { name: model.name, hash: model.hash },
    images: {
      name: pictures.name,
      hash: pictures.hash,
      count: pictures.source.count,
      skipped: pictures.skipped,
    },
    ...(pool && { texts: { file: basename(pool.path), hash: pool.hash, count: pool.count } }),
  };
}
