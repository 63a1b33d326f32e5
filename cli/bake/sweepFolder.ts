import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LensError } from '../../src/errors.ts';
import { parseJson } from '../folder.ts';
import { PARTIAL, readWhole, writeWhole } from './files.ts';

/** What a sweep over pictures makes of a block: whole, or as far as it is. */
export interface Swept {
  readonly block: number;
  /** Entries seen. */
  readonly read: number;
}

/** How a kind of sweep keeps what it makes in a folder. */
export interface SweepFiles<T extends Swept> {
  /** Of where it stands. */
  readonly cursor: string;
  /** Of a block's result. */
  nameOf(block: number): string;
  encode(value: T): Uint8Array;
}

const natural = z.number().int().nonnegative();
const cursorSchema = z.object({
  /** Blocks whose results are final. */
  done: z.array(natural),
  /** Blocks under way, and how many entries they have seen. */
  underway: z.array(z.object({ block: natural, read: natural })),
  /** Visits known, and the length of their file in bytes. */
  visits: natural,
  visitBytes: natural,
});

/** Where a sweep stands: written last, so that the files it names are whole. */
export type Cursor = z.infer<typeof cursorSchema>;

/** @throws LensError `bad-file` */
export async function readCursor(folder: string, name: string): Promise<Cursor> {
  const path = join(folder, name);
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return { done: [], underway: [], visits: 0, visitBytes: 0 };
  const cursor = cursorSchema.safeParse(parseJson(bytes, path));
  if (cursor.success) return cursor.data;
  throw new LensError('bad-file', `${path} is damaged; --fresh starts anew.`);
}

const partName = (whole: string, read: number): string =>
  whole.replace(/\.safetensors$/, `.after-${read}.safetensors`);

/** The bytes of blocks under way at the last checkpoint. */
export async function underwayParts(
  folder: string,
  { underway }: Cursor,
  { nameOf }: Pick<SweepFiles<never>, 'nameOf'>,
): Promise<{ readonly block: number; readonly bytes: Uint8Array }[]> {
  const parts: { block: number; bytes: Uint8Array }[] = [];
  for (const { block, read } of underway) {
    parts.push({ block, bytes: await readWhole(join(folder, partName(nameOf(block), read))) });
  }
  return parts;
}

/** A twentieth of the time may go into checkpoints. */
const SHARE = 20;

export interface Keeping<T extends Swept> {
  readonly folder: string;
  readonly files: SweepFiles<T>;
  /** Changed with every checkpoint. */
  readonly cursor: Cursor;
  /** Least milliseconds between two checkpoints. */
  readonly every: number;
  /** What else must be on the disk before the cursor says that so many entries were seen. */
  readonly before?: (read: number) => Promise<Partial<Cursor>>;
}

/** Writes what a sweep has made when it is time for it, and when it is over. */
export function sweepKeeper<T extends Swept>({ folder, files, cursor, every, before }: Keeping<T>) {
  let next = Date.now() + every;
  const commit = async (values: readonly T[], change: Partial<Cursor>): Promise<void> => {
    const logged = await before?.(Math.max(...values.map(({ read }) => read)));
    Object.assign(cursor, logged, change);
    await writeWhole(join(folder, files.cursor), JSON.stringify(cursor));
    await removeOthers(folder, cursor, files);
  };
  return {
    async when(values: readonly T[]): Promise<void> {
      const began = Date.now();
      if (began < next) return;
      const begun = values.filter(({ read }) => read > 0);
      const there = new Set(cursor.underway.map(({ block, read }) => partName(files.nameOf(block), read)));
      for (const value of begun) {
        const name = partName(files.nameOf(value.block), value.read);
        if (!there.has(name)) await writeWhole(join(folder, name), files.encode(value));
      }
      await commit(begun, { underway: begun.map(({ block, read }) => ({ block, read })) });
      next = Date.now() + Math.max(every, SHARE * (Date.now() - began));
    },
    async finished(values: readonly T[]): Promise<void> {
      for (const value of values) {
        await writeWhole(join(folder, files.nameOf(value.block)), files.encode(value));
      }
      await commit(values, { done: [...cursor.done, ...values.map(({ block }) => block)], underway: [] });
    },
  };
}

/** Removes parts of earlier checkpoints, and what was half written when a process was killed. */
async function removeOthers<T extends Swept>(
  folder: string,
  { underway }: Cursor,
  { nameOf }: SweepFiles<T>,
): Promise<void> {
  const kept = new Set(underway.map(({ block, read }) => partName(nameOf(block), read)));
  for (const name of await readdir(folder)) {
    const stale = /\.after-\d+\.safetensors$/.test(name) ? !kept.has(name) : PARTIAL.test(name);
    if (stale) await rm(join(folder, name), { force: true });
  }
}
