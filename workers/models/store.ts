import { LensError } from '../../src/errors.ts';
import type { JobOptions } from '../../src/progress.ts';
import type { StoredModel } from '../protocol.ts';
import type { Disk } from './disk.ts';
import { Entry } from './entry.ts';
import { type Lock, lockFor } from './locks.ts';
import { memoryDisk } from './memoryDisk.ts';
import { opfsDisk } from './opfsDisk.ts';
import { folderOf, type Recipe, storedRecipe } from './recipe.ts';
import { bytesOf, readSidecar, type Sidecar } from './sidecar.ts';

const IN_MEMORY =
  'This browser does not let the page store files (as in some private windows): the model will be downloaded again next time.';

/** Models on this machine's disk, a folder each. */
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
  use<T>(recipe: Recipe, job: JobOptions, work: (entry: Entry) => Promise<T>): Promise<T> {
    const { signal, onProgress } = job;
    const name = folderOf(recipe);
    const run = async (): Promise<T> => {
      if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
      const fresh = {
        title: recipe.title,
        source: recipe.source,
        files: recipe.files.map(({ role, url }) => ({ role, url })),
        ...(recipe.id !== undefined && { id: recipe.id }),
      };
      const entry = await Entry.open(await this.disk.folder(name), fresh, this.#now());
      try {
        return await work(entry);
      } finally {
        entry.close();
      }
    };
    const onWait = (): void =>
      onProgress?.({ stage: 'Waiting for another tab that loads this model', done: 0, total: 1 });
    return this.#lock(name, run, { signal, onWait });
  }

  /** What is noted of a model; undefined when nothing of it is here. */
  async sidecar(recipe: Recipe): Promise<Sidecar | undefined> {
    const name = folderOf(recipe);
    if (!(await this.disk.folders()).includes(name)) return undefined;
    return readSidecar(await this.disk.folder(name));
  }

  async list(): Promise<StoredModel[]> {
    const entries = await this.#entries();
    return entries
      .map(({ name, sidecar }) => ({
        id: sidecar.id ?? `part-${name.slice(0, 12)}`,
        title: sidecar.title,
        bytes: bytesOf(sidecar),
        complete: sidecar.towers.length > 0,
        towers: sidecar.towers,
        lastUsed: sidecar.lastUsed,
        url: storedRecipe(sidecar).url,
      }))
      .sort((a, b) => b.lastUsed - a.lastUsed);
  }

  /** @throws LensError `unavailable` when nothing of that name is stored */
  async recipe(id: string): Promise<Recipe> {
    const found = (await this.#entries()).find(({ sidecar }) => sidecar.id === id);
    if (found) return storedRecipe(found.sidecar);
    throw new LensError('unavailable', 'This model is no longer stored on this machine: load it again.');
  }

  /** A stored model that came from this address. */
  async fromAddress(source: string): Promise<Recipe | undefined> {
    const found = (await this.#entries()).find(({ sidecar }) => sidecar.source === source);
    return found && storedRecipe(found.sidecar);
  }

  /** Deletes what is here of a model. @throws LensError `unavailable` while it is being loaded */
  async forget(id: string): Promise<void> {
    const entries = await this.#entries();
    const named = entries.filter(({ name, sidecar }) => (sidecar.id ?? `part-${name.slice(0, 12)}`) === id);
    for (const { name } of named) await this.#lock(name, () => this.disk.remove(name), { ifFree: true });
  }

  /** A folder of which nothing is known is of no use, unless somebody is just beginning it. */
  async #discard(name: string): Promise<void> {
    await this.#lock(name, () => this.disk.remove(name), { ifFree: true }).catch(() => {});
  }

  async #entries(): Promise<{ name: string; sidecar: Sidecar }[]> {
    const found: { name: string; sidecar: Sidecar }[] = [];
    for (const name of await this.disk.folders()) {
      const sidecar = await readSidecar(await this.disk.folder(name));
      if (sidecar) found.push({ name, sidecar });
      else await this.#discard(name);
    }
    return found;
  }
}
