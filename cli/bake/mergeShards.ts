import { join } from 'node:path';
import type { Preprocessor } from '../../src/clip/preprocess.ts';
import type { StreamingEngine, StreamSource } from '../../src/engine/stream/streaming.ts';
import { LensError } from '../../src/errors.ts';
import type { BlockState } from '../../src/lens/blockState.ts';
import { renumbered } from '../../src/lens/renumber.ts';
import { decodeState } from '../../src/lens/stateFile.ts';
import { blockJob, type Context } from '../command.ts';
import type { PictureEntries } from './entries.ts';
import { pictureFeed, type Visit, visitingOrder } from './feed.ts';
import { readWhole } from './files.ts';
import type { NumberedPictures } from './records.ts';
import { inShard, type ShardFolder, stateFile } from './shardFolder.ts';

export interface MergeTask {
  readonly engine: StreamingEngine;
  /** All shards of a run, in their order: that of their numbers, whatever order they were given in. */
  readonly shards: readonly [ShardFolder, ...ShardFolder[]];
  readonly pictures: NumberedPictures;
}

/**
 * The state of a block over all shards, under the numbers of the whole set.
 * @throws LensError `bad-file` for a damaged state; `bad-request` for states of another model; `cancelled`
 */
export async function mergedState(
  { engine, shards, pictures }: MergeTask,
  block: number,
  context: Context,
): Promise<BlockState> {
  let merged: BlockState | undefined;
  for (const [i, { path }] of shards.entries()) {
    const state = await readState(path, block, pictures.numbers[i]!);
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

/** What is known of entries that were seen before. */
export interface SeenEntries {
  /** Number of every entry in the whole set; −1 for those left out. */
  readonly numbers: Int32Array;
  /** SHA-256 of its file; undefined for a scene of a shipped set. */
  hash(entry: number): string | undefined;
}

/** Of the whole input. */
export function seenBefore({ records }: NumberedPictures): SeenEntries {
  let count = 0;
  const numbers = Int32Array.from(records, ({ reason }) => (reason === undefined ? count++ : -1));
  return { numbers, hash: (entry) => records[entry]!.hash };
}

/**
 * The sound pictures among entries once more, under their numbers in the whole set.
 * @throws LensError (from `read`) `bad-file` for a picture that is not the one seen before
 */
export function secondLook(
  entries: PictureEntries,
  { numbers, hash: before }: SeenEntries,
  preprocessor: Preprocessor,
): StreamSource {
  const check = ({ entry, hash, reason }: Visit): void => {
    if (reason === undefined && hash === before(entry)) return;
    const name = entries.pictureName(entry);
    throw new LensError('bad-file', `${name} changed while the analysis was running: start it anew.`);
  };
  const order = visitingOrder(entries.count).filter((entry) => numbers[entry]! >= 0);
  return pictureFeed(entries, order, preprocessor, {
    numberOf: (entry) => numbers[entry]!,
    onVisits: (_, visits) => visits.forEach(check),
  });
}
