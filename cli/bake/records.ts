import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { z } from 'zod';
import { LensError } from '../../src/errors.ts';
import type { PictureEntries } from './entries.ts';
import type { Visit } from './feed.ts';

const natural = z.number().int().nonnegative();
const recordSchema = z.object({
  place: z.tuple([natural, natural]),
  name: z.string(),
  label: z.string().optional(),
  hash: z.string().optional(),
  reason: z.string().optional(),
});

/** What is known of a picture after it was visited; sound ones have no `reason`. */
export type PictureRecord = Readonly<z.infer<typeof recordSchema>>;

export const recordOf = (entries: PictureEntries, { entry, hash, reason }: Visit): PictureRecord => {
  const label = entries.label(entry);
  return {
    place: [...entries.place(entry)],
    name: entries.pictureName(entry),
    ...(label !== undefined && { label }),
    ...(hash !== undefined && { hash }),
    ...(reason !== undefined && { reason }),
  };
};

/** The records of a file with one on each line, in order. Throws LensError `bad-file`. */
export async function* readRecords(path: string): AsyncGenerator<PictureRecord> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const record = recordSchema.safeParse(jsonOf(line));
    if (!record.success)
      throw new LensError('bad-file', `${path} is damaged: a line is no picture's record.`);
    yield record.data;
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** All pictures of some shards by their place in the whole input, numbered: only sound ones have numbers, without gaps. */
export interface NumberedPictures {
  /** By shard: number of every entry in the whole set; −1 for those left out. */
  readonly numbers: readonly Int32Array[];
  readonly count: number;
  /** In order of their places. */
  readonly skipped: readonly PictureRecord[];
  /** SHA-256 over the pictures' hashes in order, as `combineHashes` makes it. */
  readonly hash: string;
  /** All entries of the whole input in order, the skipped ones too; empty unless asked for. */
  readonly records: readonly PictureRecord[];
}

export interface NumberingOptions {
  /** Whether records are wanted: some hundred bytes a picture. */
  readonly keep: boolean;
  /** A file to write the records of all shards into, in order. */
  readonly to?: string | undefined;
}

/**
 * Numbers the pictures of shards in the order of their places, whatever the order of the shards.
 * @param files of records, one a shard, each ascending in places
 * @throws LensError `bad-file` for records that are damaged, out of order or of the same place twice
 */
export async function numberPictures(
  files: readonly string[],
  { keep, to }: NumberingOptions,
): Promise<NumberedPictures> {
  const written = to === undefined ? undefined : createWriteStream(to);
  const readers = files.map((file) => readRecords(file));
  const heads = await Promise.all(readers.map((reader) => reader.next()));
  const numbers: number[][] = files.map(() => []);
  const hash = createHash('sha256');
  const records: PictureRecord[] = [];
  const skipped: PictureRecord[] = [];
  let count = 0;
  let last: Place = [-1, 0];
  for (let shard = smallest(heads); shard !== undefined; shard = smallest(heads)) {
    const record = heads[shard]!.value as PictureRecord;
    heads[shard] = await readers[shard]!.next();
    if (comparePlaces(record.place, last) <= 0)
      throw new LensError('bad-file', `${files[shard]} is damaged: ${record.name} is out of order.`);
    last = record.place;
    const sound = record.reason === undefined;
    numbers[shard]!.push(sound ? count++ : -1);
    if (sound) hash.update(`${record.hash ?? ''}\n`);
    else skipped.push(record);
    if (keep) records.push(record);
    if (written && !written.write(`${JSON.stringify(record)}\n`)) await once(written, 'drain');
  }
  written?.end();
  if (written) await finished(written);
  return {
    numbers: numbers.map((list) => Int32Array.from(list)),
    ...{ count, skipped, hash: hash.digest('hex'), records },
  };
}

type Place = PictureRecord['place'];

const comparePlaces = (a: Place, b: Place): number => a[0] - b[0] || a[1] - b[1];

function smallest(heads: readonly IteratorResult<PictureRecord>[]): number | undefined {
  let best: number | undefined;
  for (const [i, head] of heads.entries()) {
    if (head.done) continue;
    const other = best === undefined ? undefined : (heads[best]!.value as PictureRecord);
    if (!other || comparePlaces(head.value.place, other.place) < 0) best = i;
  }
  return best;
}

/**
 * What a file of all records says of some of the entries.
 * @throws LensError `bad-request` where an entry is not among them; `bad-file` for damaged records
 */
export async function recordsOf(
  path: string,
  entries: Pick<PictureEntries, 'count' | 'place' | 'pictureName'>,
): Promise<{ readonly numbers: Int32Array; readonly hashes: readonly (string | undefined)[] }> {
  const numbers = new Int32Array(entries.count).fill(-1);
  const hashes: (string | undefined)[] = [];
  let count = 0;
  for await (const record of readRecords(path)) {
    const number = record.reason === undefined ? count++ : -1;
    const entry = hashes.length;
    if (entry === entries.count || comparePlaces(record.place, [...entries.place(entry)]) !== 0) continue;
    numbers[entry] = number;
    hashes.push(record.hash);
  }
  if (hashes.length === entries.count) return { numbers, hashes };
  const name = entries.pictureName(hashes.length);
  throw new LensError('bad-request', `${name} is not among the pictures that the first look was taken at.`);
}
