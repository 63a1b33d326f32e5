import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { LensError } from '../../src/errors.ts';
import type { BlockState } from '../../src/lens/blockState.ts';
import { isOpen, type Question } from '../../src/lens/laterLook.ts';
import { decodeState, encodeState } from '../../src/lens/stateFile.ts';
import { type Context, command } from '../command.ts';
import { type Model, openModelOf } from '../model.ts';
import * as option from '../options.ts';
import { checkOutput, type Output, openOutput } from '../output.ts';
import { openWordPool } from '../packWords.ts';
import { WHOLE } from './entries.ts';
import { readWhole, writeWhole } from './files.ts';
import { openEntries } from './input.ts';
import { joinedLooks, type MergeInput, openMergeInput } from './mergeInput.ts';
import { mergedState, secondLook, seenBefore } from './mergeShards.ts';
import { packOptions, requireOnly } from './options.ts';
import { checkTop, tellSkipped, writePack } from './pack.ts';
import { type NumberedPictures, numberPictures } from './records.ts';
import { answers, askOnce, settleHere } from './settleRun.ts';
import { PICTURES, type ShardRun, stateFile, writeRun } from './shardFolder.ts';
import { type Questions, readQuestions, writeQuestions } from './unsettled.ts';

const options = {
  shards: option.rest(
    'FOLDER…',
    'what bake --shard wrote, all of one run in any order; after --unsettled, its folder and all later looks',
  ),
  ...option.model,
  unsettled: option.flag('no pack yet: what the shards leave open, for bake --shard I/N --settle'),
  images: option.optional(
    option.text('PATH', 'the pictures again: for small pictures, and to settle here what is still open'),
  ),
  set: option.optional(option.text('DIR', 'or the shipped set')),
  ...packOptions,
  out: option.text('DIR', 'folder for the pack; written complete or not at all'),
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens merge`: the shards of a run as one pack, or as what a later look is to settle. */
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
  const path = picturePath(values);
  if (values.unsettled) requireOnly(values, ['listed', 'threads', 'device', 'force'], 'the last merge');
  const inputs = [...values.shards, values.model, path, values.texts].filter((each) => each !== undefined);
  await checkOutput(values.out, values.force, inputs);
  const found = await openMergeInput(values.shards);
  const shardRun = found.kind === 'first' ? found.shards[0].run : found.unsettled.run;
  const model = await openModelOf(values, progress);
  if (model.hash !== shardRun.model.hash)
    throw new LensError(
      'bad-request',
      `The shards were made with another model than ${values.model}: theirs was called ${shardRun.model.name}.`,
    );
  const pool = await openWordPool(values.texts, model);
  const input = path === undefined ? undefined : await openInput(path, shardRun, context);
  const engine = await model.openEngine(values.threads);
  const output = await openOutput(values.out);
  context.onKill(output.discard);
  try {
    const merging = { values, model, engine, found, run: wholeRunOf(shardRun), input, output };
    const known = await knownSoFar(merging, context);
    if (values.unsettled) await writeUnsettled(merging, known, context);
    else {
      const summaries = await settled(merging, known, context);
      await rm(known.folder, { recursive: true, force: true });
      const sheets = join(output.folder, '.pictures');
      await writePack({ ...merging, ...known, summaries, pool, sheets }, context);
    }
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

function picturePath({ set, images, unsettled }: Values): string | undefined {
  if (set !== undefined && images !== undefined)
    throw new LensError('bad-request', 'Give the pictures as either --set DIR or --images PATH.');
  if (unsettled && (set ?? images) !== undefined)
    throw new LensError('bad-request', '--unsettled leaves the pictures to bake --settle: give none.');
  return set ?? images;
}

async function openInput(path: string, run: ShardRun, { signal, progress }: Context) {
  const entries = await openEntries(path, WHOLE, { signal, onProgress: progress.report });
  if (entries.listing === run.input.listing) return { path, entries };
  await entries.close();
  throw new LensError('bad-request', `${path} holds other pictures than the shards were made of.`);
}

const wholeRunOf = ({ again: _, ...run }: ShardRun): ShardRun => ({ ...run, shard: { ...WHOLE } });

interface Merging {
  readonly values: Values;
  readonly model: Model;
  readonly engine: Engine;
  readonly found: MergeInput;
  readonly run: ShardRun;
  readonly input: Awaited<ReturnType<typeof openInput>> | undefined;
  readonly output: Output;
}

/** What all shards say together, and what they leave open. */
interface Known {
  readonly pictures: NumberedPictures;
  readonly asked: Questions;
  readonly stateOf: (block: number) => Promise<BlockState>;
  /** Where the questions are. */
  readonly folder: string;
}

async function knownSoFar(merging: Merging, context: Context): Promise<Known> {
  const { values, engine, found, run, input, output } = merging;
  const folder = values.unsettled ? output.folder : join(output.folder, '.later');
  await mkdir(folder, { recursive: true });
  const files =
    found.kind === 'first'
      ? found.shards.map(({ path }) => join(path, PICTURES))
      : [join(found.unsettled.path, PICTURES)];
  const keep = input !== undefined;
  const to = values.unsettled ? join(folder, PICTURES) : undefined;
  const pictures = await numberPictures(files, { keep, to });
  tellSkipped(pictures, context);
  const { top: topK, blocks } = run.options;
  checkTop(topK, pictures.count);
  if (found.kind === 'first') {
    const { shards } = found;
    const merged = (block: number) => mergedState({ engine, shards, pictures }, block, context);
    const keepState = (state: BlockState) =>
      writeWhole(join(folder, stateFile(state.block)), encodeState(state));
    const task = { engine, blocks, stateOf: merged, keepState, topK, listed: values.listed, folder };
    return { pictures, asked: await askOnce(task, context), stateOf: statesIn(folder), folder };
  }
  const { unsettled, looks } = found;
  const stateOf = statesIn(unsettled.path);
  if (looks.length === 0) {
    if (!values.unsettled) return { pictures, asked: unsettled, stateOf, folder };
    throw new LensError('bad-request', `${unsettled.path} is unsettled as it is: give later looks, too.`);
  }
  const findingsOf = (question: Question) => joinedLooks(looks, question);
  await writeQuestions(folder, () => answers(unsettled.questions, { engine, stateOf, findingsOf }, context));
  return { pictures, asked: (await readQuestions(folder))!, stateOf, folder };
}

const statesIn = (folder: string) => async (block: number) =>
  decodeState(await readWhole(join(folder, stateFile(block))));

/** Settles what is open where the pictures are at hand, and says what stays open where they are not. */
async function settled({ engine, model, input }: Merging, known: Known, context: Context) {
  const { pictures, asked, stateOf, folder } = known;
  const source = input && secondLook(input.entries, seenBefore(pictures), model.preprocessor);
  if (!source && asked.questions.some(isOpen))
    context.progress.note(`${stillOpen(asked)} --images settles that here, --unsettled in shares.`);
  const task = { engine, stateOf, folder, source, every: Number.POSITIVE_INFINITY };
  return settleHere(asked, task, context);
}

async function writeUnsettled({ run }: Merging, { asked, folder }: Known, { progress }: Context) {
  await writeRun(folder, run);
  const open = asked.questions.some(isOpen);
  progress.note(open ? `${stillOpen(asked)} bake --settle looks for that.` : 'Nothing is open.');
}

function stillOpen({ questions }: Questions): string {
  const sum = (of: (question: Question) => number) => questions.reduce((all, each) => all + of(each), 0);
  const unproven = sum((question) => question.unproven.length);
  const along = sum((question) => question.along.length);
  return `Both ends of ${along} neurons are of their strongest pictures alone, and ${unproven} top sets are not proven.`;
}
