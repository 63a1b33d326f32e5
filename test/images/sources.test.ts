import { describe, expect, it } from 'vitest';
import { LensError } from '../../src/errors.ts';
import { fileSource } from '../../src/images/files.ts';
import { hashFiles, sha256 } from '../../src/images/hash.ts';
import type { PictureSource } from '../../src/images/picture.ts';
import { skipBroken } from '../../src/images/skipBroken.ts';
import { centreSquare } from '../../src/images/thumbnail.ts';

const dot = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
const failing = (errors: Record<number, Error>, count: number): PictureSource => ({
  count,
  name: (index) => `${index}.png`,
  read: async (index) => {
    const error = errors[index];
    if (error) throw error;
    return { ...dot, width: index };
  },
});

describe('skipBroken', () => {
  it('leaves out broken pictures with name and reason, and keeps the order of the rest', async () => {
    const broken = new LensError('bad-file', '1.png is broken.');
    const seen: number[] = [];
    const { source, kept, skipped } = await skipBroken(failing({ 1: broken }, 4), {
      onProgress: ({ done }) => seen.push(done),
    });
    expect(kept).toEqual([0, 2, 3]);
    expect(skipped).toEqual([{ index: 1, name: '1.png', reason: '1.png is broken.' }]);
    expect(source.count).toBe(3);
    expect(source.name(1)).toBe('2.png');
    expect((await source.read(2)).width).toBe(3);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('passes on cancelling and bugs', async () => {
    const cancelled = new LensError('cancelled', 'Cancelled.');
    await expect(skipBroken(failing({ 0: cancelled }, 2))).rejects.toBe(cancelled);
    const bug = new TypeError('bug');
    await expect(skipBroken(failing({ 1: bug }, 2))).rejects.toBe(bug);
  });

  it('refuses a set of which nothing is left', async () => {
    const broken = new LensError('bad-file', '0.png is broken.');
    await expect(skipBroken(failing({ 0: broken }, 1))).rejects.toThrow(
      'No picture could be read: 0.png is broken.',
    );
    await expect(skipBroken(failing({}, 0))).rejects.toThrow('There are no pictures.');
  });
});

describe('fileSource', () => {
  it('names files, and refuses what is no picture before decoding it', async () => {
    const source = fileSource([new File(['hello'], 'notes.txt'), new Blob([])]);
    expect([source.name(0), source.name(1)]).toEqual(['notes.txt', 'picture 2']);
    await expect(source.read(0)).rejects.toMatchObject({ tag: 'unsupported' });
    await expect(source.read(1)).rejects.toThrow('picture 2 is empty.');
    await expect(source.read(0, AbortSignal.abort())).rejects.toMatchObject({ tag: 'cancelled' });
  });
});

describe('hashes', () => {
  it('are SHA-256', async () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await sha256(new Blob(['abc']))).toBe(abc);
    expect(await sha256(new TextEncoder().encode('abc'))).toBe(abc);
  });
  it('of sets depend on order', async () => {
    const [a, b] = [new Blob(['a']), new Blob(['b'])];
    expect(await hashFiles([a, b])).not.toBe(await hashFiles([b, a]));
  });
});

it('centreSquare keeps the middle', () => {
  expect(centreSquare(10, 4)).toEqual({ x: 3, y: 0, side: 4 });
  expect(centreSquare(4, 9)).toEqual({ x: 0, y: 2, side: 4 });
});
