import { LensError } from '../../src/errors.ts';
import type { Disk, DiskFile, Folder } from './disk.ts';

const PAGE = 2 ** 20;

/** A sparse file. */
class Pages {
  size = 0;
  readonly pages = new Map<number, Uint8Array>();

  read(at: number, into: Uint8Array): void {
    if (at + into.length > this.size)
      throw new LensError('unavailable', 'A stored file is shorter than noted.');
    this.#each(at, into.length, (page, from, length, done) => {
      const bytes = this.pages.get(page);
      if (bytes) into.set(bytes.subarray(from, from + length), done);
      else into.fill(0, done, done + length);
    });
  }

  write(at: number, bytes: Uint8Array): void {
    this.#each(at, bytes.length, (page, from, length, done) => {
      const own = this.pages.get(page) ?? new Uint8Array(PAGE);
      this.pages.set(page, own);
      own.set(bytes.subarray(done, done + length), from);
    });
    this.size = Math.max(this.size, at + bytes.length);
  }

  /** Bytes that writing there would take. */
  growth(at: number, length: number): number {
    let pages = 0;
    this.#each(at, length, (page) => {
      if (!this.pages.has(page)) pages++;
    });
    return pages * PAGE;
  }

  truncate(size: number): void {
    for (const page of this.pages.keys()) if (page * PAGE >= size) this.pages.delete(page);
    this.size = size;
  }

  #each(
    at: number,
    length: number,
    visit: (page: number, from: number, length: number, done: number) => void,
  ) {
    for (let done = 0; done < length; ) {
      const from = (at + done) % PAGE;
      const part = Math.min(PAGE - from, length - done);
      visit(Math.floor((at + done) / PAGE), from, part, done);
      done += part;
    }
  }
}

/**
 * A disk in memory, for browsers that keep nothing, and for tests.
 * @param options.capacity most bytes of all files together
 */
export function memoryDisk(options: { readonly capacity?: number } = {}): Disk {
  const folders = new Map<string, Map<string, Pages>>();
  const { capacity } = options;
  const used = (): number =>
    [...folders.values()]
      .flatMap((files) => [...files.values()])
      .reduce((sum, { pages }) => sum + pages.size * PAGE, 0);

  const file = (pages: Pages, onClose: () => void): DiskFile => ({
    size: () => pages.size,
    read: (at, into) => pages.read(at, into),
    write: (at, bytes) => {
      if (capacity !== undefined && used() + pages.growth(at, bytes.length) > capacity) throw full();
      try {
        pages.write(at, bytes);
      } catch (cause) {
        if (cause instanceof RangeError) throw full();
        throw cause;
      }
    },
    truncate: (size) => pages.truncate(size),
    flush: () => {},
    close: onClose,
  });

  const open = new Set<Pages>();
  const filesOf = new WeakMap<Folder, Map<string, Pages>>();
  return {
    kind: 'memory',
    folders: async () => [...folders.keys()],
    async folder(name) {
      const files = folders.get(name) ?? new Map<string, Pages>();
      folders.set(name, files);
      const folder: Folder = {
        async open(fileName) {
          const pages = files.get(fileName) ?? new Pages();
          files.set(fileName, pages);
          if (open.has(pages)) throw inUse();
          open.add(pages);
          return file(pages, () => open.delete(pages));
        },
        async peek(fileName, limit) {
          const pages = files.get(fileName);
          if (!pages || pages.size > limit) return undefined;
          const bytes = new Uint8Array(pages.size);
          pages.read(0, bytes);
          return bytes;
        },
        size: async (fileName) => files.get(fileName)?.size ?? 0,
        async move(fileName, into) {
          const pages = files.get(fileName);
          if (!pages || open.has(pages)) throw inUse();
          filesOf.get(into)!.set(fileName, pages);
          files.delete(fileName);
        },
      };
      filesOf.set(folder, files);
      return folder;
    },
    async remove(name) {
      folders.delete(name);
    },
    free: async () => (capacity === undefined ? undefined : Math.max(0, capacity - used())),
  };
}

export const inUse = (): LensError =>
  new LensError(
    'unavailable',
    'Another tab of this page is using this model’s files. Close it and try again.',
  );

/** What has arrived stays, so that a download can go on once there is room. */
export const full = (cause?: unknown): LensError =>
  new LensError(
    'unavailable',
    'There is no more room to store the model. What has arrived is kept: delete other stored models, or free space on the disk, and load it again.',
    { cause },
  );
