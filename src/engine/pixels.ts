import type { Preprocessor } from '../clip/preprocess.ts';
import { LensError } from '../errors.ts';
import type { PictureSource } from '../images/picture.ts';
import type { PixelSource } from './engine.ts';

/** How many pictures are decoded at the same time. */
const PARALLEL = 4;

/**
 * Pictures as a model wants them: decoded, pre-processed, and one range read ahead, so that the next
 * batch is ready when the device is. Reading the same range again decodes it again.
 */
export function pixelSource(pictures: PictureSource, preprocessor: Preprocessor): PixelSource {
  const floats = 3 * preprocessor.imageSize ** 2;
  let ahead: { from: number; size: number; pixels: Promise<Float32Array> } | undefined;

  async function load(from: number, size: number, signal: AbortSignal | undefined): Promise<Float32Array> {
    const pixels = new Float32Array(size * floats);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < size) {
        const slot = next++;
        const picture = await pictures.read(from + slot, signal);
        pixels.set(preprocessor.apply(picture), slot * floats);
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, size) }, work));
    return pixels;
  }

  return {
    count: pictures.count,
    async read(from, size, signal) {
      if (from < 0 || from + size > pictures.count) {
        throw new LensError('bad-request', `Pictures ${from} to ${from + size - 1} of ${pictures.count}.`);
      }
      const ready = ahead?.from === from && ahead.size === size ? ahead.pixels : undefined;
      ahead = undefined;
      const again = (): Promise<Float32Array> => load(from, size, signal);
      // What was read ahead may have failed for its own job's sake, by a cancel: then it is read anew.
      const pixels = await (ready ? ready.catch(again) : again());
      const following = { from: from + size, size: Math.min(size, pictures.count - from - size) };
      if (following.size > 0) {
        const promise = load(following.from, following.size, signal);
        promise.catch(() => {}); // told when it is asked for
        ahead = { ...following, pixels: promise };
      }
      return pixels;
    },
  };
}

/** Pixels that are already in memory, [count, 3, S, S]. */
export function pixelsInMemory(pixels: Float32Array, side: number): PixelSource {
  const floats = 3 * side * side;
  return {
    count: pixels.length / floats,
    read: async (from, size) => pixels.slice(from * floats, (from + size) * floats),
  };
}
