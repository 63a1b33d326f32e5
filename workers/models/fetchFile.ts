import { type ByteRange, byteCount, merged } from '../../src/clip/checkpoint/byteRanges.ts';
import {
  parseSafetensorsHeader,
  type StoredTensor,
  safetensorsHeaderLength,
} from '../../src/clip/checkpoint/safetensors.ts';
import { LensError } from '../../src/errors.ts';
import type { JobOptions } from '../../src/progress.ts';
import type { Content } from './content.ts';
import type { Disk } from './disk.ts';
import { type Entry, type FileRecord, SMALL_LIMIT } from './entry.ts';
import { isMissing, type RecipeFile } from './recipe.ts';
import { PATIENCE, type Patience, RemoteFile, readSmall } from './remoteFile.ts';
import { FileChanged, Refusal } from './request.ts';

/** Enough for the header of any ViT: that of ViT-B/32 has 48 KB. */
const HEAD_BYTES = 256 * 1024;
/** A request costs more than so many bytes that nobody needs. */
const GAP_BYTES = 2 ** 20;
/** What one buffer of a page can hold. */
export const FILE_LIMIT = 2 ** 32;

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
  readonly record: FileRecord;
  readonly known: RecipeFile;
  readonly #fetching: Fetching;
  #remote: RemoteFile;

  constructor(record: FileRecord, known: RecipeFile, fetching: Fetching) {
    this.record = record;
    this.known = known;
    this.#fetching = fetching;
    this.#remote = this.#newRemote();
  }

  /** What is here of it. */
  get content(): Content {
    return this.#fetching.entry.content(this.record);
  }

  /** The tensors of a safetensors file. @throws LensError `bad-file` for what is none */
  async tensors(): Promise<StoredTensor[]> {
    const { content } = this;
    await this.fetch([[0, this.#upTo(HEAD_BYTES)]], 'Reading the header of the model');
    const there = content.have[0]?.[1] ?? 0;
    const size = content.size ?? Number.MAX_SAFE_INTEGER;
    const length = safetensorsHeaderLength(content.bytes([0, Math.min(8, there)]), size);
    await this.fetch([[0, 8 + length]], 'Reading the header of the model');
    const { tensors } = parseSafetensorsHeader(content.bytes([8, 8 + length]), size);
    const all = [...tensors.values()];
    this.#learnSize(all.reduce((end, tensor) => Math.max(end, tensor.offset + tensor.length), 8 + length));
    return all;
  }

  /** Fetches all of the file. */
  async fetchAll(stage: string): Promise<void> {
    const { content } = this;
    if (content.size === undefined) await this.fetch([[0, this.#upTo(HEAD_BYTES)]], stage);
    // A server of which even the size cannot be read: to the end, wherever that is.
    await this.fetch([[0, content.size ?? FILE_LIMIT]], stage);
    if (content.size === undefined) this.#learnSize(content.have.at(-1)?.[1] ?? 0);
  }

  /**
   * Makes sure that these bytes are here. Progress counts all of them, what was here before included.
   * @throws FileChanged when parts that are here are of another version of the file
   */
  async fetch(ranges: readonly ByteRange[], stage: string): Promise<void> {
    const { content } = this;
    const { job } = this.#fetching;
    const wanted = merged(ranges);
    if (content.has(wanted)) return;
    const total = byteCount(wanted);
    let done = total - byteCount(content.missing(wanted));
    const report = (): void => job.onProgress?.({ stage, done: Math.min(done, total), total, unit: 'bytes' });
    report();
    const missing = merged(content.missing(wanted), GAP_BYTES);
    // Without a size, the end of the range may be far beyond that of the file.
    if (content.size !== undefined) await this.#requireRoom(byteCount(missing));
    try {
      for (const range of missing) {
        const whole = await this.#remote.read(
          range,
          (at, bytes) => {
            this.#takeVersion();
            content.write(at, bytes);
            done += bytes.length;
            report();
          },
          { signal: job.signal, limit: FILE_LIMIT, onWhole: () => this.#whole(stage) },
        );
        this.#takeVersion();
        if (whole) break;
      }
    } finally {
      content.commit();
    }
  }

  /** Asks the server whether it still has the file of which we have parts. @throws FileChanged */
  async revalidate(): Promise<void> {
    const { content } = this;
    const there = content.have[0];
    if (there?.[0] !== 0) return;
    // With no version to compare, the file's own beginning tells: it holds every tensor's name and place.
    const end = this.record.etag === undefined ? Math.min(there[1], HEAD_BYTES) : Math.min(there[1], 8);
    const ours = content.bytes([0, end]);
    await this.#remote.read(
      [0, end],
      (at, bytes) => {
        for (let i = 0; i < bytes.length && at + i < end; i++) {
          if (bytes[i] !== ours[at + i]) throw new FileChanged(this.record.url);
        }
      },
      { signal: this.#fetching.job.signal, limit: FILE_LIMIT, modest: true },
    );
  }

  /** Drops what is here, to begin anew. */
  async reset(): Promise<void> {
    await this.#fetching.entry.reset(this.record);
    this.#remote = this.#newRemote();
  }

  #newRemote(): RemoteFile {
    const { etag, url } = this.record;
    const { patience = PATIENCE, pinned } = this.#fetching;
    return new RemoteFile(url, { size: this.content.size, etag }, patience, {
      bytes: this.known.bytes,
      pinned,
    });
  }

  #upTo(bytes: number): number {
    return Math.min(bytes, this.content.size ?? this.known.bytes ?? bytes);
  }

  #takeVersion(): void {
    const { size, etag } = this.#remote.version;
    if (size !== undefined) this.content.size = size;
    if (etag !== undefined) this.record.etag = etag;
  }

  #learnSize(size: number): void {
    const { bytes, url } = this.known;
    const { content } = this;
    if (bytes !== undefined && bytes !== size) {
      throw new LensError('bad-file', `${url} describes ${size} bytes where ${bytes} are known of it.`);
    }
    content.size ??= size;
    if (content.size < size) throw new LensError('bad-file', `${url} ends before its last tensor.`);
    this.#remote.version.size ??= content.size;
  }

  /** The server knows no ranges: all of the file comes, and needs its place. */
  async #whole(stage: string): Promise<void> {
    const { version } = this.#remote;
    if (version.size === undefined) return;
    await this.#requireRoom(version.size - byteCount(this.content.have));
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
export async function fetchJson(role: FileRecord['role'], fetching: Fetching): Promise<unknown | undefined> {
  const { entry, job, patience } = fetching;
  const record = entry.record(role);
  if (!record || record.absent) return undefined;
  const here = await entry.small(record);
  if (here) return parse(record, here);
  try {
    const bytes = await readSmall(record.url, { signal: job.signal, limit: SMALL_LIMIT }, patience);
    const json = parse(record, bytes);
    await entry.keepSmall(record, bytes);
    return json;
  } catch (error) {
    if (!(error instanceof Refusal && isMissing(error))) throw error;
    record.absent = true;
    entry.commit();
    return undefined;
  }
}

function parse({ url }: FileRecord, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new LensError('bad-file', `${url} is not valid JSON.`, { cause });
  }
}
