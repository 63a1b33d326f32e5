import { open, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Preprocessor } from '../src/clip/preprocess.ts';
import type { StreamingEngine } from '../src/engine/streaming.ts';
import { LensError } from '../src/errors.ts';
import type { BlockState } from '../src/lens/blockState.ts';
import { decodeState, encodeState } from '../src/lens/stateFile.ts';
import type { PictureEntries } from './bakeEntries.ts';
import { pictureFeed, type Visit, visitingOrder } from './bakeFeed.ts';
import { PARTIAL, readWhole, writeWhole } from './bakeFiles.ts';
import { recordOf } from './bakeRecords.ts';
import type { Context } from './command.ts';
import { parseJson } from './folder.ts';
import { LOCK, PICTURES, stateFile } from './shardFolder.ts';

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
  const cursor = await readCursor(folder);
  const visits = await VisitLog.open(folder, cursor, order, entries);
  for (const blocks of groupsLeft(task, cursor)) {
    const states = await underway(folder, cursor);
    const source = pictureFeed(entries, order, task.preprocessor, { onVisits: visits.note });
    const keep = keeper(task, cursor, visits, blocks);
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

const natural = z.number().int().nonnegative();
const cursorSchema = z.object({
  /** Blocks whose states are final. */
  done: z.array(natural),
  /** Blocks under way, and how many entries they have seen. */
  underway: z.array(z.object({ block: natural, read: natural })),
  /** Visits known, and the length of their file in bytes. */
  visits: natural,
  visitBytes: natural,
});

/** Where a run stands: written last, so that the files it names are whole. */
type Cursor = z.infer<typeof cursorSchema>;

const CURSOR = 'sweep.json';
const VISITS = 'visits.jsonl';
/** What a finished sweep has no more use for. */
export const sweepLeftovers: readonly string[] = [CURSOR, VISITS, LOCK];
const partName = (block: number, read: number): string => `block-${block}.after-${read}.safetensors`;

async function readCursor(folder: string): Promise<Cursor> {
  const bytes = await readFile(join(folder, CURSOR)).catch(() => undefined);
  if (!bytes) return { done: [], underway: [], visits: 0, visitBytes: 0 };
  const cursor = cursorSchema.safeParse(parseJson(bytes, join(folder, CURSOR)));
  if (cursor.success) return cursor.data;
  throw new LensError('bad-file', `${join(folder, CURSOR)} is damaged; --fresh starts anew.`);
}

/** States of the group under way at its last checkpoint. */
async function underway(folder: string, { underway }: Cursor): Promise<BlockState[] | undefined> {
  const states: BlockState[] = [];
  for (const { block, read } of underway) {
    states.push(decodeState(await readWhole(join(folder, partName(block, read)))));
  }
  return states.length > 0 ? states : undefined;
}

/** A twentieth of the time may go into checkpoints. */
const SHARE = 20;

function keeper({ folder, every }: SweepTask, cursor: Cursor, visits: VisitLog, blocks: readonly number[]) {
  let next = Date.now() + every;
  const write = async (
    states: readonly BlockState[],
    nameOf: (state: BlockState) => string,
  ): Promise<void> => {
    for (const state of states) await writeWhole(join(folder, nameOf(state)), encodeState(state));
  };
  const commit = async (change: Partial<Cursor>): Promise<void> => {
    Object.assign(cursor, change);
    await writeWhole(join(folder, CURSOR), JSON.stringify(cursor));
    await removeOthers(folder, cursor);
  };
  const furthest = (states: readonly BlockState[]): number => Math.max(...states.map(({ read }) => read));
  return {
    async when(states: readonly BlockState[]): Promise<void> {
      const began = Date.now();
      if (began < next) return;
      await write(states, ({ block, read }) => partName(block, read));
      const logged = await visits.logUpTo(furthest(states));
      await commit({ ...logged, underway: states.map(({ block, read }) => ({ block, read })) });
      next = Date.now() + Math.max(every, SHARE * (Date.now() - began));
    },
    async finished(states: readonly BlockState[]): Promise<void> {
      await write(states, ({ block }) => stateFile(block));
      const logged = await visits.logUpTo(furthest(states));
      await commit({ ...logged, done: [...cursor.done, ...blocks], underway: [] });
    },
  };
}

/** Removes states of earlier checkpoints, and what was half written when a process was killed. */
async function removeOthers(folder: string, { underway }: Cursor): Promise<void> {
  const kept = new Set(underway.map(({ block, read }) => partName(block, read)));
  for (const name of await readdir(folder)) {
    const stale = /\.after-\d+\.safetensors$/.test(name) ? !kept.has(name) : PARTIAL.test(name);
    if (stale) await rm(join(folder, name), { force: true });
  }
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
  async logUpTo(read: number): Promise<{ visits: number; visitBytes: number }> {
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
  }

  /** Writes the records of all entries, by place, and says which pictures were left out. */
  async writeRecords(): Promise<void> {
    const lines = this.#known.map((visit) => `${JSON.stringify(recordOf(this.#entries, visit!))}\n`);
    await writeWhole(join(this.#folder, PICTURES), lines.join(''));
  }
}
