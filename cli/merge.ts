import { join, resolve } from 'node:path';
import { LensError } from '../src/errors.ts';
import { WHOLE } from './bakeEntries.ts';
import { openEntries } from './bakeInput.ts';
import { packOptions } from './bakeOptions.ts';
import { packOf } from './bakePack.ts';
import { type Context, command } from './command.ts';
import { openModelOf } from './model.ts';
import * as option from './options.ts';
import { checkOutput, openOutput } from './output.ts';
import { openWordPool } from './packWords.ts';
import { openShards, type ShardRun } from './shardFolder.ts';

const options = {
  shards: option.rest('SHARD…', 'state folders of bake --shard: all of one run, in any order'),
  ...option.model,
  images: option.optional(
    option.text('PATH', 'the pictures again: for small pictures, and what a second look at them settles'),
  ),
  set: option.optional(option.text('DIR', 'or the shipped set')),
  ...packOptions,
  out: option.text('DIR', 'folder for the pack; written complete or not at all'),
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens merge`: the shards of a run as one pack. */
export const merge = command({
  name: 'merge',
  summary: 'the shards that bake --shard made, as one pack',
  example:
    'npm run cli -- merge states/* --model public/models/pictogram-clip --images my-pictures --out my-pack',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { progress } = context;
  if (values.set !== undefined && values.images !== undefined)
    throw new LensError('bad-request', 'Give the pictures as either --set DIR or --images PATH.');
  const path = values.set ?? values.images;
  const inputs = [...values.shards, values.model, path, values.texts].filter((each) => each !== undefined);
  await checkOutput(values.out, values.force, inputs);
  const shards = await openShards(values.shards);
  const [{ run }] = shards;
  const model = await openModelOf(values, progress);
  if (model.hash !== run.model.hash)
    throw new LensError(
      'bad-request',
      `The shards were made with another model than ${values.model}: theirs was called ${run.model.name}.`,
    );
  const pool = await openWordPool(values.texts, model);
  const input = path === undefined ? undefined : await openInput(path, run, context);
  const engine = await model.openEngine(values.threads);
  const output = await openOutput(values.out);
  context.onKill(output.discard);
  try {
    const sheets = join(output.folder, '.pictures');
    await packOf({ model, engine, shards, input, pool, values, output, sheets }, context);
    await output.commit();
    progress.note(`Wrote ${resolve(values.out)}`);
  } catch (error) {
    output.discard();
    throw error;
  } finally {
    await engine.dispose();
    await input?.entries.close();
  }
}

async function openInput(path: string, run: ShardRun, { signal, progress }: Context) {
  const entries = await openEntries(path, WHOLE, { signal, onProgress: progress.report });
  if (entries.listing === run.input.listing) return { path, entries };
  await entries.close();
  throw new LensError('bad-request', `${path} holds other pictures than the shards were made of.`);
}
