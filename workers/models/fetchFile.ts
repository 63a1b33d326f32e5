import { type ByteRange, byteCount, merged } from '../../src/clip/checkpoint/byteRanges.ts';
import {
  parseSafetensorsHeader,
  type StoredTensor,
  safetensorsHeaderLength,
} from '../../src/clip/checkpoint/safetensors.ts';
import { LensError } from '../../src/errors.ts';
import type { JobOptions } from '../../src/progress.ts';
import type { Disk } from './disk.ts';
import type { Entry } from './entry.ts';
import { isMissing, type RecipeFile } from './recipe.ts';
import { PATIENCE, type Patience, RemoteFile, readSmall } from './remoteFile.ts';
import { FileChanged, Refusal } from './request.ts';
import type { StoredFile } from './sidecar.ts';

/** Enough for the header of any ViT: that of ViT-B/32 has 48 KB. */
const HEAD_BYTES = 256 * 1024;
/** A request costs more than so many bytes that nobody needs. */
const GAP_BYTES = 2 ** 20;
/** What one buffer of a page can hold. */
export const FILE_LIMIT = 2 ** 32;
const JSON_LIMIT = 32 * 2 ** 20;

export interface Fetching {
  readonly entry: Entry;
  readonly disk: Disk;
  readonly job: JobOptions;
  /** Whether the addresses name a commit. */
  readonly pinned: boolean;
  readonly patience?: Patience | undefined;
}

/** A weight file of a stored model and its server: fetches the parts that are asked for and not yet here. */
export class WeightFile {
  readonly stored: StoredFile;
  readonly #known: RecipeFile;
  readonly #fetching: Fetching;
  #remote: RemoteFile;

  constructor(stored: StoredFile, known: RecipeFile, fetching: Fetching) {
    this.stored = stored;
    this.#known = known;
    this.#fetching = fetching;
    this.#remote = this.#newRemote();
  }

  /** The tensors of a safetensors file. @throws LensError `bad-file` for what is none */
  async tensors(): Promise<StoredTensor[]> {
    const { entry } = this.#fetching;
    await this.fetch([[0, this.#upTo(HEAD_BYTES)]], 'Reading the header of the model');
    const there = this.stored.have[0]?.[1] ?? 0;
    const size = this.stored.size ?? Number.MAX_SAFE_INTEGER;
    const length = safetensorsHeaderLength(entry.bytes(this.stored, [0, Math.min(8, there)]), size);
    await this.fetch([[0, 8 + length]], 'Reading the header of the model');
    const { tensors } = parseSafetensorsHeader(entry.bytes(this.stored, [8, 8 + length]), size);
    const all = [...tensors.values()];
    this.#learnSize(all.reduce((end, tensor) => Math.max(end, tensor.offset + tensor.length), 8 + length));
    return all;
  }

  /** Fetches all of the file. */
  async fetchAll(stage: string): Promise<void> {
    if (this.stored.size === undefined) await this.fetch([[0, this.#upTo(HEAD_BYTES)]], stage);
    // A server of which even the size cannot be read: to the end, wherever that is.
    const end = this.stored.size ?? FILE_LIMIT;
    await this.fetch([[0, end]], stage);
    if (this.stored.size === undefined) this.#learnSize(this.stored.have.at(-1)?.[1] ?? 0);
  }

  /**
   * Makes sure that these bytes are here. Progress counts all of them, what was here before included.
   * @throws FileChanged when parts that are here are of another version of the file
   */
  async fetch(ranges: readonly ByteRange[], stage: string): Promise<void> {
    const { entry, job } = this.#fetching;
    const wanted = merged(ranges);
    if (entry.has(this.stored, wanted)) return;
    const total = byteCount(wanted);
    let done = total - byteCount(entry.missing(this.stored, wanted));
    const report = (): void => job.onProgress?.({ stage, done: Math.min(done, total), total, unit: 'bytes' });
    report();
    const missing = merged(entry.missing(this.stored, wanted), GAP_BYTES);
    // Without a size, the end of the range may be far beyond that of the file.
    if (this.stored.size !== undefined) await this.#requireRoom(byteCount(missing));
    try {
      for (const range of missing) {
        const whole = await this.#remote.read(
          range,
          (at, bytes) => {
            this.#takeVersion();
            entry.write(this.stored, at, bytes);
            done += bytes.length;
            report();
          },
          { signal: job.signal, limit: FILE_LIMIT, onWhole: () => this.#whole(stage) },
        );
        this.#takeVersion();
        if (whole) break;
      }
    } finally {
      entry.commit();
    }
  }

  /** Asks the server whether it still has the file of which we have parts. @throws FileChanged */
  async revalidate(): Promise<void> {
    const { entry, job } = this.#fetching;
    const there = this.stored.have[0];
    if (there?.[0] !== 0) return;
    // With no version to compare, the file's own beginning tells: it holds every tensor's name and place.
    const end = this.stored.etag === undefined ? Math.min(there[1], HEAD_BYTES) : Math.min(there[1], 8);
    const ours = entry.bytes(this.stored, [0, end]);
    await this.#remote.read(
      [0, end],
      (at, bytes) => {
        for (let i = 0; i < bytes.length && at + i < end; i++) {
          if (bytes[i] !== ours[at + i]) throw new FileChanged(this.stored.url);
        }
      },
      { signal: job.signal, limit: FILE_LIMIT, modest: true },
    );
  }

  /** Drops what is here, to begin anew. */
  reset(): void {
    this.#fetching.entry.reset(this.stored);
    this.#remote = this.#newRemote();
  }

  #newRemote(): RemoteFile {
    const { size, etag, url } = this.stored;
    const { patience = PATIENCE, pinned } = this.#fetching;
    return new RemoteFile(url, { size, etag }, patience, { bytes: this.#known.bytes, pinned });
  }

  #upTo(bytes: number): number {
    return Math.min(bytes, this.stored.size ?? this.#known.bytes ?? bytes);
  }

  #takeVersion(): void {
    const { size, etag } = this.#remote.version;
    if (size !== undefined) this.stored.size = size;
    if (etag !== undefined) this.stored.etag = etag;
  }

  #learnSize(size: number): void {
    const { bytes, url } = this.#known;
    if (bytes !== undefined && bytes !== size) {
      throw new LensError('bad-file', `${url} describes ${size} bytes where ${bytes} are known of it.`);
    }
    this.stored.size ??= size;
    if (this.stored.size < size) throw new LensError('bad-file', `${url} ends before its last tensor.`);
    this.#remote.version.size ??= this.stored.size;
  }

  /** The server knows no ranges: all of the file comes, and needs its place. */
  async #whole(stage: string): Promise<void> {
    const { version } = this.#remote;
    if (version.size === undefined) return;
    await this.#requireRoom(version.size - byteCount(this.stored.have));
    this.#fetching.job.onProgress?.({ stage, done: 0, total: version.size, unit: 'bytes' });
  }

  async #requireRoom(bytes: number): Promise<void> {
    const free = await this.#fetching.disk.free();
    if (free === undefined || bytes <= free) return;
    throw new LensError(
      'unavailable',
      `The model needs ${megabytes(bytes)} more, but the browser lets this page store only ${megabytes(free)}. Delete stored models, or free space on the disk.`,
    );
  }
}

export const megabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/**
 * One of the small files beside the weights, parsed; undefined where the model has none.
 * @throws LensError `bad-file` when it is not JSON
 */
export async function fetchJson(role: StoredFile['role'], fetching: Fetching): Promise<unknown | undefined> {
  const { entry, job, patience } = fetching;
  const file = entry.file(role);
  if (!file || file.absent) return undefined;
  if (!entry.complete(file)) {
    try {
      const bytes = await readSmall(file.url, { signal: job.signal, limit: JSON_LIMIT }, patience);
      file.size = bytes.length;
      entry.write(file, 0, bytes);
    } catch (error) {
      if (!(error instanceof Refusal && isMissing(error))) throw error;
      file.absent = true;
    }
    entry.commit();
    if (file.absent) return undefined;
  }
  try {
    return JSON.parse(new TextDecoder().decode(entry.bytes(file, [0, file.size ?? 0])));
  } catch (cause) {
    entry.reset(file);
    throw new LensError('bad-file', `${file.url} is not valid JSON.`, { cause });
  }
}
