import { z } from 'zod';
import { type ByteRange, byteCount, merged } from '../../src/clip/checkpoint/byteRanges.ts';
import type { DiskFile, Folder } from './disk.ts';
import { Sha256 } from './sha256.ts';

/** What is noted beside a stored model: where its files came from and which of their bytes are here. */

const offset = z
  .number()
  .int()
  .min(0)
  .max(2 ** 50);
const hex = z.string().regex(/^[0-9a-f]{64}$/);

const storedFile = z.object({
  role: z.enum(['weights', 'vision', 'text', 'config', 'preprocessor', 'tokenizer']),
  url: z.string().max(4096),
  /** Undefined until a server, or a header, said. */
  size: offset.optional(),
  etag: z.string().max(1024).optional(),
  /** Which bytes of it are here, in order, as [begin, end). */
  have: z.array(z.tuple([offset, offset])).max(10_000),
  /** The same as they came, one after the other in the data file: a tower at a file's end takes no room for what is before it. */
  places: z.array(z.tuple([offset, offset])).max(10_000),
  /** The server has no such file. */
  absent: z.boolean().optional(),
  /** Of the whole file, once it is all here. */
  sha256: hex.optional(),
});

const sidecar = z.object({
  format: z.literal(1),
  /** Counts the writings, so that the newer of two is known. */
  turn: z.number().int().min(0),
  /** The model's name, once it was opened. */
  id: z.string().max(200).optional(),
  title: z.string().max(500),
  /** What was asked for: a catalogue's id or an address. */
  source: z.string().max(4096),
  lastUsed: z.number(),
  towers: z.array(z.enum(['vision', 'text'])).max(2),
  files: z.array(storedFile).max(8),
});

export type StoredFile = z.infer<typeof storedFile>;
export type Sidecar = z.infer<typeof sidecar>;

const SLOTS = ['sidecar-0', 'sidecar-1'] as const;
const LIMIT = 4 * 2 ** 20;
const SLOT_BYTES = 32 * 1024;

/** The newer readable one of a folder's two sidecars; undefined when neither can be read. */
export async function readSidecar(folder: Folder): Promise<Sidecar | undefined> {
  const read = await Promise.all(SLOTS.map(async (slot) => parse(await folder.peek(slot, LIMIT))));
  return read.reduce((newer, next) => (next && (!newer || next.turn > newer.turn) ? next : newer), undefined);
}

/** A line with the SHA-256 of the rest, a line of JSON, blanks. */
function parse(bytes: Uint8Array | undefined): Sidecar | undefined {
  if (!bytes) return undefined;
  try {
    const [hash, json] = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n');
    if (json === undefined || hash !== hashOf(json)) return undefined;
    const { data } = sidecar.safeParse(JSON.parse(json));
    return data?.files.every(consistent) ? data : undefined;
  } catch {
    return undefined; // a crash in the middle of writing: the other one holds
  }
}

const hashOf = (text: string): string => new Sha256().update(new TextEncoder().encode(text)).digest();

const consistent = ({ have, places, size }: StoredFile): boolean => {
  const ordered = [...have, ...places].every(([begin, end]) => begin < end);
  const placed = merged(places);
  const once = byteCount(places) === byteCount(placed);
  return (
    ordered && once && sameRanges(placed, have) && (size === undefined || (have.at(-1)?.[1] ?? 0) <= size)
  );
};

const sameRanges = (a: readonly ByteRange[], b: readonly ByteRange[]): boolean =>
  a.length === b.length && a.every(([begin, end], i) => begin === b[i]?.[0] && end === b[i]?.[1]);

/** Writes sidecars by turns into two files, so that a crash spoils at most the one being written. */
export class SidecarWriter {
  readonly #slots: readonly DiskFile[];

  private constructor(slots: readonly DiskFile[]) {
    this.#slots = slots;
  }

  static async open(folder: Folder): Promise<SidecarWriter> {
    const first = await folder.open(SLOTS[0]);
    try {
      return new SidecarWriter([first, await folder.open(SLOTS[1])]);
    } catch (error) {
      first.close();
      throw error;
    }
  }

  /**
   * To be called when all that it states has been flushed. Overwrites the older of the two in place: its room was
   * taken at the beginning, so that it can be written when the disk is full.
   */
  write(content: Sidecar): void {
    const slot = this.#slots[content.turn % 2]!;
    const json = JSON.stringify(content);
    const text = new TextEncoder().encode(`${hashOf(json)}\n${json}\n`);
    const bytes = new Uint8Array(Math.ceil(text.length / SLOT_BYTES) * SLOT_BYTES).fill(0x20);
    bytes.set(text);
    slot.write(0, bytes);
    slot.flush();
  }

  close(): void {
    for (const slot of this.#slots) slot.close();
  }
}

/** Bytes that a stored model takes on the disk. */
export const bytesOf = ({ files }: Sidecar): number =>
  files.reduce((sum, { have }) => sum + byteCount(have), 0);
