import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LensError } from '../src/errors.ts';
import { type PictureEntries, WHOLE } from './bakeEntries.ts';
import { openEntries } from './bakeInput.ts';
import { packOptions, requireShardOnly, shardOption } from './bakeOptions.ts';
import { checkTop, packOf } from './bakePack.ts';
import { sweepBlocks, sweepLeftovers } from './bakeSweep.ts';
import { type Context, command } from './command.ts';
import { chooseBlocks, type Model, openModelOf } from './model.ts';
import * as option from './options.ts';
import { checkOutput, openOutput } from './output.ts';
import { openWordPool } from './packWords.ts';
import { isFinished, openWork, type ShardRun } from './shardFolder.ts';
import { software } from './software.ts';

const options = {
  ...option.model,
  images: option.optional(
    option.text(
      'PATH',
      'pictures: a folder with all below it, or tar shards (a .tar file or a folder of them)',
    ),
  ),
  set: option.optional(option.text('DIR', 'or a shipped set: a folder with set.json and sheets')),
  layers: option.withDefault(option.layers('blocks to analyse (default all but the last)'), 'all' as const),
  top: option.withDefault(option.count("k: a neuron's strongest images (default 100)"), 100),
  shard: shardOption,
  ...packOptions,
  'checkpoint-seconds': option.withDefault(
    option.count('least seconds between two checkpoints (default 60)', 0),
    60,
  ),
  fresh: option.flag('throw away what an unfinished run left, instead of going on with it'),
  out: option.text('DIR', 'folder for the pack (or the state); written complete or not at all'),
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens bake`: an analysis as a pack, or one shard of it, in one streaming sweep that can be killed and taken up. */
export const bake = command({
  name: 'bake',
  summary: 'an analysis as a pack that the microscope opens at once',
  example:
    'npm run cli -- bake --model public/models/pictogram-clip --images my-pictures --texts public/words/english-30000.txt --out my-pack',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { progress } = context;
  const path = picturePath(values);
  if (values.shard) requireShardOnly(values);
  const inputs = [values.model, path, ...(values.texts === undefined ? [] : [values.texts])];
  if (!values.shard) await checkOutput(values.out, values.force, inputs);
  const model = await openModelOf(values, progress);
  const entries = await openEntries(path, values.shard ?? WHOLE, { ...context, onProgress: progress.report });
  try {
    const shardRun = runOf(values, model, entries);
    if (values.shard) {
      if (await isFinished(values.out, shardRun)) return progress.note(`${values.out} is finished already.`);
      await checkOutput(values.out, values.force, inputs);
      requireSome(values.shard, entries);
    } else checkTop(values.top, entries.count);
    await work({ values, path, model, entries, run: shardRun }, context);
  } finally {
    await entries.close();
  }
}

function picturePath({ set, images }: Values): string {
  const path = set ?? images;
  if (path === undefined || (set !== undefined && images !== undefined)) {
    throw new LensError('bad-request', 'Give the pictures as either --set DIR or --images PATH.');
  }
  return path;
}

const runOf = ({ top, layers, shard }: Values, model: Model, entries: PictureEntries): ShardRun => ({
  format: 'neuronlens-shard',
  version: 1,
  software,
  model: { name: model.name, hash: model.hash },
  input: {
    name: entries.name,
    listing: entries.listing,
    ...(entries.setHash !== undefined && { setHash: entries.setHash }),
  },
  options: { top, blocks: [...chooseBlocks(layers, model.vision)] },
  shard: { ...(shard ?? WHOLE) },
});

function requireSome({ index, of }: NonNullable<Values['shard']>, { name, count }: PictureEntries): void {
  if (count > 0) return;
  throw new LensError(
    'bad-request',
    `Shard ${index} of ${of} has no pictures of ${name}: choose fewer shards.`,
  );
}

interface Work {
  readonly values: Values;
  readonly path: string;
  readonly model: Model;
  readonly entries: PictureEntries;
  readonly run: ShardRun;
}

async function work({ values, path, model, entries, run }: Work, context: Context): Promise<void> {
  const { progress } = context;
  const pool = await openWordPool(values.texts, model);
  const { folder, found } = await openWork(values.out, run, values.fresh);
  if (found) progress.note(`Going on with the unfinished run in ${folder}`);
  context.signal.addEventListener('abort', () =>
    progress.note('What is done up to the last checkpoint is kept: the same command goes on from there.'),
  );
  const engine = await model.openEngine(values.threads);
  try {
    const every = 1000 * values['checkpoint-seconds'];
    const { preprocessor } = model;
    const { top: topK, blocks } = run.options;
    const groupsOf = (some: readonly number[]) => engine.groups(some, { topK });
    const task = { engine, entries, preprocessor, blocks, groupsOf, topK, folder, every };
    await sweepBlocks(task, context);
    if (values.shard) return await finishShard(folder, values.out, context);
    const output = await openOutput(values.out, join(folder, 'pack'));
    const shards = [{ path: folder, run }] as const;
    const sheets = join(folder, `pictures-${values['picture-size']}`);
    const input = { path, entries };
    await packOf({ model, engine, shards, input, pool, values, output, sheets }, context);
    await output.commit();
    await rm(folder, { recursive: true });
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

async function finishShard(folder: string, out: string, { progress }: Context): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await rename(folder, out);
  for (const name of sweepLeftovers) await rm(join(out, name), { force: true });
  progress.note(`Wrote ${resolve(out)}`);
}
