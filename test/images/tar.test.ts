import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isLensError } from '../../src/errors.ts';
import { type ByteSource, tarMembers } from '../../src/images/tar.ts';
import { tarPictures } from '../../src/images/tarSamples.ts';
import { tarHeader, tarOf } from '../support/tar.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-tar-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Bytes in memory that count what is read of them. */
function inMemory(bytes: Uint8Array, name = 'a.tar'): ByteSource & { largest: number } {
  return {
    name,
    size: bytes.length,
    largest: 0,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.length) throw new RangeError('beyond the end');
      this.largest = Math.max(this.largest, length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
};
const contents = async (bytes: Buffer): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await all(tarMembers(inMemory(bytes)))).map(({ name, offset, size }) => [
      name,
      bytes.subarray(offset, offset + size).toString(),
    ]),
  );

describe('tarMembers', () => {
  const deep = `${'very-long-name/'.repeat(12)}picture.jpg`;
  it.each(['ustar', 'pax', 'gnu', 'v7', 'posix'])('reads what tar writes as %s', async (format) => {
    const folder = join(root, format);
    const files: Record<string, string> = { 'a.jpg': 'one', 'sub/b.cls': '7\n', 'empty.txt': '' };
    if (format !== 'v7') files[deep] = 'x'.repeat(20_000);
    if (format === 'pax' || format === 'gnu') files[`${'é'.repeat(100)}.png`] = 'umlauts';
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    execFileSync('tar', [`--format=${format}`, '-cf', `${folder}.tar`, '-C', folder, '.']);
    expect(await contents(readFileSync(`${folder}.tar`))).toEqual(files);
  });

  it('reads headers, not contents', async () => {
    const big = inMemory(
      tarOf([
        { name: 'a.jpg', bytes: 'x'.repeat(1e6) },
        { name: 'b.jpg', bytes: '' },
      ]),
    );
    expect(await all(tarMembers(big))).toHaveLength(2);
    expect(big.largest).toBeLessThan(10_000);
  });

  it('passes over folders and links', async () => {
    const bytes = tarOf([
      { name: 'd/', bytes: '', type: '5' },
      { name: 'l', bytes: '', type: '2' },
      { name: 'a', bytes: 'A' },
    ]);
    expect(await contents(bytes)).toEqual({ a: 'A' });
  });

  const pax = (record: string) =>
    tarOf([
      { name: 'x', bytes: record, type: 'x' },
      { name: 'a', bytes: 'A' },
    ]);
  const huge = (() => {
    const block = tarHeader('big', 0, '0');
    block.fill(0xff, 125, 136);
    block[124] = 0x80;
    block.write('        ', 148);
    block.write(
      `${[...block]
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return Buffer.concat([block, Buffer.alloc(1024)]);
  })();
  const whole = tarOf([{ name: 'a', bytes: 'A'.repeat(700) }]);
  it.each([
    ['nothing at all', Buffer.alloc(0), 'bad-file', /a\.tar is no tar archive/],
    ['a text', Buffer.from('hello '.repeat(200)), 'bad-file', /a\.tar is no tar archive/],
    ['a compressed archive', Buffer.from([0x1f, 0x8b, ...new Uint8Array(600)]), 'unsupported', /compressed/],
    ['one cut off within a file', whole.subarray(0, 1000), 'bad-file', /cut off within a\./],
    ['one without its end mark', whole.subarray(0, 1536), 'bad-file', /end mark is missing/],
    ['a size beyond all files', huge, 'bad-file', /size is no number/],
    ['an extended header that ends too late', pax('99 path=b\n'), 'bad-file', /extended header/],
    ['an extended header that does not end', pax('9 path=bb'), 'bad-file', /extended header/],
    ['an extended size that is none', pax('11 size=-9\n'), 'bad-file', /size is no number/],
    ['a sparse file', tarOf([{ name: 's', bytes: 'A', type: 'S' }]), 'unsupported', /sparse/],
  ] as const)('refuses %s', async (_, bytes, tag, sentence) => {
    const failure = await all(tarMembers(inMemory(bytes))).catch((error: unknown) => error);
    expect(failure).toMatchObject({ tag, message: expect.stringMatching(sentence) });
  });

  it('gives back any files it is given', async () => {
    const file = fc.record({
      name: fc.stringMatching(/^[a-z]{1,20}(\/[a-z]{1,20})?\.[a-z]{1,4}$/),
      bytes: fc.uint8Array({ maxLength: 3000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 8 }), async (files) => {
        const bytes = tarOf(files);
        const members = await all(tarMembers(inMemory(bytes)));
        expect(
          members.map(({ name, offset, size }) => [name, [...bytes.subarray(offset, offset + size)]]),
        ).toEqual(files.map(({ name, bytes }) => [name, [...bytes]]));
      }),
    );
  });

  it('ends, with a tagged error if any, whatever bytes are changed', async () => {
    const good = Buffer.concat([
      pax('16 path=b/c.jpg\n').subarray(0, 2048),
      tarOf([{ name: 'd.cls', bytes: '3' }]),
    ]);
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    const fixed = (block: Buffer) => {
      block.write('        ', 148);
      block.write(
        `${[...block.subarray(0, 512)]
          .reduce((a, b) => a + b, 0)
          .toString(8)
          .padStart(6, '0')}\0 `,
        148,
      );
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 6 }),
        fc.nat(good.length),
        fc.boolean(),
        async (changes, end, mend) => {
          const copy = Buffer.from(good);
          for (const [at, value] of changes) copy[at] = value;
          if (mend) for (let at = 0; at + 512 <= copy.length; at += 1024) fixed(copy.subarray(at, at + 512));
          const source = inMemory(copy.subarray(0, end));
          const members = await all(tarPictures(source)).catch((error: unknown) => {
            if (!isLensError(error)) throw error;
            return [];
          });
          for (const { offset, size } of members) expect(offset + size).toBeLessThanOrEqual(end);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('tarPictures', () => {
  const pictures = async (files: Parameters<typeof tarOf>[0]) =>
    (await all(tarPictures(inMemory(tarOf(files))))).map(({ name, label }) => [name, label]);

  it('groups members by key, and reads labels', async () => {
    expect(
      await pictures([
        { name: 'a/001.jpg', bytes: 'J' },
        { name: 'a/001.cls', bytes: '7\n' },
        { name: 'a/001.json', bytes: '{"label":"ignored"}' },
        { name: 'a/002.json', bytes: '{"class":"cat"}' },
        { name: 'a/002.mask.png', bytes: 'M' },
        { name: 'a/002.PNG', bytes: 'P' },
        { name: 'b/002.webp', bytes: 'W' },
        { name: '003.txt', bytes: 'no picture' },
        { name: '._004.jpg', bytes: 'no picture' },
        { name: '005.jpg', bytes: 'J' },
        { name: '005.json', bytes: '{"label":' },
        { name: 'README', bytes: 'no ending' },
      ]),
    ).toEqual([
      ['a/001.jpg', '7'],
      ['a/002.PNG', 'cat'],
      ['b/002.webp', undefined],
      ['005.jpg', undefined],
    ]);
  });

  it('takes no label of a sample for the next', async () => {
    expect(
      await pictures([
        { name: '1.cls', bytes: '5' },
        { name: '2.jpg', bytes: 'J' },
        { name: '1.jpg', bytes: 'J' },
      ]),
    ).toEqual([
      ['2.jpg', undefined],
      ['1.jpg', undefined],
    ]);
  });
});
