import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { LensError } from '../../src/errors.ts';
import { type Context, command } from '../command.ts';
import { chooseBlocks, type Model, openModelOf } from '../model.ts';
import * as option from '../options.ts';
import { checkOutput, openOutput } from '../output.ts';
import { openWordPool, type WordPool } from '../packWords.ts';
import { software } from '../software.ts';
import { type PictureEntries, type Shard, WHOLE } from './entries.ts';
import { openEntries } from './input.ts';
import { laterLeftovers } from './laterSweep.ts';
import { mergedState, secondLook, seenBefore } from './mergeShards.ts';
import { packOptions, requireOnly, shardOption } from './options.ts';
import { checkTop, tellSkipped, writePack } from './pack.ts';
import { numberPictures } from './records.ts';
import { openUnsettled, settleShare, settlingRun, type Unsettled } from './settle.ts';
import { askOnce, settleHere } from './settleRun.ts';
import { isFinished, openWork, PICTURES, type ShardRun } from './shardFolder.ts';
import { sweepBlocks, sweepLeftovers } from './sweep.ts';

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
  settle: option.optional(
    option.text('DIR', 'of merge --unsettled: looks for what it leaves open, into a folder for merge'),
  ),
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
  const share = values.shard !== undefined || values.settle !== undefined;
  if (share) requireOnly(values, ['threads', 'device', 'force'], 'merge, not to bake --shard');
  if (values.settle !== undefined && (values.layers !== 'all' || values.top !== options.top.fallback?.value))
    throw new LensError('bad-request', `--top and --layers are those of ${values.settle}: leave them out.`);
  const more = [values.texts, values.settle].filter((each) => each !== undefined);
  const inputs = [values.model, path, ...more];
  if (!share) await checkOutput(values.out, values.force, inputs);
  const unsettled = values.settle === undefined ? undefined : await openUnsettled(values.settle);
  const model = await openModelOf(values, progress);
  const shard = values.shard ?? WHOLE;
  const entries = await openEntries(path, shard, { ...context, onProgress: progress.report });
  try {
    const shardRun = unsettled
      ? settlingRun(unsettled, model, entries, shard)
      : runOf(values, model, entries);
    if (share) {
      if (await isFinished(values.out, shardRun)) return progress.note(`${values.out} is finished already.`);
      await checkOutput(values.out, values.force, inputs);
      requireSome(shard, entries);
    } else checkTop(values.top, entries.count);
    await work({ values, path, model, entries, unsettled, run: shardRun }, context);
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

function requireSome({ index, of }: Shard, { name, count }: PictureEntries): void {
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
  readonly unsettled: Unsettled | undefined;
  readonly run: ShardRun;
}

async function work(task: Work, context: Context): Promise<void> {
  const { values, model, entries, unsettled, run } = task;
  const { progress } = context;
  const pool = await openWordPool(values.texts, model);
  const { folder, found } = await openWork(values.out, run, values.fresh);
  if (found) progress.note(`Going on with the unfinished run in ${folder}`);
  context.signal.addEventListener('abort', () =>
    progress.note('What is done up to the last checkpoint is kept: the same command goes on from there.'),
  );
  const engine = await model.openEngine(values.threads);
  const every = 1000 * values['checkpoint-seconds'];
  try {
    if (unsettled) {
      await settleShare({ engine, model, entries, unsettled, folder, every }, context);
      return await finishShard(folder, values.out, laterLeftovers, context);
    }
    const { preprocessor } = model;
    const { top: topK, blocks } = run.options;
    const groupsOf = (some: readonly number[]) => engine.groups(some, { topK });
    const sweep = { engine, entries, preprocessor, blocks, groupsOf, topK, folder, every };
    await sweepBlocks(sweep, context);
    if (values.shard) return await finishShard(folder, values.out, sweepLeftovers, context);
    await finishPack({ ...task, engine, pool, folder, every }, context);
  } finally {
    await engine.dispose();
  }
}

interface Finishing extends Work {
  readonly engine: Engine;
  readonly pool: WordPool | undefined;
  readonly folder: string;
  readonly every: number;
}

/** Settles in this process what the first look leaves open, and writes the pack. */
async function finishPack(task: Finishing, context: Context): Promise<void> {
  const { values, path, model, entries, run, engine, folder: whole, every } = task;
  const pictures = await numberPictures([join(whole, PICTURES)], { keep: true });
  tellSkipped(pictures, context);
  const { top: topK, blocks } = run.options;
  checkTop(topK, pictures.count);
  const merging = { engine, shards: [{ path: whole, run }] as const, pictures };
  const stateOf = (block: number) => mergedState(merging, block, context);
  const source = secondLook(entries, seenBefore(pictures), model.preprocessor);
  const { listed } = values;
  const folder = join(whole, `later-${listed}`);
  await mkdir(folder, { recursive: true });
  const asked = await askOnce({ engine, blocks, stateOf, topK, listed, folder }, context);
  const summaries = await settleHere(asked, { engine, source, stateOf, folder, every }, context);
  const output = await openOutput(values.out, join(whole, 'pack'));
  const sheets = join(whole, `pictures-${values['picture-size']}`);
  const input = { path, entries };
  await writePack({ ...task, pictures, summaries, input, output, sheets }, context);
  await output.commit();
  await rm(whole, { recursive: true });
  context.progress.note(`Wrote ${resolve(values.out)}`);
}

async function finishShard(
  folder: string,
  out: string,
  leftovers: readonly string[],
  { progress }: Context,
): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await rename(folder, out);
  for (const name of leftovers) await rm(join(out, name), { force: true });
  progress.note(`Wrote ${resolve(out)}`);
}
