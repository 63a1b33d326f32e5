import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { significance } from '../../src/lens/ablation.ts';
import { topSet } from '../../src/lens/topSet.ts';
import { significantOn } from '../../src/studies/blockStudy.ts';
import { within } from '../../src/studies/checkpoint.ts';
import { ExperimentFiles } from '../../workers/experimentFiles.ts';
import { narrowed } from '../../workers/experimentImages.ts';
import { givenStudy } from '../../workers/givenStudy.ts';
import { MemoryFolder } from './memoryFolder.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

describe('what a run has done', () => {
  let folder: MemoryFolder;
  let files: ExperimentFiles;
  beforeEach(() => {
    folder = new MemoryFolder();
    files = new ExperimentFiles(async () => folder);
  });

  it('is there again for another worker, entry by entry', async () => {
    await files.of('a').put('table of held-out style in blocks 0 1', 'first');
    await files.of('a').put('table of held-out style in blocks 0 1', 'second');
    await within(files.of('a'), 'codes').put('block-0', Uint8Array.of(1, 2, 3));
    const later = new ExperimentFiles(async () => folder);
    expect(text(await later.of('a').get('table of held-out style in blocks 0 1'))).toBe('second');
    expect(await within(later.of('a'), 'codes').get('block-0')).toEqual(Uint8Array.of(1, 2, 3));
    expect(await later.of('a').get('block-0')).toBeUndefined();
    expect(await later.of('b').get('codes block-0')).toBeUndefined();
    expect([...(await later.runs()).keys()]).toEqual(['a']);
  });

  it('is not trusted when a byte of it changed or its end is missing', async () => {
    const content = utf8('{"done":32}');
    for (const damage of [
      (bytes: Uint8Array) => bytes.fill(7, bytes.length - 1),
      (bytes: Uint8Array) => bytes.fill(0, 0, 4),
      (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 2),
      () => new Uint8Array(0),
    ]) {
      await files.of('a').put('run', content);
      const file = [...folder.files.values()][0]!;
      file.bytes = damage(file.bytes);
      expect(await files.of('a').get('run')).toBeUndefined();
    }
  });

  it('lives in memory where the disk is full, silently too, or is not there', async () => {
    for (const silent of [false, true]) {
      folder.capacity = 20;
      folder.silent = silent;
      await files.of('a').put('run', 'longer than what is left');
      expect(text(await files.of('a').get('run'))).toBe('longer than what is left');
    }
    const without = new ExperimentFiles(async () => undefined);
    await without.of('a').put('run', 'something');
    expect(text(await without.of('a').get('run'))).toBe('something');
    expect((await without.runs()).has('a')).toBe(true);
  });

  it('is what was put last, however fast puts follow', async () => {
    const { put } = files.of('a');
    await Promise.all(Array.from({ length: 20 }, (_, i) => put('run', `state ${i}`)));
    expect(text(await new ExperimentFiles(async () => folder).of('a').get('run'))).toBe('state 19');
  });

  it('goes, all of it or all but one entry', async () => {
    for (const entry of ['run', 'table', 'codes']) await files.of('a').put(entry, entry);
    await files.of('ab').put('run', 'another');
    await files.remove('a', 'run');
    expect(text(await files.of('a').get('run'))).toBe('run');
    expect(await files.of('a').get('table')).toBeUndefined();
    await files.remove('a');
    expect([...(await files.runs()).keys()]).toEqual(['ab']);
  });
});

describe('a block’s analysis as the page has it', () => {
  it('says which neurons are significant on a picture as their sizes do', () => {
    const [images, neurons, k] = [12, 9, 4];
    const norms = Float32Array.from({ length: images * neurons }, (_, i) => Math.abs(Math.sin(7 * i + 1)));
    const sizesOf = (n: number) => Float32Array.from({ length: images }, (_, i) => norms[i * neurons + n]!);
    const tops = Array.from({ length: neurons }, (_, n) => topSet(sizesOf(n), k));
    const thresholds = Float32Array.from(tops, ({ threshold }) => threshold);
    const nothing = new Float32Array(neurons);
    const study = givenStudy(
      {
        block: 1,
        means: nothing,
        directions: nothing,
        varianceShares: nothing,
        thresholds,
        topImages: Int32Array.from(tops.flatMap((top) => [...top.images])),
      },
      images,
    );
    for (let i = 0; i < images; i++) {
      const sizes = norms.subarray(i * neurons, (i + 1) * neurons);
      expect(significantOn(study, i)).toEqual(significance(sizes, thresholds));
    }
  });
});

describe('the parts of a set', () => {
  const parts = [
    { name: 'trained styles', images: [0, 1, 2] },
    { name: 'held-out style', images: [3] },
  ];

  it('are narrowed to those asked for and their first pictures', () => {
    expect(narrowed(parts, { parts: undefined, pictures: 2 })).toEqual([
      { name: 'trained styles', images: [0, 1] },
      { name: 'held-out style', images: [3] },
    ]);
    expect(narrowed(parts, { parts: ['held-out style'], pictures: undefined })).toEqual([parts[1]]);
    expect(() => narrowed(parts, { parts: ['another'], pictures: 1 })).toThrow(/no labelled pictures/);
  });
});

describe('the names that ship with the pictures', () => {
  it('are those of the concepts, with every other word for them', () => {
    const read = (path: string): { label: string; keywords: string[] }[] =>
      JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
    const concepts = read('training/concepts.json').map(({ label, keywords }) => ({ label, keywords }));
    expect(read('public/sets/pictograms/names.json')).toEqual(concepts);
  });
});
