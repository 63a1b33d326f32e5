import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/clip/checkpoint/safetensors.ts';
import { floatToHalf, halfToFloat } from '../../src/clip/float16.ts';
import { LensError } from '../../src/errors.ts';
import { mapFiles, openPack, type PackFiles, rowOf, writePack } from '../../src/pack/index.ts';
import { encodeTensors, type PackTensor } from '../../src/pack/tensors.ts';
import { describedParts, madeUpParts, SIZES } from './analysis.ts';

const parts = await describedParts();
const files = writePack(parts);

/** Opens files of a pack and notes what is fetched. */
async function open(from: ReadonlyMap<string, Uint8Array>) {
  const fetched: string[] = [];
  const held = mapFiles(from);
  const noting: PackFiles = {
    read: (name, most) => {
      fetched.push(name);
      return held.read(name, most);
    },
    range: (name, begin, end) => {
      fetched.push(`${end - begin} bytes of ${name}`);
      return held.range(name, begin, end);
    },
    start: (name, most) => {
      fetched.push(`start of ${name}`);
      return held.start(name, most);
    },
  };
  return { pack: await openPack(noting), fetched };
}

/** The files with pack.json changed by `change`. */
function changed(change: (manifest: ReturnType<typeof JSON.parse>) => void): Map<string, Uint8Array> {
  const manifest = JSON.parse(new TextDecoder().decode(files.get('pack.json')));
  change(manifest);
  return new Map([...files, ['pack.json', new TextEncoder().encode(JSON.stringify(manifest))]]);
}

describe('a pack', () => {
  it('comes back as it was written', async () => {
    const { pack } = await open(files);
    for (const summary of parts.blocks) {
      const { block, neurons, dim, overview, detail } = summary;
      expect(await pack.overview(block)).toEqual(overview);
      expect(await pack.detail(block)).toEqual(detail);
      const { directions, means } = detail;
      expect(await pack.vectors(block)).toEqual({ directions, means });
      for (let n = 0; n < neurons; n++) {
        const { codes, ...row } = await pack.neuron(block, n);
        const { codes: _, ...expected } = rowOf(detail, neurons, n);
        expect(row).toEqual({ ...expected, meanAlong: Math.fround(expected.meanAlong) });
        expect(await pack.direction(block, n)).toEqual(directions.slice(n * dim, (n + 1) * dim));
        for (const { terms, weights, r2 } of parts.described!.get(block)!.codes) {
          const code = codes.get(terms)!;
          const weight = [...weights.subarray(n * terms, (n + 1) * terms)].filter((value) => value !== 0);
          expect(code.terms.map(({ coefficient }) => coefficient)).toEqual(weight);
          expect(code.r2).toBe(r2[n]);
        }
      }
    }
    expect(pack.manifest.options).toEqual({ topK: 6, fraction: 0.2, listed: 10, bins: 40 });
    expect(pack.manifest.blocks[1]?.laterHeads).toEqual([
      { block: 3, head: 0 },
      { block: 3, head: 1 },
    ]);
    const texts = await pack.texts();
    expect(texts?.words).toEqual(parts.texts?.words);
    expect(texts?.embeddings).toEqual(
      parts.texts?.embeddings.map((value) => halfToFloat(floatToHalf(value))),
    );
  });

  it('is the same bytes every time', async () => {
    expect(writePack(await describedParts())).toEqual(files);
    expect([...files.keys()]).toEqual([
      'block-0.overview.safetensors',
      'block-0.safetensors',
      'block-2.overview.safetensors',
      'block-2.safetensors',
      'texts.safetensors',
      'texts.txt',
      'pack.json',
    ]);
  });

  it('fetches a file when it is first asked for, and once', async () => {
    const { pack, fetched } = await open(files);
    expect(fetched).toEqual(['pack.json']);
    const [a, b] = await Promise.all([pack.overview(2), pack.overview(2)]);
    expect(a).toBe(b);
    expect(fetched).toEqual(['pack.json', 'block-2.overview.safetensors']);
  });

  it('reads of a block’s file the rows of one neuron', async () => {
    const { pack, fetched } = await open(files);
    await pack.neuron(2, 3);
    await pack.direction(2, 3);
    expect(fetched.slice(1)).toEqual([
      'start of block-2.safetensors',
      expect.stringMatching(/^\d+ bytes of block-2.safetensors$/),
      expect.stringMatching(/^\d+ bytes of block-2.safetensors$/),
      `${4 * SIZES.dim} bytes of block-2.safetensors`,
    ]);
    await expect(pack.neuron(2, SIZES.neurons)).rejects.toThrow('There is no neuron 8: this block has 8.');
    await expect(pack.neuron(2, -1)).rejects.toMatchObject({ tag: 'bad-request' });
  });

  it('tries again after a failed fetch', async () => {
    const partial = new Map([...files].filter(([name]) => name !== 'block-0.safetensors'));
    const { pack } = await open(partial);
    await expect(pack.detail(0)).rejects.toMatchObject({ tag: 'unavailable' });
    partial.set('block-0.safetensors', files.get('block-0.safetensors')!);
    await expect(pack.detail(0)).resolves.toBeDefined();
  });

  it('has only the blocks it has, and texts only if it brings them', async () => {
    const { pack } = await open(files);
    await expect(pack.overview(1)).rejects.toThrow('This pack has no block 1; it has 0, 2.');
    const { texts: _, ...without } = madeUpParts();
    expect(await (await open(writePack(without))).pack.texts()).toBeUndefined();
  });
});

describe('a hostile pack.json', () => {
  const cases: [string, (manifest: ReturnType<typeof JSON.parse>) => void, RegExp][] = [
    ['of another format', (m) => (m.format = 'zip'), /format/],
    [
      'of a newer version',
      (m) => (m.version = 3),
      /version 3; this software reads versions up to 2\. Use a newer/,
    ],
    [
      'that points elsewhere',
      (m) => (m.blocks[0].overview = '../../secret'),
      /blocks\.0\.overview: not a plain/,
    ],
    ['that points to a server', (m) => (m.blocks[0].detail = '//host/x'), /blocks\.0\.detail: not a plain/],
    ['with a bad hash', (m) => (m.model.hash = 'x'), /model\.hash: not a SHA-256/],
    ['with more top images than images', (m) => (m.options.topK = 31), /topK 31 exceeds the 30 images/],
    ['with a longer list than images', (m) => (m.options.listed = 31), /listed 31 exceeds/],
    ['with a block twice', (m) => (m.blocks[1] = m.blocks[0]), /block 0 is listed twice/],
    ['with the last block', (m) => (m.blocks[0].block = 3), /block 3 of 4 has no later heads/],
    ['with a block the model has not', (m) => (m.blocks[0].block = 300), /block 300 of 4 has no later/],
    ['with countless heads', (m) => (m.model.config.vision.heads = 10_000_000), /heads/],
    ['with very many heads', (m) => (m.model.config.vision.heads = 1000), /columns/],
    [
      'with more heads than any',
      (m) => (m.model.config.vision.layers = m.model.config.vision.heads = 1000),
      /1000000 heads/,
    ],
    ['with lists elsewhere', (m) => (m.blocks[0].columns.topImages = [0, 6]), /columns of block 0/],
    ['with lists nobody knows', (m) => (m.blocks[0].columns.other = [0, 6]), /columns of block 0/],
    ['with descriptions of nothing', (m) => delete m.texts, /descriptions but not the texts/],
    ['with more images than it can count', (m) => (m.set.count = 2 ** 24), /set\.count|it counts/],
    ['with another width', (m) => (m.blocks[0].neurons = 9), /of another size than the model/],
    ['without blocks', (m) => (m.blocks = []), /blocks/],
    ['with a huge count', (m) => (m.set.count = 1e300), /set\.count/],
  ];
  it.each(cases)('%s is refused in a sentence', async (_, change, sentence) => {
    const opening = open(changed(change));
    await expect(opening).rejects.toBeInstanceOf(LensError);
    await expect(open(changed(change))).rejects.toThrow(sentence);
  });

  it.each(['', 'null', '[]', '{', '\xff'])('%j is refused', async (text) => {
    await expect(open(new Map([['pack.json', new TextEncoder().encode(text)]]))).rejects.toMatchObject({
      tag: 'bad-file',
    });
  });
});

describe('a hostile block file', () => {
  const { neurons } = SIZES;
  const overview = 'block-0.overview.safetensors';
  const openWith = async (bytes: Uint8Array) =>
    (await open(new Map([...files, [overview, bytes]]))).pack.overview(0);
  const good = parts.blocks[0]!.overview;
  const tensors = (change: Readonly<Record<string, Float32Array | Int32Array | undefined>>) => {
    const all: Record<string, PackTensor> = {};
    for (const [name, data] of Object.entries({ ...good, ...change })) {
      if (data instanceof Float32Array) all[name] = { dtype: 'F32', shape: [neurons], data };
      if (data instanceof Int32Array) all[name] = { dtype: 'I32', shape: [neurons, 4], data };
    }
    return encodeTensors(all);
  };

  it('that is as it should be is read', async () => {
    expect(await openWith(tensors({}))).toEqual(good);
  });

  const cases: [string, Uint8Array, RegExp][] = [
    ['cut off', tensors({}).subarray(0, 200), /./],
    ['empty', new Uint8Array(0), /./],
    ['of another block', files.get('block-0.safetensors')!, /has no typicalNorm/],
    ['without an array', tensors({ maxNorm: undefined }), /has no maxNorm/],
    ['of another type', tensors({ maxNorm: new Int32Array(4 * neurons) }), /maxNorm .* is I32/],
    [
      'of no numbers',
      tensors({ maxNorm: new Float32Array(neurons).fill(Number.NaN) }),
      /maxNorm .* holds NaN/,
    ],
    [
      'naming images that are not',
      tensors({ previewImages: new Int32Array(4 * neurons).fill(30) }),
      /holds 30/,
    ],
    [
      'of another shape',
      encodeTensors({
        typicalNorm: { dtype: 'F32', shape: [neurons - 1], data: new Float32Array(neurons - 1) },
      }),
      /typicalNorm .* \[7\] .* \[8\]/,
    ],
  ];
  it.each(cases)('%s is refused in a sentence', async (_, bytes, sentence) => {
    await expect(openWith(bytes)).rejects.toMatchObject({ tag: 'bad-file' });
    await expect(openWith(bytes)).rejects.toThrow(sentence);
  });

  it('words that a neuron has not are refused', async () => {
    const entry = JSON.parse(new TextDecoder().decode(files.get('pack.json'))).blocks[0];
    const detail = files.get('block-0.safetensors')!.slice();
    const { neurons: table } = Object.fromEntries(readSafetensors(detail).tensors) as never as Record<
      string,
      { offset: number }
    >;
    new DataView(detail.buffer).setFloat32(table!.offset + 4 * entry.columns.code4Words[0], 31, true);
    const { pack } = await open(new Map([...files, ['block-0.safetensors', detail]]));
    await expect(pack.neuron(0, 0)).rejects.toThrow('names words it does not bring');
    await expect(pack.neuron(0, 1)).resolves.toBeDefined();
  });

  it('cut off anywhere, or with any byte changed, it gives numbers or a sentence', async () => {
    const detail = files.get('block-0.safetensors')!;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(detail.length - 1),
        fc.nat(255),
        fc.boolean(),
        fc.nat(neurons - 1),
        async (at, byte, cut, neuron) => {
          const broken = cut ? detail.slice(0, at) : detail.slice();
          if (!cut) broken[at] = byte;
          const { pack } = await open(new Map([...files, ['block-0.safetensors', broken]]));
          for (const read of [
            () => pack.neuron(0, neuron),
            () => pack.detail(0),
            () => pack.direction(0, neuron),
          ]) {
            await read().catch((error) => expect(error).toMatchObject({ name: 'LensError' }));
          }
        },
      ),
    );
  });

  it('pack.json with any byte changed opens or gives a sentence', async () => {
    const json = files.get('pack.json')!;
    await fc.assert(
      fc.asyncProperty(fc.nat(json.length - 1), fc.nat(255), async (at, byte) => {
        const broken = json.slice();
        broken[at] = byte;
        await open(new Map([...files, ['pack.json', broken]])).catch((error) =>
          expect(error).toBeInstanceOf(LensError),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('texts that are not as many as promised are refused', async () => {
    const { pack } = await open(new Map([...files, ['texts.txt', new TextEncoder().encode('one\ntwo\n')]]));
    await expect(pack.texts()).rejects.toThrow('texts.txt has 2 lines where pack.json says 3.');
  });
});

describe('writePack', () => {
  it('refuses what a reader would refuse', () => {
    const parts = madeUpParts();
    expect(() => writePack({ ...parts, blocks: [] })).toThrow('at least one analysed block');
    expect(() => writePack({ ...parts, set: { ...parts.set, count: 31 } })).toThrow('the whole image set');
    expect(() =>
      writePack({ ...parts, texts: { words: ['a\nb'], embeddings: new Float32Array(5) } }),
    ).toThrow('must be one line');
    expect(() => writePack({ ...parts, texts: { words: ['a'], embeddings: new Float32Array(4) } })).toThrow(
      '1 texts need 1 embeddings of 5 numbers.',
    );
    expect(() => writePack({ ...parts, model: { ...parts.model, hash: '' } })).toThrow(LensError);
  });
});
