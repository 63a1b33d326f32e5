import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../src/clip/tokenizer.ts';
import { tokenBatch } from '../../src/clip/tokenizer.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { randomDirections } from '../../src/lens/randomDirections.ts';
import { openStoredPool } from '../../workers/poolCache.ts';
import { Pools } from '../../workers/pools.ts';
import { MAX_TEXTS, poolTexts } from '../../workers/poolTexts.ts';
import { shippedPools } from '../../workers/shippedPools.ts';
import { FIFTY_TOKENS, randomWeights } from '../engine/cases.ts';
import { MemoryFolder } from './memoryFolder.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('a list of texts', () => {
  it('is one text a line; empty and repeated ones are dropped and counted', () => {
    expect(poolTexts(utf8('cat\n dog \r\n\n\ncat\nfire engine\n'))).toEqual({
      texts: ['cat', 'dog', 'fire engine'],
      dropped: { empty: 2, duplicates: 1 },
    });
  });

  it.each([
    ['too many texts', utf8(Array.from({ length: MAX_TEXTS + 1 }, (_, i) => i).join('\n')), /too long/],
    ['a line too long', utf8(`a\n${'b'.repeat(201)}`), /Line 2 has 201/],
    ['no text', utf8(' \n\n'), /no texts/],
    ['no bytes', new Uint8Array(0), /no texts/],
    ['no UTF-8', Uint8Array.of(0x63, 0xff, 0xfe), /UTF-8/],
  ])('%s: refused', (_, bytes, message) => {
    expect(() => poolTexts(bytes)).toThrow(message);
  });

  it('takes the largest list there may be', () => {
    const lines = Array.from({ length: MAX_TEXTS }, (_, i) => `text ${i}`);
    expect(poolTexts(utf8(lines.join('\n'))).texts).toHaveLength(MAX_TEXTS);
  });
});

describe('the lists that ship with the page', () => {
  const folder = new URL('../../public/words/', import.meta.url);
  const index: unknown = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));

  it('are what their index says', () => {
    const pools = shippedPools(index, folder.href);
    expect(pools.map(({ id }) => id)).toEqual(['english-30000', 'noun-phrases-10000']);
    for (const { url, count } of pools) {
      const { texts, dropped } = poolTexts(readFileSync(new URL(url)));
      expect(texts).toHaveLength(count);
      expect(dropped).toEqual({ empty: 0, duplicates: 0 });
    }
  });

  it.each([
    null,
    {},
    { pools: [{}] },
    { pools: [{ id: '../x', title: '', count: 1, licence: '', source: '' }] },
  ])('are refused when the index is none: %j', (wrong) => {
    expect(() => shippedPools(wrong, 'https://example.test/')).toThrow(/cannot be read/);
  });
});

/** Start 38, a digit of each character, end 39; as long as the text, ten at most. */
const encode = (text: string) => ({
  ids: [38, ...[...text].slice(0, 8).map((character) => character.charCodeAt(0) % 37), 39],
});
const tokenizer: Tokenizer = {
  encode,
  encodeBatch: (texts) => tokenBatch(texts.map((text) => encode(text).ids)),
};
const WORDS = Array.from({ length: 5000 }, (_, i) => i.toString(7));
const source = { kind: 'file', file: new Blob([WORDS.join('\n')]) } as const;
const bare = { source, template: '{}' };
const direction = randomDirections(1, FIFTY_TOKENS.dim, 3);
const options = { terms: 5, atoms: 'unit-atoms' } as const;

let engine: Engine;
let other: Engine;
let folder: MemoryFolder;
let pools: Pools;
beforeAll(async () => {
  engine = await openNodeEngine({ weights: randomWeights(FIFTY_TOKENS), tokenizer, threads: 1 });
  other = await openNodeEngine({ weights: randomWeights(FIFTY_TOKENS, 2), tokenizer, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await other.dispose();
});
beforeEach(() => {
  folder = new MemoryFolder();
  pools = new Pools(async () => folder);
});

/** Texts the model read, of a pool opened by this engine. */
async function read(of: Engine, request: { source: typeof source; template: string }): Promise<number> {
  const { fromDisk, texts } = await pools.open(1, request, of, {});
  return texts.length - fromDisk;
}

describe('a pool read by the model', () => {
  it('is read once: then it comes from the disk, with the same codes', async () => {
    expect(await read(engine, bare)).toBe(5000);
    const first = await pools.sparseCode(direction, 1, options, engine);
    expect(await read(engine, bare)).toBe(0);
    expect(await pools.sparseCode(direction, 1, options, engine)).toEqual(first);
    expect(first.texts).toHaveLength(5);
  });

  it('goes on where a cancelled job was', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const job = pools.open(1, bare, engine, {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        seen.push(done);
        expect(total).toBe(5000);
        if (done > 3000) controller.abort();
      },
    });
    await expect(job).rejects.toMatchObject({ tag: 'cancelled' });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await expect(pools.sparseCode(direction, 1, options, engine)).rejects.toThrow(/not in the worker/);
    expect(await read(engine, bare)).toBe(5000 - 2048);
  });

  it('is another one with another template, another model or other words', async () => {
    await read(engine, bare);
    expect(await read(engine, { source, template: 'a {}' })).toBe(5000);
    expect(await read(other, bare)).toBe(5000);
    const fewer = { kind: 'file', file: new Blob([WORDS.slice(1).join('\n')]) } as const;
    expect(await read(engine, { source: fewer, template: '{}' })).toBe(4999);
    expect(folder.files.size).toBe(4);
  });

  it('is read anew where its file was damaged', async () => {
    await read(engine, bare);
    const [file] = folder.files.values();
    file!.bytes[file!.bytes.length - 5]! ^= 1; // in the last chunk
    expect(await read(engine, bare)).toBe(5000 - 2 * 2048);
    file!.bytes = file!.bytes.slice(0, 4000);
    expect(await read(engine, bare)).toBe(5000);
    file!.bytes = new Uint8Array(20).fill(7);
    expect(await read(engine, bare)).toBe(5000);
    expect(await read(engine, bare)).toBe(0);
  });

  it('keeps no chunk of which the disk took only a part', async () => {
    const rowBytes = 4 * FIFTY_TOKENS.dim;
    folder.capacity = 3000 * rowBytes; // one chunk and a half
    folder.silent = true;
    expect(await read(engine, bare)).toBe(5000);
    const first = await pools.sparseCode(direction, 1, options, engine);
    folder.capacity = Number.POSITIVE_INFINITY;
    expect(await read(engine, bare)).toBe(5000 - 2048);
    expect(await pools.sparseCode(direction, 1, options, engine)).toEqual(first);
    expect(await read(engine, bare)).toBe(0);
  });

  it('is read all the same on a full disk, in a second tab and without a disk', async () => {
    folder.capacity = 100_000;
    expect(await read(engine, bare)).toBe(5000);
    folder.capacity = Number.POSITIVE_INFINITY;
    for (const file of folder.files.values()) file.open = true;
    expect(await read(engine, bare)).toBe(5000);
    pools = new Pools(async () => undefined);
    expect(await read(engine, bare)).toBe(5000);
  });

  it.each(['no place', '{} and {}', 'x'.repeat(300)])('refuses the template "%s"', async (template) => {
    await expect(pools.open(1, { source, template }, engine, {})).rejects.toThrow(/one {}/);
  });
});

describe('codes over a pool', () => {
  it('of many directions, and what of R² is chance, with and without a model', async () => {
    await read(engine, bare);
    const { dim } = FIFTY_TOKENS;
    const directions = randomDirections(9, dim, 4);
    const there = await pools.sparseCodes(directions, dim, 1, options, engine, {});
    const here = await pools.sparseCodes(directions, dim, 1, options, undefined, {});
    expect(there.texts).toEqual(here.texts);
    const alone = await pools.sparseCode(directions.subarray(0, dim), 1, options, undefined);
    expect(there.texts.subarray(0, 5)).toEqual(alone.texts);
    const chance = await pools.chanceR2(1, dim, options, engine, {});
    expect(chance.mean).toBeGreaterThan(0);
    expect(await pools.chanceR2(1, dim, options, engine, {})).toBe(chance);
  });
});

describe('the disk', () => {
  it('vouches for no chunk, and fails, where not all of it was written', async () => {
    folder.silent = true;
    folder.capacity = 40_000;
    const stored = (await openStoredPool(folder, 'pool', 3000, 4))!;
    const rows = randomDirections(2048, 4, 1);
    stored.write(0, rows);
    expect(() => stored.write(1, randomDirections(952, 4, 2))).toThrow(/full/);
    expect(stored.read(0)).toEqual(rows);
    expect(stored.read(1)).toBeUndefined();
    stored.close();
    folder.capacity = 8;
    expect(await openStoredPool(folder, 'none', 3000, 4)).toBeUndefined();
  });

  it('never gives back what is not what was written, whatever became of the file', async () => {
    const [count, dim] = [3000, 4];
    const rows = (chunk: number) => randomDirections(chunk === 0 ? 2048 : 952, dim, chunk + 1);
    const store = async () => (await openStoredPool(folder, 'pool', count, dim))!;
    const whole = await store();
    for (const chunk of [0, 1]) whole.write(chunk, rows(chunk));
    whole.close();
    const file = folder.files.get('pool')!;
    const bytes = file.bytes;
    const damage = fc.record({
      cut: fc.integer({ min: 0, max: bytes.length }),
      flips: fc.array(
        fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 })),
        {
          maxLength: 4,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async ({ cut, flips }, shorten) => {
        file.bytes = bytes.slice(0, shorten ? cut : bytes.length);
        for (const [at, bits] of flips) if (at < file.bytes.length) file.bytes[at]! ^= bits;
        const stored = await store();
        for (const chunk of [0, 1]) {
          const found = stored.read(chunk);
          if (found) expect(found).toEqual(rows(chunk));
        }
        stored.close();
      }),
      { numRuns: 300 },
    );
  });

  it('makes room by what was least recently used', async () => {
    const store = async (name: string) => {
      const stored = await openStoredPool(folder, name, 100, 10, 10_000);
      stored?.write(0, new Float32Array(1000).fill(1));
      stored?.close();
    };
    await store('a');
    await store('b');
    await store('a');
    await store('c');
    expect([...folder.files.keys()].sort()).toEqual(['a', 'c']);
    expect(await openStoredPool(folder, 'd', 1000, 10, 10_000)).toBeUndefined(); // larger than all
    expect(folder.files.size).toBe(2);
  });
});
