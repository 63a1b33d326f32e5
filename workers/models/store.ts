import { breather } from '../../src/engine/running/breathe.ts';
import { LensError } from '../../src/errors.ts';
import type { JobOptions } from '../../src/progress.ts';
import type { StoredModel } from '../protocol.ts';
import { type Arrived, DATA, glance } from './content.ts';
import type { Disk } from './disk.ts';
import {
  begin,
  Entry,
  type FileRecord,
  foldersOf,
  isWeights,
  type ModelNote,
  modelFolder,
  type NewEntry,
  readModelNote,
} from './entry.ts';
import { type Lock, lockFor } from './locks.ts';
import { memoryDisk } from './memoryDisk.ts';
import { opfsDisk } from './opfsDisk.ts';
import { namesCommit, type Recipe, storedRecipe } from './recipe.ts';

const IN_MEMORY =
  'This browser does not let the page store files (as in some private windows): the model will be downloaded again next time.';

/** What is stored of a model, read without opening it. */
export interface Glance {
  readonly note: ModelNote;
  readonly files: readonly { readonly record: FileRecord; readonly arrived: Arrived | undefined }[];
}

/**
 * Models on this machine's disk. A model is a note of its files' addresses and of the hashes that their contents
 * have; a content lies once in a folder of its hash, whoever uses it. What is not all here yet lies under its address.
 */
export class ModelStore {
  readonly disk: Disk;
  /** What a person should know of it. */
  readonly notes: readonly string[];
  readonly #lock: Lock;
  readonly #now: () => number;

  constructor(disk: Disk, lock: Lock = lockFor(), now: () => number = Date.now) {
    this.disk = disk;
    this.notes = disk.kind === 'memory' ? [IN_MEMORY] : [];
    this.#lock = lock;
    this.#now = now;
  }

  /** The browser's own storage, or memory where it has none for us. */
  static async open(): Promise<ModelStore> {
    return new ModelStore((await opfsDisk()) ?? memoryDisk());
  }

  /** Opens a model's entry for `work` alone; other tabs wait, and so does this one for them. */
  async use<T>(recipe: Recipe, job: JobOptions, work: (entry: Entry) => Promise<T>): Promise<T> {
    const name = modelFolder(recipe.files);
    const fresh = await this.#newEntry(recipe);
    return this.#locked([name], job, async () => {
      const found = await readModelNote(await this.disk.folder(name));
      const folders = begin(found, fresh, 0).files.filter(isWeights).flatMap(foldersOf);
      return this.#locked([...new Set(folders)].sort(), job, async () => {
        const entry = await Entry.open(this.disk, this.#lock, name, fresh, this.#now());
        try {
          const result = await work(entry);
          await settle(entry, job);
          return result;
        } finally {
          entry.close();
        }
      });
    });
  }

  /** What is here of a model; undefined when nothing is. */
  async glance(recipe: Recipe): Promise<Glance | undefined> {
    const name = modelFolder(recipe.files);
    if (!(await this.disk.folders()).includes(name)) return undefined;
    const note = await readModelNote(await this.disk.folder(name));
    return note && this.#glance(note);
  }

  async list(): Promise<StoredModel[]> {
    await this.#sweep();
    const listed = (await this.#entries()).map(async ({ name, note }): Promise<StoredModel> => {
      const files = await this.#filesOf(note);
      return {
        id: idOf(name, note),
        title: note.title,
        files,
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        complete: note.towers.length > 0,
        towers: note.towers,
        lastUsed: note.lastUsed,
        url: storedRecipe(note).url,
      };
    });
    return (await Promise.all(listed)).sort((a, b) => b.lastUsed - a.lastUsed);
  }

  /** Of a model, or of a part of one. @throws LensError `unavailable` when nothing of that name is stored */
  async recipe(id: string): Promise<Recipe> {
    const found = (await this.#entries()).find(({ name, note }) => idOf(name, note) === id);
    if (found) return storedRecipe(found.note);
    throw new LensError('unavailable', 'This model is no longer stored on this machine: load it again.');
  }

  /** A stored model that came from this address. */
  async fromAddress(source: string): Promise<Recipe | undefined> {
    const found = (await this.#entries()).find(({ note }) => note.source === source);
    return found && storedRecipe(found.note);
  }

  /** Deletes what is here of a model and of no other. @throws LensError `unavailable` while it is being loaded */
  async forget(id: string): Promise<void> {
    for (const { name, note } of await this.#entries()) {
      if (idOf(name, note) === id) await this.#lock(name, () => this.disk.remove(name), { ifFree: true });
    }
    await this.#sweep();
  }

  /** Small files of an address that cannot change need not be fetched again for another model. */
  async #newEntry({ title, source, id, files }: Recipe): Promise<NewEntry> {
    const known = new Map<string, string | undefined>();
    for (const { note } of await this.#entries()) {
      for (const record of note.files) {
        if (!isWeights(record) && namesCommit(record.url)) known.set(record.url, record.sha256);
      }
    }
    return {
      title,
      source,
      ...(id !== undefined && { id }),
      files: files.map(({ role, url, sha256 = known.get(url) }) => ({
        role,
        url,
        ...(sha256 !== undefined && { sha256 }),
      })),
    };
  }

  #locked<T>(names: readonly string[], job: JobOptions, work: () => Promise<T>): Promise<T> {
    const { signal, onProgress } = job;
    const [name, ...others] = names;
    if (name === undefined) return work();
    const run = (): Promise<T> => {
      if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
      return this.#locked(others, job, work);
    };
    const onWait = (): void =>
      onProgress?.({ stage: 'Waiting for another tab that loads this model', done: 0, total: 1 });
    return this.#lock(name, async () => run(), { signal, onWait });
  }

  async #glance(note: ModelNote): Promise<Glance> {
    const present = new Set(await this.disk.folders());
    const files = note.files.map(async (record) => {
      const name = foldersOf(record).findLast((folder) => present.has(folder));
      const arrived = name && isWeights(record) ? await glance(await this.disk.folder(name)) : undefined;
      return { record, arrived };
    });
    return { note, files: await Promise.all(files) };
  }

  async #filesOf(note: ModelNote): Promise<StoredModel['files']> {
    const present = new Set(await this.disk.folders());
    const names = [...new Set(note.files.flatMap(foldersOf))].filter((name) => present.has(name));
    return Promise.all(
      names.map(async (name) => ({ name, bytes: await (await this.disk.folder(name)).size(DATA) })),
    );
  }

  async #entries(): Promise<{ name: string; note: ModelNote }[]> {
    const found: { name: string; note: ModelNote }[] = [];
    for (const name of await this.disk.folders()) {
      const note = name.startsWith('model-') && (await readModelNote(await this.disk.folder(name)));
      if (note) found.push({ name, note });
    }
    return found;
  }

  /**
   * Deletes folders that no model names: contents of which the last user is gone, notes that cannot be read, what
   * earlier versions of this page kept in another way. What a tab has open stays.
   */
  async #sweep(): Promise<void> {
    const named = await this.#named();
    for (const name of await this.disk.folders()) {
      if (named.has(name)) continue;
      const remove = async (): Promise<void> => {
        // Asked again: a model may have begun meanwhile, and its note comes before its files.
        if (!(await this.#named()).has(name)) await this.disk.remove(name);
      };
      await this.#lock(name, remove, { ifFree: true }).catch(() => {});
    }
  }

  async #named(): Promise<Set<string>> {
    const entries = await this.#entries();
    return new Set(entries.flatMap(({ name, note }) => [name, ...note.files.flatMap(foldersOf)]));
  }
}

const idOf = (name: string, { id }: ModelNote): string => id ?? `part-${name.slice(-12)}`;

/** Puts files that are all here under the hash of their content. */
async function settle(entry: Entry, { signal, onProgress }: JobOptions): Promise<void> {
  for (const record of entry.unsettled()) {
    onProgress?.({ stage: 'Checking the file', done: 0, total: 1 });
    await entry.settle(record, await entry.content(record).sha256(breather(signal)));
  }
}
