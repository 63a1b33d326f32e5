import { isLensError, LensError } from '../errors.ts';
import type { JobOptions } from '../progress.ts';
import type { PictureSource } from './picture.ts';

/** A picture left out, and why, in a sentence. */
export interface SkippedPicture {
  readonly index: number;
  readonly name: string;
  readonly reason: string;
}

export interface SoundPictures {
  /** The pictures that decode, in their old order. */
  readonly source: PictureSource;
  /** Index in the source given, of every picture kept. */
  readonly kept: readonly number[];
  readonly skipped: readonly SkippedPicture[];
}

/** The pictures of a source listed in `indices`, in that order. */
export function selectPictures(source: PictureSource, indices: readonly number[]): PictureSource {
  const at = (index: number): number => {
    const original = indices[index];
    if (original === undefined) throw new RangeError(`picture ${index} of ${indices.length}`);
    return original;
  };
  return {
    count: indices.length,
    name: (index) => source.name(at(index)),
    read: (index, signal) => source.read(at(index), signal),
  };
}

/**
 * Decodes every picture once and leaves out the broken, huge and unknown ones, so that one bad file
 * does not end an hour's work. Anything but `bad-file`, `unsupported` and `unavailable` is thrown on.
 * @throws LensError `bad-request` when nothing is left; `cancelled`
 */
export async function skipBroken(source: PictureSource, job: JobOptions = {}): Promise<SoundPictures> {
  const kept: number[] = [];
  const skipped: SkippedPicture[] = [];
  for (let index = 0; index < source.count; index++) {
    try {
      await source.read(index, job.signal);
      kept.push(index);
    } catch (error) {
      if (!isLensError(error) || !['bad-file', 'unsupported', 'unavailable'].includes(error.tag)) throw error;
      skipped.push({ index, name: source.name(index), reason: error.message });
    }
    job.onProgress?.({ stage: 'Checking pictures', done: index + 1, total: source.count });
  }
  if (kept.length === 0) {
    const first = skipped[0];
    throw new LensError(
      'bad-request',
      first ? `No picture could be read: ${first.reason}` : 'There are no pictures.',
    );
  }
  return { source: selectPictures(source, kept), kept, skipped };
}
