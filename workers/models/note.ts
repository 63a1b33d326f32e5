import type { z } from 'zod';
import type { DiskFile, Folder } from './disk.ts';
import { Sha256 } from './sha256.ts';

/** A small JSON text in a folder, kept twice and written by turns: a crash spoils at most the one being written. */

const SLOTS = ['note-0', 'note-1'] as const;
const LIMIT = 4 * 2 ** 20;
const SLOT_BYTES = 32 * 1024;

interface Written<T> {
  /** Counts the writings, so that the newer of two is known. */
  readonly turn: number;
  readonly content: T;
}

/** What the folder's note says; undefined when there is none, or none that can be read. */
export async function readNote<T>(folder: Folder, schema: z.ZodType<T>): Promise<T | undefined> {
  return (await newer(folder, schema))?.content;
}

async function newer<T>(folder: Folder, schema: z.ZodType<T>): Promise<Written<T> | undefined> {
  const [a, b] = await Promise.all(SLOTS.map(async (slot) => parse(await folder.peek(slot, LIMIT), schema)));
  return a && b ? (a.turn > b.turn ? a : b) : (a ?? b);
}

/** A line with the SHA-256 of the rest, a line of JSON, blanks. */
function parse<T>(bytes: Uint8Array | undefined, schema: z.ZodType<T>): Written<T> | undefined {
  if (!bytes) return undefined;
  try {
    const [hash, json] = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n');
    if (json === undefined || hash !== hashOf(json)) return undefined;
    const { turn, content } = JSON.parse(json) as { turn: unknown; content: unknown };
    const { data } = schema.safeParse(content);
    return data !== undefined && Number.isSafeInteger(turn)
      ? { turn: turn as number, content: data }
      : undefined;
  } catch {
    return undefined; // a crash in the middle of writing: the other one holds
  }
}

const hashOf = (text: string): string => new Sha256().update(new TextEncoder().encode(text)).digest();

/** The note of a folder that this worker has to itself. Close it in any case. */
export class Note<T> {
  readonly #slots: readonly DiskFile[];
  #turn: number;

  private constructor(slots: readonly DiskFile[], turn: number) {
    this.#slots = slots;
    this.#turn = turn;
  }

  /** @param begin gives what the note is to say, from what it says */
  static async open<T>(
    folder: Folder,
    schema: z.ZodType<T>,
    begin: (found: T | undefined) => T,
  ): Promise<{ note: Note<T>; content: T }> {
    const found = await newer(folder, schema);
    const content = begin(found?.content);
    const slots: DiskFile[] = [];
    try {
      for (const slot of SLOTS) slots.push(await folder.open(slot));
      const note = new Note<T>(slots, found?.turn ?? 0);
      note.write(content);
      note.write(content); // takes the room of both
      return { note, content };
    } catch (error) {
      for (const slot of slots) slot.close();
      throw error;
    }
  }

  /**
   * To be called when all that it states has been flushed. Overwrites the older of the two in place: its room was
   * taken at the beginning, so that it can be written when the disk is full.
   */
  write(content: T): void {
    const turn = this.#turn + 1;
    const slot = this.#slots[turn % 2]!;
    const json = JSON.stringify({ turn, content } satisfies Written<T>);
    const text = new TextEncoder().encode(`${hashOf(json)}\n${json}\n`);
    const bytes = new Uint8Array(Math.ceil(text.length / SLOT_BYTES) * SLOT_BYTES).fill(0x20);
    bytes.set(text);
    slot.write(0, bytes);
    slot.flush();
    this.#turn = turn; // if it failed, the same slot is next: the other one holds
  }

  close(): void {
    for (const slot of this.#slots) slot.close();
  }
}
