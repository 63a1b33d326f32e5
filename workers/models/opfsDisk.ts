import { LensError } from '../../src/errors.ts';
import type { Disk, DiskFile, Folder } from './disk.ts';
import { full, inUse } from './memoryDisk.ts';

/** Everything of ours is below this folder. */
const ROOT = 'models';

/**
 * The browser's private file system, of which a worker may open files for itself alone; undefined where the
 * browser has none or, as some do in private windows, refuses it.
 */
export async function opfsDisk(): Promise<Disk | undefined> {
  if (typeof navigator === 'undefined' || !navigator.storage?.getDirectory) return undefined;
  try {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
    await probe(root);
    return disk(root);
  } catch {
    return undefined;
  }
}

/** Some browsers give the folder but no file to write to. */
async function probe(root: FileSystemDirectoryHandle): Promise<void> {
  const name = `probe-${crypto.randomUUID()}`;
  const handle = await root.getFileHandle(name, { create: true });
  try {
    (await handle.createSyncAccessHandle()).close();
  } finally {
    await root.removeEntry(name);
  }
}

function disk(root: FileSystemDirectoryHandle): Disk {
  return {
    kind: 'browser',
    async folders() {
      const names: string[] = [];
      for await (const [name, handle] of root.entries()) if (handle.kind === 'directory') names.push(name);
      return names;
    },
    folder: async (name) => folder(await root.getDirectoryHandle(name, { create: true })),
    async remove(name) {
      try {
        await root.removeEntry(name, { recursive: true });
      } catch (cause) {
        if (!isNamed(cause, 'NotFoundError'))
          throw isNamed(cause, 'NoModificationAllowedError') ? inUse() : cause;
      }
    },
    async free() {
      const { quota, usage } = await navigator.storage.estimate();
      return quota === undefined ? undefined : Math.max(0, quota - (usage ?? 0));
    },
  };
}

const handles = new WeakMap<Folder, FileSystemDirectoryHandle>();

function folder(handle: FileSystemDirectoryHandle): Folder {
  const own: Folder = {
    async open(name) {
      const file = await handle.getFileHandle(name, { create: true });
      try {
        return diskFile(await file.createSyncAccessHandle());
      } catch (cause) {
        throw isNamed(cause, 'NoModificationAllowedError') ? inUse() : cause;
      }
    },
    async peek(name, limit) {
      try {
        const file = await (await handle.getFileHandle(name)).getFile();
        return file.size > limit ? undefined : new Uint8Array(await file.arrayBuffer());
      } catch (cause) {
        if (isNamed(cause, 'NotFoundError') || isNamed(cause, 'NotReadableError')) return undefined;
        throw cause;
      }
    },
    async size(name) {
      try {
        return (await (await handle.getFileHandle(name)).getFile()).size;
      } catch (cause) {
        if (isNamed(cause, 'NotFoundError')) return 0;
        throw cause;
      }
    },
    async move(name, into) {
      const file = await handle.getFileHandle(name);
      await file.move(handles.get(into)!, name);
    },
  };
  handles.set(own, handle);
  return own;
}

const diskFile = (access: FileSystemSyncAccessHandle): DiskFile => ({
  size: () => access.getSize(),
  read: (at, into) => {
    for (let done = 0; done < into.length; ) {
      const count = access.read(into.subarray(done), { at: at + done });
      if (count === 0 || count > into.length - done) {
        throw new LensError(
          'unavailable',
          'A stored file is damaged: delete the model on the Models page and load it again.',
        );
      }
      done += count;
    }
  },
  write: (at, bytes) =>
    orFull(() => {
      for (let done = 0; done < bytes.length; ) {
        const count = access.write(bytes.subarray(done), { at: at + done });
        // Chromium 156 reports a used-up quota by a count no write can have (-8, unsigned) in place of an error.
        if (count === 0 || count > bytes.length - done) throw full();
        done += count;
      }
    }),
  truncate: (size) => orFull(() => access.truncate(size)),
  flush: () => orFull(() => access.flush()),
  close: () => access.close(),
});

function orFull(work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw isNamed(cause, 'QuotaExceededError') ? full(cause) : cause;
  }
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
