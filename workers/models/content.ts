import { z } from 'zod';
import { type ByteRange, byteCount, merged, without } from '../../src/clip/checkpoint/byteRanges.ts';
import { LensError } from '../../src/errors.ts';
import type { Disk, DiskFile, Folder } from './disk.ts';
import { Note, readNote } from './note.ts';
import { Sha256 } from './sha256.ts';

/**
 * A weight file on the disk, in a folder of its own: under its content's hash where that is known, and until then
 * under its address.
 */

/** Bytes that a crash may cost. */
const COMMIT_EVERY = 8 * 2 ** 20;
const PIECE = 4 * 2 ** 20;
export const DATA = 'data';

const offset = z
  .number()
  .int()
  .min(0)
  .max(2 ** 50);
const ranges = z.array(z.tuple([offset, offset])).max(10_000);

const arrived = z
  .object({
    /** Of the file; undefined until a server, or a header, said. */
    size: offset.optional(),
    /** Which bytes of it are here, in order, as [begin, end). */
    have: ranges,
    /** The same as they came, one after the other in the data file: a tower at a file's end takes no room for what is before it. */
    places: ranges,
    /** Whether all of it was read back and has the hash of the folder's name. */
    checked: z.boolean().optional(),
  })
  .refine(({ have, places, size }) => {
    const placed = merged(places);
    return (
      [...have, ...places].every(([begin, end]) => begin < end) &&
      byteCount(places) === byteCount(placed) &&
      sameRanges(placed, have) &&
      (have.at(-1)?.[1] ?? 0) <= (size ?? Number.POSITIVE_INFINITY)
    );
  });

/** Which bytes of a file are here. */
export type Arrived = z.infer<typeof arrived>;

const sameRanges = (a: readonly ByteRange[], b: readonly ByteRange[]): boolean =>
  a.length === b.length && a.every(([begin, end], i) => begin === b[i]?.[0] && end === b[i]?.[1]);

const isWhole = ({ have, size }: Arrived): boolean => size !== undefined && byteCount(have) === size;

/** What is here of a file, read without opening it. */
export const glance = async (folder: Folder): Promise<Arrived | undefined> => readNote(folder, arrived);

/** Whether a folder has all of the content of its name. */
export async function isSettled(folder: Folder): Promise<boolean> {
  const there = await glance(folder);
  return there?.checked === true && (await folder.size(DATA)) >= byteCount(there.places);
}

/** A file's bytes as far as they are here, opened by this worker alone. Close it in any case. */
export class Content {
  /** Of its folder. */
  readonly name: string;
  readonly #folder: Folder;
  readonly #note: Note<Arrived>;
  readonly #arrived: Arrived;
  readonly #data: DiskFile;
  #uncommitted = 0;
  #closed = false;
  /** Whether anything was added since it was opened. */
  grown = false;

  private constructor(name: string, folder: Folder, note: Note<Arrived>, found: Arrived, data: DiskFile) {
    this.name = name;
    this.#folder = folder;
    this.#note = note;
    this.#arrived = found;
    this.#data = data;
  }

  /**
   * Opens what is in the folder, or begins anew where nothing is or its note cannot be read. Data that are shorter than
   * noted were damaged from outside: all is fetched again.
   */
  static async open(disk: Disk, name: string): Promise<Content> {
    const folder = await disk.folder(name);
    const data = await folder.open(DATA);
    try {
      const usable = (found: Arrived | undefined): Arrived =>
        found && data.size() >= byteCount(found.places) ? found : { have: [], places: [] };
      const { note, content } = await Note.open(folder, arrived, usable);
      if (content.places.length === 0) data.truncate(0);
      return new Content(name, folder, note, content, data);
    } catch (error) {
      data.close();
      throw error;
    }
  }

  get have(): readonly ByteRange[] {
    return this.#arrived.have;
  }

  /** Of the whole file, once it is known. */
  get size(): number | undefined {
    return this.#arrived.size;
  }

  set size(size: number | undefined) {
    if (size !== undefined) this.#arrived.size = size;
  }

  get whole(): boolean {
    return isWhole(this.#arrived);
  }

  get checked(): boolean {
    return this.#arrived.checked === true;
  }

  /** To be called when its hash is the one of its name. */
  markChecked(): void {
    this.#arrived.checked = true;
    this.commit();
  }

  missing(wanted: readonly ByteRange[]): ByteRange[] {
    return without(wanted, this.#arrived.have);
  }

  has(wanted: readonly ByteRange[]): boolean {
    return this.missing(wanted).length === 0;
  }

  /** Fills `into` with the file's bytes from `at` on. @throws LensError `bad-file` when they are not all here */
  read(at: number, into: Uint8Array): void {
    const end = at + into.length;
    let from = 0;
    let filled = 0;
    for (const [begin, stop] of this.#arrived.places) {
      const first = Math.max(at, begin);
      const last = Math.min(end, stop);
      if (first < last) {
        this.#data.read(from + first - begin, into.subarray(first - at, last - at));
        filled += last - first;
      }
      from += stop - begin;
    }
    if (filled < into.length)
      throw new LensError('bad-file', 'The file ends early, or was not fetched whole.');
  }

  bytes([begin, end]: ByteRange): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end - begin);
    this.read(begin, bytes);
    return bytes;
  }

  /**
   * Keeps bytes of the file from `at` on; those that are here already stay as they are.
   * @throws LensError `unavailable` when the disk is full; what was written before stays
   */
  write(at: number, bytes: Uint8Array): void {
    const { places } = this.#arrived;
    for (const [begin, end] of this.missing([[at, at + bytes.length]])) {
      this.#data.write(byteCount(places), bytes.subarray(begin - at, end - at));
      const last = places.at(-1);
      if (last?.[1] === begin) last[1] = end;
      else places.push([begin, end]);
      this.#arrived.have = merged([...this.#arrived.have, [begin, end]]).map(([from, to]) => [from, to]);
      this.grown = true;
    }
    this.#uncommitted += bytes.length;
    if (this.#uncommitted >= COMMIT_EVERY) this.commit();
  }

  /** Forgets all bytes. */
  clear(): void {
    this.#arrived.have = [];
    this.#arrived.places = [];
    delete this.#arrived.size;
    delete this.#arrived.checked;
    this.commit(); // first: a note must never promise bytes that are gone
    this.#data.truncate(0);
  }

  /** Data first, then the note that they are there. */
  commit(): void {
    this.#data.flush();
    this.#note.write(this.#arrived);
    this.#uncommitted = 0;
  }

  /** SHA-256 of a file that is all here, read back from the disk in pieces. */
  async sha256(breathe: () => Promise<void>): Promise<string> {
    const hash = new Sha256();
    const size = this.size ?? 0;
    for (let at = 0; at < size; at += PIECE) {
      hash.update(this.bytes([at, Math.min(size, at + PIECE)]));
      await breathe();
    }
    return hash.digest();
  }

  /**
   * Closes it and makes it the content of another folder, which this worker has to itself, unless all of it is there
   * already; then its own folder is deleted.
   */
  async moveTo(disk: Disk, name: string): Promise<void> {
    const folder = await disk.folder(name);
    this.close();
    if (!(await isSettled(folder))) {
      const { note } = await Note.open(folder, arrived, () => ({ ...this.#arrived, checked: true }));
      note.close();
      await this.#folder.move(DATA, folder);
    }
    await disk.remove(this.name);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.commit();
    } finally {
      this.#data.close();
      this.#note.close();
    }
  }
}
