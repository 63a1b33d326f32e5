import { describe, expect, it } from 'vitest';
import { AlignedNeurons } from '../../src/lens/alignedNeurons.ts';
import {
  analyseDirections,
  representations,
  summariseDirections,
  unitRows,
} from '../../src/lens/givenDirections.ts';
import { summarise } from '../../src/lens/summarise.ts';
import {
  describer,
  encodeBlock,
  encodeHead,
  mapFiles,
  openPack,
  type PackHead,
} from '../../src/pack/index.ts';
import { madeUpParts, noise, SIZES } from './analysis.ts';

const { images, dim, topK, listed } = SIZES;
const COUNT = 13;
const rows = unitRows(noise(COUNT * dim, 3), dim);
const over = representations(noise(images * dim, 4), dim);
const names = Array.from({ length: COUNT }, (_, n) => (n === 4 ? '' : `feature ${n}`));
const ALIGNED = { count: 3, chance: 0.4 };

function summary() {
  const steps = summariseDirections(over, rows, { topK, listed });
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

async function files(change: Partial<PackHead['directions']> = {}): Promise<Map<string, Uint8Array>> {
  const { blocks: _, ...head } = madeUpParts();
  const words = await describer(head.texts!, dim);
  const aligned = new AlignedNeurons(rows, dim, ALIGNED.count);
  aligned.add(2, unitRows(noise(2 * dim, 9), dim)); // fewer neurons than are listed
  const lists = Array.from({ length: COUNT }, (_, n) => aligned.of(n));
  const block = encodeBlock(summary(), await words.describe(rows), { count: ALIGNED.count, lists });
  const directions = { name: 'my-sae', hash: 'c'.repeat(64), names, aligned: ALIGNED, ...change };
  return new Map([...block.files, ...encodeHead({ ...head, codes: words.forms, directions }, [block])]);
}

describe('a pack of directions', () => {
  it('says that they are, and brings what a page of one shows', async () => {
    const pack = await openPack(mapFiles(await files()));
    expect(pack.manifest.directions).toEqual({
      name: 'my-sae',
      hash: 'c'.repeat(64),
      names: 'names.txt',
      aligned: ALIGNED,
    });
    expect(pack.manifest.blocks).toMatchObject([{ block: 0, neurons: COUNT, dim, laterHeads: [] }]);
    expect(await pack.names()).toEqual(names);
    const { overview, detail } = summarise(analyseDirections(over, rows, { topK, listed }), listed);
    expect(await pack.overview(0)).toEqual(overview);
    expect(await pack.detail(0)).toEqual(detail);
    const row = await pack.neuron(0, 4);
    expect(row.positiveImages).toEqual(detail.positiveImages.subarray(4 * listed, 5 * listed));
    expect(row.headShares.length).toBe(0);
    expect(row.similar).toHaveLength(12);
    expect(row.codes.get(4)?.terms.length).toBeGreaterThan(0);
    expect(row.aligned).toHaveLength(2);
    expect(row.aligned[0]).toMatchObject({ block: 2 });
    expect(Math.abs(row.aligned[0]!.cosine)).toBeGreaterThanOrEqual(Math.abs(row.aligned[1]!.cosine));
  });

  it('may be of one direction, without names, words and neurons', async () => {
    const { blocks: _, texts: __, ...head } = madeUpParts();
    const one = summarise(analyseDirections(over, rows.subarray(0, dim), { topK, listed }), listed);
    const block = encodeBlock(one);
    const written = encodeHead({ ...head, directions: { name: 'one', hash: 'c'.repeat(64) } }, [block]);
    const pack = await openPack(mapFiles(new Map([...block.files, ...written])));
    expect(await pack.names()).toBeUndefined();
    expect(await pack.neuron(0, 0)).toMatchObject({ similar: [], opposite: [], aligned: [] });
  });

  it('has a name for each direction, or for none', async () => {
    await expect(files({ names: ['a'] })).rejects.toThrow('13 directions need 13 names of one line each.');
    await expect(files({ names: names.map(() => 'a\nb') })).rejects.toThrow('of one line each');
    const cut = await files();
    cut.set('names.txt', new TextEncoder().encode('a\nb\n'));
    const pack = await openPack(mapFiles(cut));
    await expect(pack.names()).rejects.toThrow('names.txt has 2 lines for 13 directions.');
  });

  const hostile: [string, (manifest: ReturnType<typeof JSON.parse>) => void, RegExp][] = [
    ['in a later block', (m) => (m.blocks[0].block = 1), /directions stand in block 0/],
    ['of another space', (m) => (m.blocks[0].dim = 7), /of another space than the model/],
    ['that are said to be neurons', (m) => delete m.directions, /of another size than the model/],
    [
      'with names elsewhere',
      (m) => (m.directions.names = '../x'),
      /directions\.names: not a plain file name/,
    ],
    ['without a name', (m) => (m.directions.name = ''), /directions\.name/],
    ['with other lists', (m) => (m.directions.aligned.count = 4), /columns of block 0 are not/],
    ['with a thousand lists', (m) => (m.directions.aligned.count = 1000), /directions\.aligned\.count/],
  ];
  it.each(hostile)('%s are refused in a sentence', async (_, change, sentence) => {
    const changed = await files();
    const manifest = JSON.parse(new TextDecoder().decode(changed.get('pack.json')));
    change(manifest);
    changed.set('pack.json', new TextEncoder().encode(JSON.stringify(manifest)));
    await expect(openPack(mapFiles(changed))).rejects.toThrow(sentence);
  });
});
