import type { Preprocessor } from '../../src/clip/preprocess.ts';
import type { StreamSource } from '../../src/engine/stream/streaming.ts';
import { isLensError } from '../../src/errors.ts';
import { throwIfCancelled } from '../../src/images/decode.ts';
import type { PictureEntries } from './entries.ts';

/** What became of an entry that was visited. */
export interface Visit {
  readonly entry: number;
  /** SHA-256 of the picture's file; undefined for a scene of a shipped set, and for a broken picture. */
  readonly hash?: string | undefined;
  /** Why it is left out, in a sentence. */
  readonly reason?: string | undefined;
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

export interface FeedOptions {
  /** Number under which the analysis knows a picture; its entry's unless told. */
  readonly numberOf?: (entry: number) => number;
  /** Told in order of visiting, for the pictures of a range when it is read. */
  readonly onVisits?: (from: number, visits: readonly Visit[]) => void;
}

/**
 * The entries in `order` as the engine reads them: decoded and pre-processed, four at a time. Broken pictures are left out
 * and told; which those are is decided by their bytes alone, so that it is the same in every run.
 * @throws LensError (from `read`) `unavailable` for a picture that cannot be read, which ends the run; `cancelled`
 */
export function pictureFeed(
  entries: PictureEntries,
  order: Int32Array,
  { apply, imageSize }: Preprocessor,
  { numberOf = (entry) => entry, onVisits }: FeedOptions = {},
): StreamSource {
  const floats = 3 * imageSize ** 2;

  const visit = async (entry: number, signal?: AbortSignal): Promise<Visit & { pixels?: Float32Array }> => {
    throwIfCancelled(signal);
    try {
      const { picture, hash } = await entries.read(entry);
      return { entry, hash, pixels: apply(picture) };
    } catch (error) {
      const broken = isLensError(error) && (error.tag === 'bad-file' || error.tag === 'unsupported');
      if (!broken || entries.setHash !== undefined) throw error;
      return { entry, reason: error.message };
    }
  };

  return {
    count: order.length,
    async read(from, size, signal) {
      const found = await inParallel(order.subarray(from, from + size), PARALLEL, (entry) =>
        visit(entry, signal),
      );
      onVisits?.(
        from,
        found.map(({ pixels: _, ...visit }) => visit),
      );
      const sound = found.filter(({ pixels }) => pixels);
      const pixels = new Float32Array(sound.length * floats);
      for (const [i, picture] of sound.entries()) pixels.set(picture.pixels!, i * floats);
      return { pixels, numbers: sound.map(({ entry }) => numberOf(entry)) };
    },
  };
}

/** Results in order, so many tasks at a time; the first failure is thrown when all have ended. */
export async function inParallel<T>(
  items: Int32Array | readonly number[],
  most: number,
  task: (item: number) => Promise<T>,
): Promise<T[]> {
  const results = new Array<T>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await task(items[i]!);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, work));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return results;
}
