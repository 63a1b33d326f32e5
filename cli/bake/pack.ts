import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { LensError } from '../../src/errors.ts';
import type { BlockSummary } from '../../src/lens/blockSummary.ts';
import { encodeBlock, encodeHead, type PackHead } from '../../src/pack/index.ts';
import { blockJob, type Context } from '../command.ts';
import type { Model } from '../model.ts';
import type { Output } from '../output.ts';
import { modelInPack, setInPack } from '../packHead.ts';
import { packWords, type WordPool } from '../packWords.ts';
import { software } from '../software.ts';
import type { PictureEntries } from './entries.ts';
import type { PackValues } from './options.ts';
import type { NumberedPictures } from './records.ts';
import type { ShardRun } from './shardFolder.ts';
import { copySheets, writeSheets } from './sheets.ts';

export interface PackTask {
  readonly model: Model;
  readonly engine: Engine;
  readonly run: ShardRun;
  readonly pictures: NumberedPictures;
  readonly summaries: readonly BlockSummary[];
  /** The whole input, to make small pictures of; without it the pack brings none. */
  readonly input: { readonly path: string; readonly entries: PictureEntries } | undefined;
  readonly pool: WordPool | undefined;
  readonly values: PackValues;
  readonly output: Output;
  /** Where small pictures are kept until all are made. */
  readonly sheets: string;
}

/** Reasons told on the terminal; all are in the pack. */
const TOLD = 10;

/** Says which pictures were left out, and why. */
export function tellSkipped({ skipped }: NumberedPictures, { progress }: Context): void {
  for (const { reason } of skipped.slice(0, TOLD)) progress.note(`Left out: ${reason}`);
  if (skipped.length > TOLD)
    progress.note(`… and ${skipped.length - TOLD} more: skipped.txt in the pack lists them.`);
}

/**
 * Writes the files of a pack, pack.json last: blocks with words and similar neurons, texts, small pictures, and a list of
 * what was left out.
 * @throws LensError as `encodeBlock`, `encodeHead` and `writeSheets`; `cancelled`
 */
export async function writePack(task: PackTask, context: Context): Promise<void> {
  const { model, engine, pool, output, values, pictures, summaries } = task;
  const { input: set } = task.run;
  const words = pool && (await packWords(pool, engine, model.weights.config.dim, context));
  const blocks: Omit<ReturnType<typeof encodeBlock>, 'files'>[] = [];
  for (const summary of summaries) {
    const codes = await words?.describer.describe(
      summary.detail.directions,
      blockJob(context, summary.block),
    );
    const { files, ...rest } = encodeBlock(summary, codes);
    for (const [name, bytes] of files) await output.write(name, bytes);
    blocks.push(rest);
  }
  const withPictures = await writePictures(task, context);
  if (pictures.skipped.length > 0) {
    const lines = pictures.skipped.map(({ name, reason }) => `${name}: ${reason}\n`);
    await output.write('skipped.txt', lines.join(''));
  }
  const head: PackHead = {
    software,
    model: modelInPack(model, values),
    set: setInPack(
      {
        name: set.name,
        hash: set.setHash ?? pictures.hash,
        count: pictures.count,
        skipped: pictures.skipped.length,
      },
      values,
    ),
    backend: engine.backend,
    ...(words && { texts: words.texts, codes: words.describer.forms }),
    ...(withPictures && { pictures: true }),
  };
  for (const [name, bytes] of encodeHead(head, blocks)) await output.write(name, bytes);
}

/** Whether the pack brings pictures: not where they may not be published, or can be had elsewhere. */
async function writePictures(
  { input, values, sheets, output, run, pictures }: PackTask,
  { signal, progress }: Context,
): Promise<boolean> {
  const { input: set } = run;
  if (!input || values['no-pictures'] || values['set-url'] !== undefined) return false;
  if (set.setHash !== undefined) await copySheets(input.path, sheets);
  else {
    const sound = pictures.records.flatMap(({ reason }, entry) => (reason === undefined ? entry : []));
    const request = {
      name: values['set-name'] ?? set.name,
      licence: values.licence,
      size: values['picture-size'],
      records: sound.map((entry) => pictures.records[entry]!),
      read: async (picture: number) => (await input.entries.read(sound[picture]!)).picture,
    };
    await writeSheets(sheets, request, { signal, onProgress: progress.report });
  }
  await rename(sheets, join(output.folder, 'pictures'));
  return true;
}

/** Throws LensError `bad-request` where a top set would hold more pictures than there are. */
export function checkTop(top: number, count: number): void {
  if (top <= count) return;
  throw new LensError('bad-request', `--top ${top} asks for more than the ${count} pictures there are.`);
}
