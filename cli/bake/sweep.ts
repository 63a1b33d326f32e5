import { open, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Preprocessor } from '../../src/clip/preprocess.ts';
import type { StreamingEngine } from '../../src/engine/stream/streaming.ts';
import { LensError } from '../../src/errors.ts';
import type { BlockState } from '../../src/lens/blockState.ts';
import { decodeState, encodeState } from '../../src/lens/stateFile.ts';
import type { Context } from '../command.ts';
import type { PictureEntries } from './entries.ts';
import { pictureFeed, type Visit, visitingOrder } from './feed.ts';
import { writeWhole } from './files.ts';
import { recordOf } from './records.ts';
import { LOCK, PICTURES, stateFile } from './shardFolder.ts';
import { type Cursor, readCursor, type SweepFiles, sweepKeeper, underwayParts } from './sweepFolder.ts';

export interface SweepTask {
  readonly engine: StreamingEngine;
  readonly entries: PictureEntries;
  readonly preprocessor: Preprocessor;
  readonly blocks: readonly number[];
  /** Blocks in groups whose states fit memory together: a sweep of forward passes for each. */
  readonly groupsOf: (blocks: readonly number[]) => readonly (readonly number[])[];
  readonly topK: number;
  /** Work folder, which holds what an earlier process of the same run did. */
  readonly folder: string;
  /** Least milliseconds between two checkpoints. */
  readonly every: number;
}

/**
 * Sweeps over the entries until the folder holds the state of every block and a record of every picture. Killed at any
 * point and called again, it goes on from its last checkpoint and ends with the same bytes.
 * @throws LensError as `StreamingEngine.stream`; `bad-file` when a picture changed meanwhile, or the folder is damaged
 */
export async function sweepBlocks(task: SweepTask, context: Context): Promise<void> {
  const { engine, entries, topK, folder } = task;
  const { signal, progress } = context;
  const order = visitingOrder(entries.count);
  const cursor = await readCursor(folder, FILES.cursor);
  const visits = await VisitLog.open(folder, cursor, order, entries);
  for (const blocks of groupsLeft(task, cursor)) {
    const states = await underwayStates(folder, cursor);
    const source = pictureFeed(entries, order, task.preprocessor, { onVisits: visits.note });
    const keep = sweepKeeper({ folder, files: FILES, cursor, every: task.every, before: visits.logUpTo });
    const job = { signal, onProgress: progress.report, onCheckpoint: keep.when };
    const finished = await engine.stream(
      source,
      blocks,
      { topK },
      { ...job, ...(states && { from: states }) },
    );
    await keep.finished(finished);
  }
  await visits.writeRecords();
}

/** The group that was under way comes first as it was, though there may be more or less memory now. */
function groupsLeft({ blocks, groupsOf }: SweepTask, { done, underway }: Cursor): (readonly number[])[] {
  const begun = underway.map(({ block }) => block);
  const rest = blocks.filter((block) => !done.includes(block) && !begun.includes(block));
  return [...(begun.length > 0 ? [begun] : []), ...(rest.length > 0 ? groupsOf(rest) : [])];
}

const FILES: SweepFiles<BlockState> = { cursor: 'sweep.json', nameOf: stateFile, encode: encodeState };
const VISITS = 'visits.jsonl';
/** What a finished sweep has no more use for. */
export const sweepLeftovers: readonly string[] = [FILES.cursor, VISITS, LOCK];

/** States of the group under way at its last checkpoint. */
async function underwayStates(folder: string, cursor: Cursor): Promise<BlockState[] | undefined> {
  const parts = await underwayParts(folder, cursor, FILES);
  return parts.length > 0 ? parts.map(({ bytes }) => decodeState(bytes)) : undefined;
}

/** What became of every entry: kept in memory, and on the disk up to the last checkpoint. */
class VisitLog {
  readonly #folder: string;
  readonly #order: Int32Array;
  readonly #entries: PictureEntries;
  readonly #known: (Visit | undefined)[];
  /** Positions in the order of visiting that are in the file. */
  #logged = 0;
  #bytes = 0;

  private constructor(folder: string, order: Int32Array, entries: PictureEntries) {
    this.#folder = folder;
    this.#order = order;
    this.#entries = entries;
    this.#known = new Array(order.length);
  }

  static async open(
    folder: string,
    { visits, visitBytes }: Cursor,
    order: Int32Array,
    entries: PictureEntries,
  ): Promise<VisitLog> {
    const log = new VisitLog(folder, order, entries);
    if (visits === 0) {
      await rm(join(folder, VISITS), { force: true });
      return log;
    }
    await truncate(join(folder, VISITS), visitBytes);
    const lines = (await readFile(join(folder, VISITS), 'utf8')).split('\n');
    for (const line of lines.slice(0, visits)) {
      const visit = JSON.parse(line) as Visit;
      log.#known[visit.entry] = visit;
    }
    log.#logged = visits;
    log.#bytes = visitBytes;
    return log;
  }

  /** Takes visits in, or holds them against what is known where an entry is seen again. */
  note = (_from: number, visits: readonly Visit[]): void => {
    for (const visit of visits) {
      const before = this.#known[visit.entry];
      if (before && (before.hash !== visit.hash || before.reason !== visit.reason)) {
        const name = this.#entries.pictureName(visit.entry);
        throw new LensError(
          'bad-file',
          `${name} changed while the analysis was running; --fresh starts anew.`,
        );
      }
      this.#known[visit.entry] = visit;
    }
  };

  /** Writes what is known of the first `read` positions. */
  logUpTo = async (read: number): Promise<{ visits: number; visitBytes: number }> => {
    if (read > this.#logged) {
      const visits = Array.from(this.#order.subarray(this.#logged, read), (entry) => this.#known[entry]!);
      const bytes = Buffer.from(visits.map((visit) => `${JSON.stringify(visit)}\n`).join(''));
      const file = await open(join(this.#folder, VISITS), 'a');
      await file.writeFile(bytes);
      await file.sync();
      await file.close();
      this.#logged = read;
      this.#bytes += bytes.length;
    }
    return { visits: this.#logged, visitBytes: this.#bytes };
  };

  /** Writes the records of all entries, by place, and says which pictures were left out. */
  async writeRecords(): Promise<void> {
    const lines = this.#known.map((visit) => `${JSON.stringify(recordOf(this.#entries, visit!))}\n`);
    await writeWhole(join(this.#folder, PICTURES), lines.join(''));
  }
}
