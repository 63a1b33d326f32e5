import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directions } from '../../cli/directions.ts';
import { openSheets } from '../../cli/folder.ts';
import { openModel } from '../../cli/model.ts';
import { writeNpy } from '../../cli/npy.ts';
import { packFilesAt } from '../../cli/packFiles.ts';
import { LensError } from '../../src/errors.ts';
import { openPack, type Pack } from '../../src/pack/index.ts';
import { noise } from '../pack/analysis.ts';
import { shipped, shippedModel, shippedWords, writeMiniSet } from './miniSet.ts';
import { quietly } from './quietly.ts';
import { runCli } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-given-'));
afterAll(() => rmSync(root, { recursive: true }));
const shippedPack = join(shipped, 'packs', 'pictograms');
const [DIM, COUNT, LISTED] = [128, 7, 5];
const put = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(root, name), bytes);
  return join(root, name);
};

/** Neuron 5 of block 4, stretched and turned round; then whatever. */
const rows = noise(COUNT * DIM, 5);
let set = '';
beforeAll(async () => {
  set = writeMiniSet(join(root, 'set'));
  const direction = await (await openPack(await packFilesAt(shippedPack))).direction(4, 5);
  rows.set(
    direction.map((value) => -3 * value),
    0,
  );
});

describe('directions', () => {
  let pack: Pack;

  it('writes a pack of them', async () => {
    const { code, stderr } = await runCli([
      ...['directions', '--model', shippedModel, '--set', set, '--name', 'my sae'],
      ...['--directions', put('decoder.npy', writeNpy([COUNT, DIM], rows))],
      ...['--names', put('names.txt', 'the neuron\nb\nc\n\ne\nf\ng\n'), '--texts', shippedWords],
      ...['--neurons', shippedPack, '--top', '20', '--listed', `${LISTED}`, '--out', join(root, 'out')],
    ]);
    expect(stderr).toMatch(/Wrote .*: 7 directions over 100 pictures/);
    expect(code).toBe(0);
    pack = await openPack(await packFilesAt(join(root, 'out')));
    expect(pack.manifest).toMatchObject({
      directions: { name: 'my sae', names: 'names.txt', aligned: { count: 8 } },
      set: { count: 100 },
      options: { topK: 20, fraction: 0.2, listed: LISTED },
      blocks: [{ block: 0, neurons: COUNT, dim: DIM, laterHeads: [], looked: 'all', uncertified: 0 }],
    });
    expect(await pack.names()).toEqual(['the neuron', 'b', 'c', '', 'e', 'f', 'g']);
  }, 120_000);

  it('with what the model makes of the pictures, projected and centred', async () => {
    const model = await openModel(shippedModel);
    const engine = await model.openEngine(1);
    const { source } = await openSheets(set);
    const embeddings = await engine.embedImages(model.pixels(source));
    await engine.dispose();
    const { positiveImages, positiveActivations, negativeImages, topImages } = await pack.detail(0);
    const { thresholds } = await pack.overview(0);
    for (let n = 0; n < COUNT; n++) {
      const row = rows.subarray(n * DIM, (n + 1) * DIM);
      const along = Array.from({ length: 100 }, (_, i) => {
        const embedding = embeddings.subarray(i * DIM, (i + 1) * DIM);
        const inner = embedding.reduce((sum, value, d) => sum + value * row[d]!, 0);
        return (100 * inner) / (Math.hypot(...embedding) * Math.hypot(...row));
      });
      const mean = along.reduce((sum, value) => sum + value, 0) / 100;
      const x = along.map((value) => value - mean);
      const order = [...x.keys()].sort((a, b) => x[b]! - x[a]!);
      const bySize = [...x.keys()].sort((a, b) => Math.abs(x[b]!) - Math.abs(x[a]!));
      expect([...positiveImages.subarray(n * LISTED, (n + 1) * LISTED)]).toEqual(order.slice(0, LISTED));
      expect([...negativeImages.subarray(n * LISTED, (n + 1) * LISTED)]).toEqual(
        order.slice(-LISTED).reverse(),
      );
      expect([...topImages.subarray(n * 20, (n + 1) * 20)]).toEqual(bySize.slice(0, 20));
      expect(positiveActivations[n * LISTED]).toBeCloseTo(x[order[0]!]!, 3);
      expect(thresholds[n]).toBeCloseTo(Math.abs(x[bySize[19]!]!), 3);
    }
  }, 60_000);

  it('with the neurons beside each, and what is chance', async () => {
    const { aligned } = await pack.neuron(0, 0);
    expect(aligned).toHaveLength(8);
    expect(aligned[0]).toMatchObject({ block: 4, neuron: 5 });
    expect(aligned[0]!.cosine).toBeCloseTo(-1, 5);
    const { chance } = pack.manifest.directions!.aligned!;
    const nearest = await Promise.all(
      Array.from({ length: COUNT - 1 }, async (_, n) =>
        Math.abs((await pack.neuron(0, n + 1)).aligned[0]!.cosine),
      ),
    );
    // The other rows are random, as what is called chance.
    for (const cosine of nearest) expect(Math.abs(cosine - chance)).toBeLessThan(0.12);
  });

  it('with words', async () => {
    const { codes } = await pack.neuron(0, 0);
    expect([...codes.keys()]).toEqual([4, 8, 16, 32]);
    expect(codes.get(8)!.terms).toHaveLength(8);
    expect(codes.get(8)!.r2).toBeGreaterThan(codes.get(4)!.r2);
  });

  it('exports them as directions', async () => {
    const argv = ['export', join(root, 'out'), '--set', set, '--out', join(root, 'exported')];
    expect(await runCli(argv)).toMatchObject({ code: 0 });
    expect(readdirSync(join(root, 'exported')).sort()).toEqual([
      'directions.csv',
      'directions.json',
      'directions.npy',
      'means.npy',
      'summary.json',
    ]);
  });
});

it('over a folder of pictures brings them along, and leaves out the broken', async () => {
  const folder = join(root, 'photos');
  mkdirSync(folder);
  for (const [i, background] of ['red', 'green', 'blue', 'white', 'black'].entries()) {
    const picture = sharp({ create: { width: 70, height: 90, channels: 3, background } });
    await picture.png().toFile(join(folder, `${i}-${background}.png`));
  }
  writeFileSync(join(folder, '2-no picture.png'), 'hello');
  const file = put('two.npy', writeNpy([DIM, 2], noise(2 * DIM, 8)));
  const { code, stderr } = await runCli([
    ...['directions', '--model', shippedModel, '--images', folder, '--directions', file, '--transpose'],
    ...['--top', '2', '--listed', '9', '--out', join(root, 'photo-pack')],
  ]);
  expect(stderr).toMatch(/Left out: .*2-no picture\.png/);
  expect(code).toBe(0);
  const pack = await openPack(await packFilesAt(join(root, 'photo-pack')));
  expect(pack.manifest).toMatchObject({
    pictures: true,
    set: { name: 'photos', count: 5, skipped: 1 },
    options: { listed: 5 },
    directions: { name: 'two.npy' },
  });
  expect(await pack.neuron(0, 0)).toMatchObject({ aligned: [], codes: new Map() });
  const exported = join(root, 'photo-export');
  await runCli(['export', join(root, 'photo-pack'), '--out', exported]);
  const [first] = JSON.parse(readFileSync(join(exported, 'directions.json'), 'utf8'));
  const seen = [...first.positive, ...first.negative].map(({ name }: { name: string }) => name);
  expect(seen.sort()).toEqual(['0-red.png', '1-green.png', '2-blue.png', '3-white.png', '4-black.png']);
}, 60_000);

describe('directions that cannot be', () => {
  const file = put('good.npy', writeNpy([1, DIM], noise(DIM, 1)));
  const mistakes: [string, string[], RegExp][] = [
    [
      'of another space',
      ['--directions', put('wide.npy', writeNpy([2, 512], new Float32Array(1024)))],
      /wide\.npy has shape \[2, 512\]; this model's joint space has 128 dimensions/,
    ],
    [
      'with too few names',
      ['--directions', file, '--names', put('two.txt', 'a\nb\n')],
      /two\.txt has 2 lines, and there should be 1: one/,
    ],
    ['with embeddings for words', ['--directions', file, '--texts', file], /A pack needs texts/],
    [
      'with neurons of another model',
      ['--directions', file, '--neurons', 'test/fixtures/packs/version-1'],
      /is of the model .* whose weights are not those of/,
    ],
    [
      'with more top pictures than there are',
      ['--directions', file, '--top', '101'],
      /--top 101 asks for more than the 100 pictures/,
    ],
  ];
  it.each(mistakes)('%s are refused in a sentence', async (_, argv, sentence) => {
    const all = ['--model', shippedModel, '--set', set, '--out', join(root, 'x'), ...argv];
    const refused = quietly(directions, all);
    await expect(refused).rejects.toBeInstanceOf(LensError);
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toThrow(/^[^\n]+\.$/);
    expect(readdirSync(root).filter((name) => name.includes('x.partial') || name === 'x')).toEqual([]);
  });
});
