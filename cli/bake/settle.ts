import { join } from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { LensError } from '../../src/errors.ts';
import { isOpen } from '../../src/lens/laterLook.ts';
import type { Context } from '../command.ts';
import type { Model } from '../model.ts';
import type { PictureEntries, Shard } from './entries.ts';
import { sweepLater } from './laterSweep.ts';
import { secondLook } from './mergeShards.ts';
import { recordsOf } from './records.ts';
import { openShard, PICTURES, type ShardRun } from './shardFolder.ts';
import { type Questions, readQuestions } from './unsettled.ts';

/** A folder of merge --unsettled, and what it leaves open. */
export interface Unsettled extends Questions {
  readonly path: string;
  readonly run: ShardRun;
}

/** @throws LensError `unavailable`, `bad-request`, `bad-file` for a folder that is none */
export async function openUnsettled(path: string): Promise<Unsettled> {
  const { run } = await openShard(path);
  const questions = await readQuestions(path);
  if (questions) return { ...questions, path, run };
  throw new LensError('bad-request', `${path} is not what merge --unsettled writes.`);
}

/**
 * The run that looks for what is open among a share of the pictures.
 * @throws LensError `bad-request` for another model or other pictures than the first look's
 */
export function settlingRun(
  { run, hash, path }: Unsettled,
  model: Model,
  entries: PictureEntries,
  shard: Shard,
): ShardRun {
  if (run.model.hash !== model.hash)
    throw new LensError(
      'bad-request',
      `${path} was made with another model than ${model.name}: its was called ${run.model.name}.`,
    );
  if (run.input.listing !== entries.listing)
    throw new LensError('bad-request', `${path} was made of other pictures than ${entries.name} holds.`);
  return { ...run, shard: { ...shard }, again: hash };
}

export interface SettleShare {
  readonly engine: Engine;
  readonly model: Model;
  readonly entries: PictureEntries;
  readonly unsettled: Unsettled;
  readonly folder: string;
  readonly every: number;
}

/**
 * Looks for what is open among the entries, until the work folder holds what was found.
 * @throws LensError as `sweepLater`; `bad-request` for pictures that the first look did not see; `bad-file` for one that changed
 */
export async function settleShare(
  { engine, model, entries, unsettled, folder, every }: SettleShare,
  context: Context,
): Promise<void> {
  const { questions, path } = unsettled;
  if (!questions.some(isOpen))
    return context.progress.note(`Nothing is open in ${path}: merge makes its pack.`);
  const { numbers, hashes } = await recordsOf(join(path, PICTURES), entries);
  const seen = { numbers, hash: (entry: number) => hashes[entry] };
  const source = secondLook(entries, seen, model.preprocessor);
  await sweepLater({ engine, source, questions, folder, every }, context);
}
