import { type ByteRange, byteCount, merged, without } from '../../src/clip/checkpoint/byteRanges.ts';
import { LensError } from '../../src/errors.ts';
import type { DiskFile, Folder } from './disk.ts';
import { Sha256 } from './sha256.ts';
import { readSidecar, type Sidecar, SidecarWriter, type StoredFile } from './sidecar.ts';

/** Bytes that a crash may cost. */
const COMMIT_EVERY = 8 * 2 ** 20;
const PIECE = 4 * 2 ** 20;

/** How a new entry begins. */
export type NewEntry = Pick<Sidecar, 'title' | 'source' | 'id'> & {
  readonly files: readonly Pick<StoredFile, 'role' | 'url' | 'size'>[];
};

/**
 * One stored model, opened by this worker alone: a data file for each of its files, with whichever bytes have
 * arrived, and the sidecar that says which. Close it in any case.
 */
export class Entry {
  readonly sidecar: Sidecar;
  readonly #writer: SidecarWriter;
  readonly #data: readonly DiskFile[];
  #uncommitted = 0;

  private constructor(sidecar: Sidecar, writer: SidecarWriter, data: readonly DiskFile[]) {
    this.sidecar = sidecar;
    this.#writer = writer;
    this.#data = data;
  }

  /**
   * Opens what is in the folder, or begins anew: when there is nothing, when its sidecar cannot be read, or when
   * it was of other files. Nothing is ever half-loaded.
   */
  static async open(folder: Folder, fresh: NewEntry, now: number): Promise<Entry> {
    const found = await readSidecar(folder);
    const usable = found && sameFiles(found, fresh) ? found : undefined;
    const begun: Sidecar = usable ?? {
      format: 1,
      turn: (found?.turn ?? 0) + 1,
      ...(fresh.id !== undefined && { id: fresh.id }),
      title: fresh.title,
      source: fresh.source,
      lastUsed: now,
      towers: [],
      files: fresh.files.map((file) => ({ ...file, have: [], places: [] })),
    };
    const opened: DiskFile[] = [];
    let writer: SidecarWriter | undefined;
    try {
      writer = await SidecarWriter.open(folder);
      for (const index of begun.files.keys()) opened.push(await folder.open(`data-${index}`));
      const entry = new Entry(begun, writer, opened);
      entry.#dropWhatIsNotThere(usable === undefined);
      begun.lastUsed = now;
      entry.commit();
      entry.commit(); // takes the room of both sidecars
      return entry;
    } catch (error) {
      for (const file of opened) file.close();
      writer?.close();
      throw error;
    }
  }

  file(role: StoredFile['role']): StoredFile | undefined {
    return this.sidecar.files.find((file) => file.role === role);
  }

  has(file: StoredFile, ranges: readonly ByteRange[]): boolean {
    return this.missing(file, ranges).length === 0;
  }

  missing(file: StoredFile, ranges: readonly ByteRange[]): ByteRange[] {
    return without(ranges, file.have);
  }

  complete(file: StoredFile): boolean {
    return file.size !== undefined && byteCount(file.have) === file.size;
  }

  /** Fills `into` with the file's bytes from `at` on, which must be here. */
  read(file: StoredFile, at: number, into: Uint8Array): void {
    const data = this.#dataOf(file);
    const end = at + into.length;
    let from = 0;
    let filled = 0;
    for (const [begin, stop] of file.places) {
      const first = Math.max(at, begin);
      const last = Math.min(end, stop);
      if (first < last) {
        data.read(from + first - begin, into.subarray(first - at, last - at));
        filled += last - first;
      }
      from += stop - begin;
    }
    if (filled < into.length)
      throw new LensError('bad-file', `${file.url} ends early, or was not fetched whole.`);
  }

  bytes(file: StoredFile, [begin, end]: ByteRange): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end - begin);
    this.read(file, begin, bytes);
    return bytes;
  }

  /**
   * Keeps bytes of the file from `at` on; those that are here already stay as they are.
   * @throws LensError `unavailable` when the disk is full; what was written before stays
   */
  write(file: StoredFile, at: number, bytes: Uint8Array): void {
    const data = this.#dataOf(file);
    for (const [begin, end] of without([[at, at + bytes.length]], file.have)) {
      data.write(byteCount(file.places), bytes.subarray(begin - at, end - at));
      const last = file.places.at(-1);
      if (last?.[1] === begin) last[1] = end;
      else file.places.push([begin, end]);
      file.have = merged([...file.have, [begin, end]]).map(([from, to]) => [from, to]);
    }
    this.#uncommitted += bytes.length;
    if (this.#uncommitted >= COMMIT_EVERY) this.commit();
  }

  /** Forgets all bytes of a file, as one that has changed on its server. */
  reset(file: StoredFile): void {
    file.have = [];
    file.places = [];
    for (const fact of ['size', 'etag', 'sha256', 'absent'] as const) delete file[fact];
    this.sidecar.towers = [];
    this.commit(); // first: a sidecar must never promise bytes that are gone
    this.#dataOf(file).truncate(0);
  }

  /** Data first, then the note that they are there. */
  commit(): void {
    for (const file of this.#data) file.flush();
    const turn = this.sidecar.turn + 1;
    this.#writer.write({ ...this.sidecar, turn }); // if it fails, the same slot is next: the other one holds
    this.sidecar.turn = turn;
    this.#uncommitted = 0;
  }

  /** SHA-256 of a file that is all here, read in pieces. */
  async sha256(file: StoredFile, breathe: () => Promise<void>): Promise<string> {
    const hash = new Sha256();
    const size = file.size ?? 0;
    for (let at = 0; at < size; at += PIECE) {
      hash.update(this.bytes(file, [at, Math.min(size, at + PIECE)]));
      await breathe();
    }
    return hash.digest();
  }

  close(): void {
    try {
      this.commit();
    } finally {
      for (const file of this.#data) file.close();
      this.#writer.close();
    }
  }

  #dataOf(file: StoredFile): DiskFile {
    return this.#data[this.sidecar.files.indexOf(file)]!;
  }

  /** A data file that is shorter than noted was damaged from outside: what it lacks is fetched again. */
  #dropWhatIsNotThere(all: boolean): void {
    for (const file of this.sidecar.files) {
      const data = this.#dataOf(file);
      if (!all && data.size() >= byteCount(file.places)) continue;
      file.have = [];
      file.places = [];
      delete file.sha256;
      data.truncate(0);
    }
  }
}

const sameFiles = (found: Sidecar, fresh: NewEntry): boolean =>
  found.files.length === fresh.files.length &&
  found.files.every(({ role, url }, i) => fresh.files[i]?.role === role && fresh.files[i]?.url === url);
