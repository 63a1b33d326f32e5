import { join } from 'node:path';
import type { Preprocessor } from '../src/clip/preprocess.ts';
import type { StreamingEngine, StreamSource } from '../src/engine/streaming.ts';
import { LensError } from '../src/errors.ts';
import type { BlockState } from '../src/lens/blockState.ts';
import type { BlockSummary } from '../src/lens/blockSummary.ts';
import { renumbered } from '../src/lens/renumber.ts';
import { decodeState } from '../src/lens/stateFile.ts';
import type { PictureEntries } from './bakeEntries.ts';
import { pictureFeed, type Visit, visitingOrder } from './bakeFeed.ts';
import { readWhole } from './bakeFiles.ts';
import type { NumberedPictures } from './bakeRecords.ts';
import { blockJob, type Context } from './command.ts';
import { inShard, type ShardFolder, stateFile } from './shardFolder.ts';

export interface MergeTask {
  readonly engine: StreamingEngine;
  /** All shards of a run, in their order: that of their numbers, whatever order they were given in. */
  readonly shards: readonly [ShardFolder, ...ShardFolder[]];
  readonly pictures: NumberedPictures;
  /** Blocks whose states fit memory together. */
  readonly groups: readonly (readonly number[])[];
  /** The whole set, to look at again; without it a summary does with what the shards kept. */
  readonly source: StreamSource | undefined;
  readonly listed: number;
}

/**
 * What the shards of a run say of every block together.
 * @throws LensError `bad-file` for a damaged state; `bad-request` for states of another model; `cancelled`
 */
export async function summariesOf(task: MergeTask, context: Context): Promise<readonly BlockSummary[]> {
  const { engine, shards, groups, source, listed } = task;
  const { top } = shards[0].run.options;
  const job = { signal: context.signal, onProgress: context.progress.report };
  const summaries: BlockSummary[] = [];
  for (const blocks of groups) {
    let states: BlockState[] = [];
    for (const block of blocks) states.push(await mergedState(task, block, context));
    if (source) states = await engine.lookAgain(source, states, top, job);
    for (const state of states) {
      summaries.push(await engine.finish(state, { topK: top, listed }, blockJob(context, state.block)));
    }
  }
  return source ? engine.ends(source, summaries, job) : summaries;
}

async function mergedState(
  { engine, shards, pictures }: MergeTask,
  block: number,
  context: Context,
): Promise<BlockState> {
  let merged: BlockState | undefined;
  for (const [i, { path }] of shards.entries()) {
    const numbers = pictures.numbers[i]!;
    const state = await readState(path, block, numbers);
    merged = merged ? await engine.merge(merged, state, blockJob(context, block)) : state;
    if (shards.length > 1) {
      context.progress.report({ stage: `Merging block ${block}`, done: i + 1, total: shards.length });
    }
  }
  return merged!;
}

async function readState(path: string, block: number, numbers: Int32Array): Promise<BlockState> {
  try {
    const state = decodeState(await readWhole(join(path, stateFile(block))));
    return renumbered(state, (entry) => numberOf(numbers, entry));
  } catch (error) {
    throw inShard(error, path);
  }
}

function numberOf(numbers: Int32Array, entry: number): number {
  const number = numbers[entry] ?? -1;
  if (number < 0) throw new LensError('bad-file', `picture ${entry} is kept, but not listed`);
  return number;
}

/**
 * The sound pictures of a whole set once more, under their numbers in it.
 * @throws LensError (from `read`) `bad-file` for a picture that is not the one seen before
 */
export function secondLook(
  entries: PictureEntries,
  { records }: NumberedPictures,
  preprocessor: Preprocessor,
): StreamSource {
  let count = 0;
  const numbers = Int32Array.from(records, ({ reason }) => (reason === undefined ? count++ : -1));
  const check = ({ entry, hash, reason }: Visit): void => {
    if (reason === undefined && hash === records[entry]!.hash) return;
    throw new LensError(
      'bad-file',
      `${records[entry]!.name} changed while the analysis was running: start it anew.`,
    );
  };
  const order = visitingOrder(entries.count).filter((entry) => numbers[entry]! >= 0);
  return pictureFeed(entries, order, preprocessor, {
    numberOf: (entry) => numbers[entry]!,
    onVisits: (_, visits) => visits.forEach(check),
  });
}
