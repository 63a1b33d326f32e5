import { describe, expect, it } from 'vitest';
import type { Preprocessor } from '../../src/clip/preprocess.ts';
import { pixelSource } from '../../src/engine/pixels.ts';
import { LensError } from '../../src/errors.ts';
import type { Picture, PictureSource } from '../../src/images/picture.ts';

/** A picture's index stands in for its three pixels. */
const preprocessor: Preprocessor = {
  imageSize: 1,
  apply: ({ width }) => new Float32Array(3).fill(width),
};

function pictures(count: number): PictureSource & { reads: number[] } {
  const reads: number[] = [];
  return {
    count,
    reads,
    name: String,
    async read(index, signal): Promise<Picture> {
      await Promise.resolve();
      if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
      reads.push(index);
      return { width: index, height: 1, data: new Uint8ClampedArray(4) };
    },
  };
}

const ofEach = (pixels: Float32Array): number[] => [...pixels].filter((_, i) => i % 3 === 0);

describe('pixelSource', () => {
  it('gives ranges in order and reads each picture once on the way', async () => {
    const set = pictures(7);
    const source = pixelSource(set, preprocessor);
    const seen: number[] = [];
    for (let from = 0; from < 7; from += 3)
      seen.push(...ofEach(await source.read(from, Math.min(3, 7 - from))));
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(set.reads.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('reads the same range again, and any other', async () => {
    const source = pixelSource(pictures(5), preprocessor);
    expect(ofEach(await source.read(0, 2))).toEqual([0, 1]);
    expect(ofEach(await source.read(0, 2))).toEqual([0, 1]);
    expect(ofEach(await source.read(4, 1))).toEqual([4]);
  });

  it('is not spoilt by a cancelled reader that had read ahead', async () => {
    const source = pixelSource(pictures(6), preprocessor);
    const controller = new AbortController();
    await source.read(0, 3, controller.signal);
    controller.abort();
    expect(ofEach(await source.read(3, 3))).toEqual([3, 4, 5]);
  });

  it('refuses pictures that are not there', async () => {
    const source = pixelSource(pictures(2), preprocessor);
    await expect(source.read(1, 2)).rejects.toMatchObject({ tag: 'bad-request' });
  });
});
