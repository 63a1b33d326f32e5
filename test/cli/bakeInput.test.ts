import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PictureEntries } from '../../cli/bake/entries.ts';
import { pictureFeed, type Visit, visitingOrder } from '../../cli/bake/feed.ts';
import { openEntries } from '../../cli/bake/input.ts';
import { preprocessor } from '../../src/clip/preprocess.ts';
import type { StreamBatch } from '../../src/engine/stream/streaming.ts';
import { madePictures, writeTars, writeTree } from './bakePictures.ts';
import { writeMiniSet } from './miniSet.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-input-'));
afterAll(() => rmSync(root, { recursive: true }));
const WHOLE = { index: 0, of: 1 };
const NAMES = ['a-b/3.png', 'a/1.png', 'a/2.png', 'b/deep/5.png', 'b/4.png', 'b/6.png', 'c/7.png'];
const ORDER = ['a/1.png', 'a/2.png', 'a-b/3.png', 'b/4.png', 'b/6.png', 'b/deep/5.png', 'c/7.png'];
let files: Map<string, Buffer>;
let folder = '';
let tars = '';
beforeAll(async () => {
  files = await madePictures(NAMES);
  folder = writeTree(join(root, 'tree'), files);
  writeTree(folder, [
    ['.hidden/x.png', 'x'],
    ['a/.y.png', 'x'],
    ['notes.txt', 'x'],
  ]);
  tars = writeTars(join(root, 'tars'), new Map(ORDER.map((name) => [name, files.get(name)!])), 3);
});

const names = (entries: PictureEntries) =>
  Array.from({ length: entries.count }, (_, entry) => entries.pictureName(entry));
const labels = (entries: PictureEntries) =>
  Array.from({ length: entries.count }, (_, entry) => entries.label(entry));
const places = (entries: PictureEntries) =>
  Array.from({ length: entries.count }, (_, entry) => entries.place(entry).join(':'));

describe('openEntries', () => {
  it('lists what is below a folder, class by class, with classes as labels', async () => {
    const entries = await openEntries(folder, WHOLE);
    expect(names(entries)).toEqual(ORDER);
    expect(labels(entries)).toEqual(['a', 'a', 'a-b', 'b', 'b', 'b', 'c']);
    expect(entries.name).toBe('tree');
  });

  it('has no labels where pictures lie outside classes, and follows no link to a folder', async () => {
    const mixed = writeTree(join(root, 'mixed'), files);
    writeTree(mixed, [['z.png', files.get('a/1.png')!]]);
    symlinkSync(mixed, join(mixed, 'loop'));
    symlinkSync(join(mixed, 'z.png'), join(mixed, 'zz.png'));
    const entries = await openEntries(mixed, WHOLE);
    expect(names(entries)).toEqual([...ORDER, 'z.png', 'zz.png']);
    expect(new Set(labels(entries))).toEqual(new Set([undefined]));
  });

  it('reads tar shards with labels, the same bytes as files', async () => {
    const [inTars, inFolder] = [await openEntries(tars, WHOLE), await openEntries(folder, WHOLE)];
    expect(names(inTars)[0]).toBe('part-0000/a-1.png');
    expect(labels(inTars)).toEqual(labels(inFolder));
    for (let entry = 0; entry < 7; entry++) {
      const [a, b] = [await inTars.read(entry), await inFolder.read(entry)];
      expect(a.hash).toBe(b.hash);
      expect(a.picture.data).toEqual(b.picture.data);
    }
    await inTars.close();
    const one = await openEntries(join(tars, 'part-0001.tar'), WHOLE);
    expect([one.name, one.count]).toEqual(['part-0001', 3]);
    await one.close();
  });

  it.each([1, 2, 3, 5, 9])('shares each kind out among %i shards, every picture once', async (of) => {
    const set = writeMiniSet(join(root, `set-${of}`));
    for (const path of [folder, tars, set]) {
      const whole = await openEntries(path, WHOLE);
      const parts = await Promise.all(
        Array.from({ length: of }, (_, index) => openEntries(path, { index, of })),
      );
      const shared = parts.flatMap((part) => places(part).map((place, i) => [place, names(part)[i]]));
      expect(shared.sort()).toEqual(
        places(whole)
          .map((place, i) => [place, names(whole)[i]])
          .sort(),
      );
      expect(new Set([whole, ...parts].map(({ listing }) => listing)).size).toBe(1);
      for (const part of parts) {
        const ranks = places(part).map((place) => places(whole).indexOf(place));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        await part.close();
      }
      await whole.close();
    }
  });

  it('refuses what it cannot read', async () => {
    mkdirSync(join(root, 'bare'));
    const both = writeTree(join(root, 'both'), [
      ['a.png', 'x'],
      ['b.tar', 'x'],
    ]);
    writeFileSync(join(root, 'bad.tar'), 'no tar');
    const cases: [string, string, RegExp][] = [
      [join(root, 'gone'), 'unavailable', /gone is not there/],
      [join(root, 'bare'), 'unavailable', /holds no pictures/],
      [both, 'bad-request', /holds both pictures and tar files/],
      [join(root, 'bad.tar'), 'bad-file', /bad\.tar is no tar archive/],
    ];
    for (const [path, tag, message] of cases) {
      await expect(openEntries(path, WHOLE)).rejects.toMatchObject({
        tag,
        message: expect.stringMatching(message),
      });
    }
  });
});

describe('visitingOrder', () => {
  it('spreads the first, then goes on in order, each once', () => {
    expect([...visitingOrder(10, 3)]).toEqual([0, 3, 6, 1, 2, 4, 5, 7, 8, 9]);
    for (const count of [0, 1, 255, 256, 257, 5000]) {
      expect([...visitingOrder(count)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, i) => i),
      );
    }
  });
});

describe('pictureFeed', () => {
  const tiny = preprocessor(undefined, 8);
  const drain = async (path: string, size: number, signal?: AbortSignal) => {
    const entries = await openEntries(path, WHOLE);
    const visits: Visit[] = [];
    const source = pictureFeed(entries, visitingOrder(entries.count, 2), tiny, {
      numberOf: (entry) => 100 + entry,
      onVisits: (_, some) => visits.push(...some),
    });
    const batches: StreamBatch[] = [];
    for (let from = 0; from < source.count; from += size)
      batches.push(await source.read(from, Math.min(size, source.count - from), signal));
    await entries.close();
    return { batches, visits };
  };

  it('gives the sound pictures of a range, and tells of the others', async () => {
    const broken = writeTree(join(root, 'broken'), files);
    writeTree(broken, [
      ['a/1.png', 'no picture'],
      ['b/4.png', files.get('b/4.png')!.subarray(0, 100)],
    ]);
    const { batches, visits } = await drain(broken, 3);
    expect(batches.map(({ numbers }) => [...Array.from(numbers)])).toEqual([[101], [102, 104, 105], [106]]);
    expect(batches.map(({ pixels }) => pixels.length / (3 * 64))).toEqual([1, 3, 1]);
    expect(visits.map(({ entry }) => entry)).toEqual([0, 3, 1, 2, 4, 5, 6]);
    expect(visits.flatMap(({ reason }) => reason ?? [])).toEqual([
      expect.stringMatching(/a\/1\.png is not/),
      expect.stringMatching(/b\/4\.png could/),
    ]);
    const { picture } = await (await openEntries(broken, WHOLE)).read(2);
    expect(batches[1]!.pixels.subarray(0, 192)).toEqual(tiny.apply(picture));
  });

  it('ends the run for a picture that is gone, and for a broken sheet of a shipped set', async () => {
    const gone = writeTree(join(root, 'gone-later'), files);
    const entries = await openEntries(gone, WHOLE);
    rmSync(join(gone, 'c/7.png'));
    const source = pictureFeed(entries, visitingOrder(7), tiny);
    await expect(source.read(0, 7)).rejects.toMatchObject({ tag: 'unavailable' });
    const set = writeMiniSet(join(root, 'set-broken'));
    writeFileSync(join(set, 'scenes-00.webp'), 'RIFFnope');
    await expect(drain(set, 2)).rejects.toMatchObject({ tag: expect.stringMatching(/bad-file|unsupported/) });
    await expect(drain(folder, 2, AbortSignal.abort())).rejects.toMatchObject({ tag: 'cancelled' });
  });
});
