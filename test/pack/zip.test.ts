import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isLensError } from '../../src/errors.ts';
import { blobFiles, blobSource, openPack, writePack, zipFiles, zipPack } from '../../src/pack/index.ts';
import { describedParts } from './analysis.ts';

const parts = await describedParts();
const files = writePack(parts);
const zip = zipPack(files);
const source = (bytes: Uint8Array) => blobSource(new Blob([bytes as Uint8Array<ArrayBuffer>]), 'pack.zip');
const open = async (bytes: Uint8Array) => openPack(await zipFiles(source(bytes)));

/** A zip of one file, for tampering with; its directory entry begins at `entry`. */
function small(name = 'pack.json', bytes = new Uint8Array(1000), level: 0 | 6 = 6) {
  const whole = zipSync({ [name]: [bytes, { level }] });
  const view = new DataView(whole.buffer);
  return { whole, view, entry: view.getUint32(whole.length - 6, true) };
}

describe('a pack as a zip', () => {
  it('is opened as its folder is', async () => {
    const pack = await open(zip);
    const folder = await openPack(
      blobFiles(
        new Map([...files].map(([name, bytes]) => [name, new Blob([bytes as Uint8Array<ArrayBuffer>])])),
      ),
    );
    expect(pack.manifest).toEqual(folder.manifest);
    expect(await pack.detail(2)).toEqual(parts.blocks[1]!.detail);
    expect(await pack.neuron(0, 5)).toEqual(await folder.neuron(0, 5));
    expect(await pack.texts()).toEqual(await folder.texts());
  });

  it('is the same bytes every time', () => {
    expect(zipPack(files)).toEqual(zip);
  });

  it('reads of stored arrays only what is asked for', async () => {
    let read = 0;
    const whole = source(zip);
    const counted = await zipFiles({
      size: whole.size,
      read: (begin, end) => {
        read += end - begin;
        return whole.read(begin, end);
      },
    });
    const pack = await openPack(counted);
    read = 0;
    await pack.direction(0, 1);
    expect(read).toBeLessThan(2048 + 200);
  });

  it('may be packed as a folder, and with every file deflated', async () => {
    const inFolder = Object.fromEntries([...files].map(([name, bytes]) => [`my pack/${name}`, bytes]));
    const pack = await open(
      zipSync({ ...inFolder, '__MACOSX/my pack/pack.json': new Uint8Array(3) }, { level: 9 }),
    );
    expect(await pack.detail(0)).toEqual(parts.blocks[0]!.detail);
  });
});

describe('a hostile zip', () => {
  it.each([
    ['empty', new Uint8Array()],
    ['no zip', new Uint8Array(500).fill(7)],
    ['without its end', zip.subarray(0, -30)],
    ['without its beginning', zip.subarray(2000)],
  ])('%s is refused in a sentence', async (_, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ tag: 'bad-file' });
  });

  it.each(['../pack.json', '/pack.json', 'a/../../b', 'C:/x', 'a\\b', 'a//b'])(
    'path %s is refused',
    async (name) => {
      await expect(zipFiles(source(small(name).whole))).rejects.toThrow('it holds the path');
    },
  );

  it('bombs are not unpacked', async () => {
    const { whole, view, entry } = small('pack.json', new Uint8Array(50e6));
    await expect(open(whole)).rejects.toThrow('larger than it may be'); // says what it is
    view.setUint32(entry + 24, 1000, true); // and lies
    await expect(open(whole)).rejects.toMatchObject({ tag: 'bad-file' });
  });

  it('files that share bytes are refused', async () => {
    const two = zipSync({ a: [new Uint8Array(500), { level: 0 }], b: [new Uint8Array(500), { level: 0 }] });
    const view = new DataView(two.buffer);
    const first = view.getUint32(two.length - 6, true);
    view.setUint32(first + 47 + 42, 0, true); // b begins where a does
    await expect(zipFiles(source(two))).rejects.toThrow('overlaps');
  });

  it('a name twice is refused', async () => {
    const two = zipSync({ a: new Uint8Array(5), b: new Uint8Array(5) }, { level: 0 });
    const first = new DataView(two.buffer).getUint32(two.length - 6, true);
    two[first + 47 + 46] = 'a'.charCodeAt(0);
    await expect(zipFiles(source(two))).rejects.toThrow('a twice');
  });

  it('an encrypted one, another packing, and a file with a wrong checksum', async () => {
    const encrypted = small();
    encrypted.view.setUint16(encrypted.entry + 8, 1, true);
    await expect(zipFiles(source(encrypted.whole))).rejects.toMatchObject({ tag: 'unsupported' });
    const other = small();
    other.view.setUint16(other.entry + 10, 93, true);
    await expect(zipFiles(source(other.whole))).rejects.toMatchObject({ tag: 'unsupported' });
    const wrong = small('pack.json', new Uint8Array(1000), 0);
    wrong.view.setUint32(wrong.entry + 16, 1, true);
    await expect(open(wrong.whole)).rejects.toMatchObject({ tag: 'bad-file' });
  });

  it('with any byte changed, or cut anywhere, opens or gives a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const broken = cut ? zip.slice(0, at) : zip.slice();
        if (!cut) broken[at] = byte;
        try {
          const pack = await open(broken);
          await pack.neuron(0, 1);
          await pack.texts();
        } catch (error) {
          expect(isLensError(error)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
