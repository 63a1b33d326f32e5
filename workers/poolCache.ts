/**
 * Embeddings of text pools on the disk, a chunk at a time, so that a job that was cut short goes on where it was.
 * A file is trusted only as far as its checks go: a wrong length, size or checksum discards it. No failure of the
 * disk is one of the pool: it is then read again by the model.
 */

/** Texts a chunk: some seconds of work on a processor. */
export const CHUNK = 2048;
/** All pools together; 30,000 texts of 512 numbers are 61 MB. */
const DISK_BYTES = 512 * 2 ** 20;

/** A file as OPFS gives it to a worker: the synchronous part of FileSystemSyncAccessHandle that we use. */
export interface CacheFile {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** A folder of such files. */
export interface CacheFolder {
  open(name: string): Promise<CacheFile>;
  list(): Promise<{ name: string; bytes: number; lastUsed: number }[]>;
  remove(name: string): Promise<void>;
}

/** What is on disk of one pool. */
export class StoredPool {
  readonly #file: CacheFile;
  readonly #header: Uint32Array<ArrayBuffer>;
  readonly #count: number;
  readonly #dim: number;

  private constructor(file: CacheFile, header: Uint32Array<ArrayBuffer>, count: number, dim: number) {
    this.#file = file;
    this.#header = header;
    this.#count = count;
    this.#dim = dim;
  }

  /** Takes over a file: keeps its chunks if it is of this pool, or begins it anew. */
  static over(file: CacheFile, count: number, dim: number): StoredPool {
    const chunks = Math.ceil(count / CHUNK);
    const header = new Uint32Array(HEADER_WORDS + 2 * chunks);
    const bytes = new Uint8Array(header.buffer);
    const sized = file.getSize() >= bytes.byteLength && file.read(bytes, { at: 0 }) === bytes.byteLength;
    if (!sized || header[0] !== MAGIC || header[1] !== count || header[2] !== dim) {
      header.fill(0);
      header.set([MAGIC, count, dim]);
      file.truncate(0);
    }
    writeAll(file, bytes, 0); // marks it as used, too
    return new StoredPool(file, header, count, dim);
  }

  /** Embeddings of a chunk [texts, D], or undefined when they are not there or not whole. */
  read(chunk: number): Float32Array | undefined {
    if (this.#header[HEADER_WORDS + 2 * chunk] !== PRESENT) return undefined;
    const rows = new Float32Array(this.#rowsOf(chunk) * this.#dim);
    const bytes = new Uint8Array(rows.buffer);
    const whole = this.#file.read(bytes, { at: this.#at(chunk) }) === bytes.byteLength;
    return whole && checksum(rows) === this.#header[HEADER_WORDS + 2 * chunk + 1] ? rows : undefined;
  }

  /** Keeps a chunk, or throws and keeps nothing of it. */
  write(chunk: number, rows: Float32Array): void {
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    writeAll(this.#file, bytes, this.#at(chunk));
    this.#file.flush(); // the rows before the header that vouches for them
    const entry = HEADER_WORDS + 2 * chunk;
    this.#header.set([PRESENT, checksum(rows)], entry);
    try {
      writeAll(this.#file, new Uint8Array(this.#header.buffer), 0);
      this.#file.flush();
    } catch (error) {
      this.#header.fill(0, entry, entry + 2);
      throw error;
    }
  }

  close(): void {
    this.#file.close();
  }

  #rowsOf(chunk: number): number {
    return Math.min(CHUNK, this.#count - chunk * CHUNK);
  }

  #at(chunk: number): number {
    return this.#header.byteLength + 4 * chunk * CHUNK * this.#dim;
  }
}

/** Over its quota, Chromium throws nothing and gives a wrong count instead. */
function writeAll(file: CacheFile, bytes: Uint8Array, at: number): void {
  if (file.write(bytes, { at }) !== bytes.byteLength) throw new Error('The disk is full.');
}

const MAGIC = 0x314c504e; // "NPL1"
const HEADER_WORDS = 4;
const PRESENT = 1;

/** FNV-1a over 32-bit words: against damage, not against malice (who can write there can do worse). */
function checksum(rows: Float32Array): number {
  let hash = 2166136261;
  for (const word of new Uint32Array(rows.buffer, rows.byteOffset, rows.length)) {
    hash = Math.imul(hash ^ word, 16777619);
  }
  return hash >>> 0;
}

/**
 * Opens a pool's file, making room first: the least recently used go.
 * @returns undefined where the disk cannot be had: no OPFS, a full disk, the same pool open in another tab
 */
export async function openStoredPool(
  folder: CacheFolder | undefined,
  key: string,
  count: number,
  dim: number,
  budget: number = DISK_BYTES,
): Promise<StoredPool | undefined> {
  const bytes = 4 * count * dim;
  if (!folder || bytes > budget) return undefined;
  try {
    const others = (await folder.list()).filter(({ name }) => name !== key);
    let total = others.reduce((sum, other) => sum + other.bytes, bytes);
    for (const oldest of others.sort((a, b) => a.lastUsed - b.lastUsed)) {
      if (total <= budget) break;
      await folder.remove(oldest.name);
      total -= oldest.bytes;
    }
    const file = await folder.open(key);
    try {
      return StoredPool.over(file, count, dim);
    } catch (error) {
      file.close();
      throw error;
    }
  } catch {
    return undefined;
  }
}

/** A folder in the browser's private file system; undefined where there is none. Only in a worker. */
export async function browserCacheFolder(name = 'text-pools'): Promise<CacheFolder | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(name, { create: true });
    return {
      async open(file) {
        const handle = await folder.getFileHandle(file, { create: true });
        // Workers only, and so not among the types of a page.
        return (
          handle as unknown as { createSyncAccessHandle(): Promise<CacheFile> }
        ).createSyncAccessHandle();
      },
      async list() {
        const files: { name: string; bytes: number; lastUsed: number }[] = [];
        for await (const [name, handle] of folder.entries()) {
          if (handle.kind !== 'file') continue;
          const file = await (handle as FileSystemFileHandle).getFile();
          files.push({ name, bytes: file.size, lastUsed: file.lastModified });
        }
        return files;
      },
      remove: (file) => folder.removeEntry(file),
    };
  } catch {
    return undefined;
  }
}
