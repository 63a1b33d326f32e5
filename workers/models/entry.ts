import { z } from 'zod';
import { sha256 } from '../../src/images/hash.ts';
import { Content, DATA, isSettled } from './content.ts';
import type { Disk, Folder } from './disk.ts';
import type { Lock } from './locks.ts';
import { Note, readNote } from './note.ts';
import { Sha256 } from './sha256.ts';

/** What is noted of a stored model: its files' addresses, and under which hash their content lies. */

const fileRecord = z.object({
  role: z.enum(['weights', 'vision', 'text', 'config', 'preprocessor', 'tokenizer']),
  url: z.string().max(4096),
  /** Of the answers of that address. */
  etag: z.string().max(1024).optional(),
  /** The server has no such file. */
  absent: z.boolean().optional(),
  /** Of the content, which lies under it: once all of it was here, or as known beforehand. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

const modelNote = z.object({
  /** The model's name, once it was opened. */
  id: z.string().max(200).optional(),
  title: z.string().max(500),
  /** What was asked for: a catalogue's id or an address. */
  source: z.string().max(4096),
  lastUsed: z.number(),
  /** Those of which all is here. */
  towers: z.array(z.enum(['vision', 'text'])).max(2),
  files: z.array(fileRecord).max(8),
});

export type FileRecord = z.infer<typeof fileRecord>;
export type ModelNote = z.infer<typeof modelNote>;

/** How a new entry begins. */
export type NewEntry = Pick<ModelNote, 'title' | 'source' | 'id'> & {
  readonly files: readonly Pick<FileRecord, 'role' | 'url' | 'etag' | 'sha256'>[];
};

const hashOf = (text: string): string => new Sha256().update(new TextEncoder().encode(text)).digest();

/** Folder of a model of these files. */
export const modelFolder = (files: readonly { readonly url: string }[]): string =>
  `model-${hashOf(files.map(({ url }) => url).join('\n')).slice(0, 40)}`;

/** Folder of a content of this hash. */
export const hashFolder = (hash: string): string => `sha256-${hash}`;

/** Folder of a file of which only the address is known. */
export const addressFolder = (url: string): string => `address-${hashOf(url).slice(0, 40)}`;

export const isWeights = ({ role }: Pick<FileRecord, 'role'>): boolean =>
  role === 'weights' || role === 'vision' || role === 'text';

/** Folders in which a file's content is, or may be put. */
export const foldersOf = ({ url, sha256, role }: FileRecord): string[] => [
  ...(isWeights({ role }) ? [addressFolder(url)] : []),
  ...(sha256 ? [hashFolder(sha256)] : []),
];

export const readModelNote = (folder: Folder): Promise<ModelNote | undefined> => readNote(folder, modelNote);

/** What is noted, if it is of these files; else what a new entry says. */
export function begin(found: ModelNote | undefined, fresh: NewEntry, now: number): ModelNote {
  const same =
    found?.files.length === fresh.files.length &&
    found.files.every(({ role, url }, i) => fresh.files[i]?.role === role && fresh.files[i]?.url === url);
  if (same) return { ...found, lastUsed: now };
  return { ...fresh, lastUsed: now, towers: [], files: fresh.files.map((file) => ({ ...file })) };
}

/** One stored model and its weight files, opened by this worker alone. Close it in any case. */
export class Entry {
  readonly note: ModelNote;
  readonly #disk: Disk;
  readonly #lock: Lock;
  readonly #writer: Note<ModelNote>;
  readonly #known: NewEntry;
  readonly #contents = new Map<FileRecord, Content>();

  private constructor(disk: Disk, lock: Lock, note: ModelNote, writer: Note<ModelNote>, known: NewEntry) {
    this.#disk = disk;
    this.#lock = lock;
    this.note = note;
    this.#writer = writer;
    this.#known = known;
  }

  /** To be called with the locks of its folder and of those of {@link foldersOf} its files. */
  static async open(disk: Disk, lock: Lock, name: string, fresh: NewEntry, now: number): Promise<Entry> {
    const { note, content } = await Note.open(await disk.folder(name), modelNote, (found) =>
      begin(found, fresh, now),
    );
    const entry = new Entry(disk, lock, content, note, fresh);
    try {
      for (const record of content.files) if (isWeights(record)) await entry.#openContent(record);
      entry.commit();
      return entry;
    } catch (error) {
      entry.close();
      throw error;
    }
  }

  record(role: FileRecord['role']): FileRecord | undefined {
    return this.note.files.find((file) => file.role === role);
  }

  /** Of a weight file. */
  content(record: FileRecord): Content {
    return this.#contents.get(record)!;
  }

  /** Weight files that are all here, but not yet under their hash. */
  unsettled(): FileRecord[] {
    return [...this.#contents.keys()].filter((record) => !record.sha256 && this.content(record).whole);
  }

  /** Whether the hash was known before anything was fetched. */
  knewHash({ url }: FileRecord): boolean {
    return this.#known.files.some((file) => file.url === url && file.sha256 !== undefined);
  }

  /** Begins a weight file anew, as one that has changed on its server or is damaged. Others that share it keep it. */
  async reset(record: FileRecord): Promise<void> {
    const content = this.content(record);
    delete record.etag;
    delete record.absent;
    this.note.towers = [];
    if (record.sha256 && !this.knewHash(record)) {
      delete record.sha256;
      this.commit();
      content.close();
      await this.#openContent(record);
    } else this.commit();
    this.content(record).clear();
  }

  /** A small file, whole and with the hash that is noted; undefined when it is not here. */
  async small(record: FileRecord): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!record.sha256) return undefined;
    const bytes = await (await this.#disk.folder(hashFolder(record.sha256))).peek(DATA, SMALL_LIMIT);
    return bytes && (await sha256(bytes)) === record.sha256 ? bytes : undefined;
  }

  /** Keeps a small file under its hash. */
  async keepSmall(record: FileRecord, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    record.sha256 = await sha256(bytes);
    this.commit(); // first: what no model names is swept away
    await this.#lock(hashFolder(record.sha256), async () => {
      if (await this.small(record)) return;
      const file = await (await this.#disk.folder(hashFolder(record.sha256!))).open(DATA);
      try {
        file.truncate(0);
        file.write(0, bytes);
        file.flush();
      } finally {
        file.close();
      }
    });
  }

  /**
   * Puts a weight file that is all here under its hash, as the last that is done with it. While another tab has a
   * file of that hash open it stays where it is, until next time.
   */
  async settle(record: FileRecord, hash: string): Promise<void> {
    record.sha256 = hash;
    this.commit(); // first: what no model names is swept away
    const move = (): Promise<void> => this.content(record).moveTo(this.#disk, hashFolder(hash));
    try {
      await this.#lock(hashFolder(hash), move, { ifFree: true });
    } catch {
      delete record.sha256;
      this.commit();
    }
  }

  commit(): void {
    this.#writer.write(this.note);
  }

  close(): void {
    try {
      this.commit();
    } finally {
      this.#writer.close();
      for (const content of this.#contents.values()) content.close();
    }
  }

  /** A content that is gone from under its hash, or was never whole there, is fetched again under its address. */
  async #openContent(record: FileRecord): Promise<void> {
    if (record.sha256 && !this.knewHash(record)) {
      const folder = await this.#disk.folder(hashFolder(record.sha256));
      if (!(await isSettled(folder))) delete record.sha256;
    }
    const name = record.sha256 ? hashFolder(record.sha256) : addressFolder(record.url);
    const content = await Content.open(this.#disk, name);
    this.#contents.set(record, content);
    if (content.have.length > 0) return;
    this.note.towers = this.note.towers.filter((tower) => record.role !== 'weights' && record.role !== tower);
  }
}

/** Most bytes of what lies beside the weights. */
export const SMALL_LIMIT = 32 * 2 ** 20;
