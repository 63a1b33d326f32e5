import { isLensError } from '../src/errors.ts';
import { throwIfCancelled } from '../src/images/decode.ts';
import { fileSource } from '../src/images/files.ts';
import type { SkippedPicture } from '../src/images/skipBroken.ts';
import { thumbnail } from '../src/images/thumbnail.ts';
import type { JobOptions } from '../src/progress.ts';

/** What became of files that a person chose as a set. */
export interface LookedThrough {
  /** Indices of the files that are pictures, in the order given. */
  readonly kept: readonly number[];
  /** A square WebP of each kept one. */
  readonly thumbnails: readonly Blob[];
  readonly skipped: readonly SkippedPicture[];
}

/** Device pixels a side: the page's largest tile of a set. */
const SIDE = 192;

/**
 * Decodes every file once: what can be read gets a thumbnail, so that the page never holds a full picture of
 * thousands; what cannot is left out with its reason, so that one bad file does not end an analysis.
 * @throws LensError `cancelled`, `out-of-memory`
 */
export async function lookThrough(files: readonly Blob[], job: JobOptions): Promise<LookedThrough> {
  const names = fileSource(files);
  const kept: number[] = [];
  const thumbnails: Blob[] = [];
  const skipped: SkippedPicture[] = [];
  for (const [index, file] of files.entries()) {
    throwIfCancelled(job.signal);
    try {
      const small = await thumbnail(file, names.name(index), SIDE);
      kept.push(index);
      thumbnails.push(small);
    } catch (error) {
      if (!isLensError(error) || !['bad-file', 'unsupported'].includes(error.tag)) throw error;
      skipped.push({ index, name: names.name(index), reason: error.message });
    }
    job.onProgress?.({ stage: 'Looking through the pictures', done: index + 1, total: files.length });
  }
  return { kept, thumbnails, skipped };
}
