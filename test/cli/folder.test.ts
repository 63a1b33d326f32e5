import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeBytes } from '../../cli/decode.ts';
import { folderPaths, hashPaths, openSheets, parseLines, pathSource } from '../../cli/folder.ts';
import { checkOutput, openOutput } from '../../cli/output.ts';
import { hashFiles } from '../../src/images/hash.ts';
import { skipBroken } from '../../src/images/skipBroken.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'neuronlens-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

const solid = (width: number, height: number, r: number) =>
  sharp({ create: { width, height, channels: 3, background: { r, g: 0, b: 0 } } });

describe('decodeBytes', () => {
  it('gives straight RGBA', async () => {
    const rgba = Buffer.from([10, 20, 30, 40, 200, 100, 50, 255]);
    const png = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    const picture = await decodeBytes(png, 'a.png');
    expect(picture).toMatchObject({ width: 2, height: 1 });
    expect([...picture.data]).toEqual([...rgba]);
  });

  it('widens greyscale, and reduces 16 bits to 8', async () => {
    const grey = await solid(3, 2, 90).toColourspace('b-w').png().toBuffer();
    const deep = await solid(3, 2, 90).toColourspace('rgb16').png().toBuffer();
    const [r, g, b, a] = (await decodeBytes(grey, 'g')).data;
    expect([r === g, g === b, a]).toEqual([true, true, 255]);
    expect([...(await decodeBytes(deep, 'd')).data.subarray(0, 4)]).toEqual([90, 0, 0, 255]);
  });

  it('turns a picture upright', async () => {
    const lying = await solid(6, 4, 90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await decodeBytes(lying, 'a.jpg')).toMatchObject({ width: 4, height: 6 });
  });

  it('ignores colour profiles, as CLIP pre-processing does', async () => {
    const plain = await sharp(Buffer.from([200, 30, 30]), { raw: { width: 1, height: 1, channels: 3 } })
      .png()
      .toBuffer();
    const tagged = await sharp(plain)
      .keepIccProfile()
      .withIccProfile('p3', { attach: true })
      .png()
      .toBuffer();
    const stored = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    expect([...(await decodeBytes(tagged, 'a.png')).data.subarray(0, 3)]).toEqual([...stored.subarray(0, 3)]);
  });

  it('refuses a cut-off file by its name', async () => {
    const png = await sharp(Buffer.from(Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * 7919) % 256)), {
      raw: { width: 64, height: 64, channels: 3 },
    })
      .png()
      .toBuffer();
    await expect(decodeBytes(png.subarray(0, png.length / 2), 'half.png')).rejects.toThrow(
      'half.png could not be decoded; the file is broken or incomplete.',
    );
  });
});

describe('a folder of pictures', () => {
  it('is read in file-name order, broken ones left out with a reason', async () => {
    const folder = join(root, 'pictures');
    await mkdir(folder);
    for (const [name, red] of [
      ['b.png', 2],
      ['a.PNG', 1],
      ['c.webp', 3],
      ['B.jpg', 4],
    ] as const) {
      const picture = solid(2, 2, red);
      await writeFile(
        join(folder, name),
        await (name.endsWith('png') || name.endsWith('PNG')
          ? picture.png()
          : name.endsWith('webp')
            ? picture.webp({ lossless: true })
            : picture.jpeg()
        ).toBuffer(),
      );
    }
    await writeFile(join(folder, 'aa.png'), 'not a picture');
    await writeFile(join(folder, 'notes.txt'), 'x');
    const paths = await folderPaths(folder);
    const source = pathSource(paths);
    expect(paths.map((_, i) => source.name(i))).toEqual(['B.jpg', 'a.PNG', 'aa.png', 'b.png', 'c.webp']);
    const sound = await skipBroken(source);
    expect(sound.skipped.map(({ name }) => name)).toEqual(['aa.png']);
    expect((await sound.source.read(3)).data[0]).toBe(3);
    expect(await hashPaths(paths.slice(2, 3))).toBe(await hashFiles([new Blob(['not a picture'])]));
  });

  it('must exist and hold pictures', async () => {
    await mkdir(join(root, 'empty'));
    await expect(folderPaths(join(root, 'gone'))).rejects.toThrow(/gone is not there\.$/);
    await expect(folderPaths(join(root, 'empty'))).rejects.toThrow(/empty holds no pictures\.$/);
    await expect(openSheets(join(root, 'empty'))).rejects.toThrow(/set\.json is not there\.$/);
  });
});

it('parseLines drops blank lines and carriage returns', () => {
  expect(parseLines(new TextEncoder().encode('a cat\r\n\n  a dog \n'), 't')).toEqual(['a cat', 'a dog']);
  expect(() => parseLines(new Uint8Array(0), 't.txt')).toThrow('t.txt holds no texts.');
});

describe('an output folder', () => {
  it('appears at once, complete, and not at all when discarded', async () => {
    const out = join(root, 'out');
    const output = await openOutput(out);
    await output.write('a.txt', 'a');
    expect(await readdir(root)).not.toContain('out');
    await output.commit();
    expect(await readdir(out)).toEqual(['a.txt']);

    const given = await openOutput(join(root, 'other'));
    await given.write('a.txt', 'a');
    given.discard();
    expect(
      (await readdir(root)).filter((name) => name.includes('other') || name.includes('partial')),
    ).toEqual([]);
  });

  it('replaces only what we wrote, and only when forced', async () => {
    const out = join(root, 'again');
    const first = await openOutput(out);
    await first.write('summary.json', '{"software":{"name":"neuronlens"}}');
    await first.commit();
    await expect(checkOutput(out, false, [])).rejects.toThrow(
      /is not empty; choose another folder or add --force/,
    );
    await checkOutput(out, true, []);
    const second = await openOutput(out);
    await second.write('b.txt', 'b');
    await second.commit();
    expect(await readdir(out)).toEqual(['b.txt']);
    await expect(checkOutput(out, true, [])).rejects.toThrow(/was not written by neuronlens/);
  });

  it('is refused where it cannot be, or would swallow an input', async () => {
    await expect(checkOutput(join(root, 'no', 'such'), false, [])).rejects.toThrow(/is not a folder\.$/);
    await expect(checkOutput(root, true, [join(root, 'model')])).rejects.toThrow(
      /which the results would replace/,
    );
    await writeFile(join(root, 'file'), '');
    await expect(checkOutput(join(root, 'file'), true, [])).rejects.toThrow(/is a file/);
  });
});
