import type { CacheFile, CacheFolder } from '../../workers/poolCache.ts';

/** A folder of files in memory, with OPFS's rule that a file has one handle at a time. */
export class MemoryFolder implements CacheFolder {
  readonly files = new Map<string, { bytes: Uint8Array; lastUsed: number; open: boolean }>();
  /** Bytes after which writing fails, as on a full disk. */
  capacity = Number.POSITIVE_INFINITY;
  /** True for the way of Chromium over its quota: what fits is written, and the count says less than was asked. */
  silent = false;
  #clock = 0;

  async open(name: string): Promise<CacheFile> {
    const file = this.files.get(name) ?? { bytes: new Uint8Array(0), lastUsed: 0, open: false };
    if (file.open) throw new DOMException('in use', 'NoModificationAllowedError');
    file.open = true;
    this.files.set(name, file);
    const resize = (size: number): void => {
      if (size > this.capacity) throw new DOMException('full', 'QuotaExceededError');
      const bytes = new Uint8Array(size);
      bytes.set(file.bytes.subarray(0, size));
      file.bytes = bytes;
    };
    return {
      getSize: () => file.bytes.length,
      read: (into, { at }) => {
        const part = file.bytes.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      write: (bytes, { at }) => {
        const room = this.silent ? Math.max(0, this.capacity - at) : Number.POSITIVE_INFINITY;
        const fitting = bytes.subarray(0, room);
        if (at + fitting.length > file.bytes.length) resize(at + fitting.length);
        file.bytes.set(fitting, at);
        file.lastUsed = ++this.#clock;
        return fitting.length;
      },
      truncate: resize,
      flush: () => {},
      close: () => {
        file.open = false;
      },
    };
  }

  async list() {
    return [...this.files].map(([name, { bytes, lastUsed }]) => ({ name, bytes: bytes.length, lastUsed }));
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }
}
