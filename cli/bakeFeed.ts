import type { Preprocessor } from '../src/clip/preprocess.ts';
import { isLensError, LensError } from '../src/errors.ts';
import { throwIfCancelled } from '../src/images/decode.ts';
import type { PictureEntries } from './bakeEntries.ts';

/** What became of an entry that was visited. */
export interface Visit {
  readonly entry: number;
  /** SHA-256 of the picture's file; undefined for a scene of a shipped set, and for a broken picture. */
  readonly hash?: string | undefined;
  /** Why it is left out, in a sentence. */
  readonly reason?: string;
}

/** Pictures for the model, and everything visited to find them. */
export interface Batch {
  /** Entries of the pictures in `pixels`, in the order visited. */
  readonly images: Int32Array;
  /** [images, 3, S, S] */
  readonly pixels: Float32Array;
  readonly visits: readonly Visit[];
}

/** Pictures decoded at the same time: sharp has four threads, and a large picture takes 400 MB. */
const PARALLEL = 4;
/** Pictures seen first, from which the sweep takes its point of reference. */
const SPREAD = 256;

/**
 * Entries in the order they are visited: first some hundred at equal distances, so that a folder sorted by class does not
 * begin with one class alone; then the others as they lie on the disk.
 */
export function visitingOrder(count: number, spread = SPREAD): Int32Array {
  const first = Math.min(spread, count);
  const order = new Int32Array(count);
  const visited = new Uint8Array(count);
  for (let i = 0; i < first; i++) {
    order[i] = Math.floor((i * count) / first);
    visited[order[i]!] = 1;
  }
  let next = first;
  for (let entry = 0; entry < count; entry++) if (!visited[entry]) order[next++] = entry;
  return order;
}

type Read = Visit & { readonly pixels?: Float32Array };

export interface FeedOptions {
  /** Entries visited already; the feed goes on after them. */
  readonly from?: number;
  /** Pictures read ahead of those asked for; two batches' worth unless told, 0 to read only when asked. */
  readonly ahead?: number;
  readonly signal?: AbortSignal;
}

/**
 * Pre-processed pictures of the entries in `order`, batch after batch, the next ones decoded while the model is at
 * work. Broken pictures are left out and told; which those are is decided by their bytes alone, so that it is the same in
 * every run.
 * @throws LensError `unavailable` for a picture that cannot be read, which ends the run; `cancelled`
 */
export function pictureFeed(
  entries: PictureEntries,
  order: Int32Array,
  { apply }: Pick<Preprocessor, 'apply'>,
  { from = 0, ahead, signal }: FeedOptions = {},
): { next(size: number): Promise<Batch | undefined> } {
  const queue: Promise<Read>[] = [];
  let started = from;

  const read = async (entry: number): Promise<Read> => {
    try {
      const { picture, hash } = await entries.read(entry);
      return { entry, hash, pixels: apply(picture) };
    } catch (error) {
      const broken = isLensError(error) && (error.tag === 'bad-file' || error.tag === 'unsupported');
      if (!broken || entries.setHash !== undefined) throw error;
      return { entry, reason: error.message };
    }
  };
  const limited = limit(PARALLEL);
  const fill = (length: number): void => {
    while (queue.length < length && started < order.length) {
      const entry = order[started++]!;
      const reading = limited(() => read(entry));
      reading.catch(() => {}); // told when it is asked for
      queue.push(reading);
    }
  };

  return {
    async next(size) {
      const sound: Read[] = [];
      const visits: Visit[] = [];
      while (sound.length < size) {
        throwIfCancelled(signal);
        fill(Math.max(1, size - sound.length));
        const reading = queue.shift();
        if (!reading) break;
        const { pixels, ...visit } = await reading;
        visits.push(visit);
        if (pixels) sound.push({ ...visit, pixels });
      }
      fill(ahead ?? 2 * size);
      if (visits.length === 0) return undefined;
      return { images: Int32Array.from(sound, ({ entry }) => entry), pixels: joined(sound), visits };
    },
  };
}

/** Runs tasks in order, so many at a time. */
function limit(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

function joined(pictures: readonly Read[]): Float32Array {
  const each = pictures[0]?.pixels?.length ?? 0;
  const pixels = new Float32Array(pictures.length * each);
  for (const [i, picture] of pictures.entries()) pixels.set(picture.pixels!, i * each);
  return pixels;
}

/** Checks on a second look that a picture is the one the first look saw. Throws LensError `bad-file`. */
export function requireSame(visit: Visit, hash: string | undefined, name: string): void {
  if (visit.reason === undefined && visit.hash === hash) return;
  throw new LensError('bad-file', `${name} has changed while the analysis was running; start it anew.`);
}
