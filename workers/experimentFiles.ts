import type { Checkpoint } from '../src/studies/checkpoint.ts';
import type { CacheFile, CacheFolder } from './poolCache.ts';

/**
 * What runs of experiments have done, in the browser's private file system: a file an entry, named `run~entry`.
 * An entry is trusted only when its length and checksum are right, so that a write cut short leaves none. Where
 * there is no disk, or it is full, entries live in memory as long as the worker does.
 */
export class ExperimentFiles {
  readonly #folder: () => Promise<CacheFolder | undefined>;
  readonly #memory = new Map<string, Uint8Array>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: () => Promise<CacheFolder | undefined>) {
    this.#folder = folder;
  }

  /** The entries of one run. */
  of(run: string): Checkpoint {
    return {
      get: async (entry) =>
        this.#memory.get(fileOf(run, entry)) ?? (await this.#inTurn(() => this.#read(fileOf(run, entry)))),
      put: async (entry, content) => {
        const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
        await this.#inTurn(async () => {
          const written = await this.#write(fileOf(run, entry), bytes);
          if (written) this.#memory.delete(fileOf(run, entry));
          else this.#memory.set(fileOf(run, entry), bytes);
        });
      },
    };
  }

  /** The runs there is something of, and when it was written last (0: not on the disk). */
  async runs(): Promise<ReadonlyMap<string, number>> {
    const files = (await (await this.#folder())?.list()) ?? [];
    const runs = new Map<string, number>();
    for (const { name, lastUsed } of files) {
      const run = runOf(name);
      runs.set(run, Math.max(lastUsed, runs.get(run) ?? 0));
    }
    for (const name of this.#memory.keys()) if (!runs.has(runOf(name))) runs.set(runOf(name), 0);
    return runs;
  }

  /** Removes a run's entries, all or but one; one that another tab is writing stays. */
  async remove(run: string, but?: string): Promise<void> {
    const goes = (name: string) => runOf(name) === run && name !== (but && fileOf(run, but));
    for (const name of this.#memory.keys()) if (goes(name)) this.#memory.delete(name);
    const folder = await this.#folder();
    for (const { name } of (await folder?.list()) ?? [])
      if (goes(name)) await folder!.remove(name).catch(() => {});
  }

  /** A file has one handle at a time, and the last put is the one that stays. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #read(name: string): Promise<Uint8Array | undefined> {
    const folder = await this.#folder();
    const there = (await folder?.list())?.some((file) => file.name === name);
    if (!folder || !there) return undefined;
    return withFile(folder, name, (file) => {
      const header = new Uint32Array(HEADER_WORDS);
      file.read(new Uint8Array(header.buffer), { at: 0 });
      const [magic, length, sum] = header;
      if (magic !== MAGIC || file.getSize() !== HEADER_BYTES + length!) return undefined;
      const bytes = new Uint8Array(length!);
      const whole = file.read(bytes, { at: HEADER_BYTES }) === length;
      return whole && checksum(bytes) === sum ? bytes : undefined;
    });
  }

  async #write(name: string, bytes: Uint8Array): Promise<boolean> {
    const folder = await this.#folder();
    if (!folder) return false;
    const done = await withFile(folder, name, (file) => {
      const header = Uint32Array.of(MAGIC, bytes.length, checksum(bytes));
      file.truncate(0);
      const written = file.write(bytes, { at: HEADER_BYTES });
      file.flush(); // the content before the header that vouches for it
      const vouched = file.write(new Uint8Array(header.buffer), { at: 0 });
      file.flush();
      return written === bytes.length && vouched === HEADER_BYTES;
    });
    return done === true;
  }
}

const MAGIC = 0x31_45_4c_4e; // "NLE1"
const HEADER_WORDS = 3;
const HEADER_BYTES = 4 * HEADER_WORDS;
const BETWEEN = '~';

const fileOf = (run: string, entry: string): string => `${run}${BETWEEN}${encodeURIComponent(entry)}`;
const runOf = (name: string): string => name.split(BETWEEN)[0]!;

/** Undefined where the file cannot be had: a full disk, the same run in another tab. */
async function withFile<T>(
  folder: CacheFolder,
  name: string,
  work: (file: CacheFile) => T,
): Promise<T | undefined> {
  try {
    const file = await folder.open(name);
    try {
      return work(file);
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
}

/** FNV-1a over bytes: against damage, not against malice (who can write there can do worse). */
function checksum(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}
