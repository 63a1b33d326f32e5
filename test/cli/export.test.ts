import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { exportPack } from '../../cli/export.ts';
import { readSafetensors } from '../../src/clip/checkpoint/safetensors.ts';
import { LensError } from '../../src/errors.ts';
import { describer, writePack, zipPack } from '../../src/pack/index.ts';
import { madeUpParts, noise, SIZES } from '../pack/analysis.ts';
import { readNpy } from '../support/npy.ts';
import { quietly } from './quietly.ts';
import { runCli } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-export-'));
afterAll(() => rmSync(root, { recursive: true }));
const { images, neurons, dim, listed } = SIZES;

/** Words as they come from anywhere. */
const WORDS = ['=1+1', '-dog, big', 'say "cat"', '@home', 'snowman ☃'];
const CAPTIONS = Array.from({ length: images }, (_, i) => (i === 3 ? '+3.png' : `picture, ${i}.png`));

const madeUp = madeUpParts();
const texts = { words: WORDS, embeddings: noise(WORDS.length * dim, 7) };
const words = await describer(texts, dim);
const described = new Map();
for (const { block, detail } of madeUp.blocks) described.set(block, await words.describe(detail.directions));
const parts = { ...madeUp, texts, codes: words.forms, described, pictures: true };

function writeFolder(name: string, files: ReadonlyMap<string, Uint8Array | string>): string {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), bytes);
  }
  return join(root, name);
}

const pack = writeFolder(
  'pack',
  new Map<string, Uint8Array | string>([
    ...writePack(parts),
    [
      'pictures/set.json',
      JSON.stringify({
        ...{ name: 'made up', version: 1, licence: '', sceneSize: 8, maskSize: 8, columns: 10, perSheet: 30 },
        ...{ count: images, groups: [], templates: [], concepts: [] },
        scenes: CAPTIONS.map((caption) => ({ caption, background: '', style: '', objects: [] })),
      }),
    ],
  ]),
);

/** Fields of a table that has no line breaks in them. */
function table(path: string): Record<string, string>[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const split = (line: string) =>
    Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
      quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
    );
  const columns = split(lines[0]!);
  return lines.slice(1).map((line) => Object.fromEntries(split(line).map((cell, i) => [columns[i]!, cell])));
}

describe('export', () => {
  const out = join(root, 'out');

  it('writes what the pack says, block by block', async () => {
    const { code, stderr } = await runCli(['export', pack, '--terms', '5', '--listed', '2', '--out', out]);
    expect(stderr).toMatch(/Wrote /);
    expect(code).toBe(0);
    const names = ['directions.npy', 'means.npy', 'neurons.csv', 'neurons.json'];
    expect(readdirSync(out).sort()).toEqual(
      [...[0, 2].flatMap((block) => names.map((name) => `block-${block}.${name}`)), 'summary.json'].sort(),
    );
  });

  it('has the vectors as NumPy reads them', () => {
    for (const { block, detail } of parts.blocks) {
      const directions = readNpy(join(out, `block-${block}.directions.npy`));
      expect(directions).toEqual({ shape: [neurons, dim], data: detail.directions });
      expect(readNpy(join(out, `block-${block}.means.npy`)).data).toEqual(detail.means);
    }
  });

  it('has a table with the words, and no cell that a spreadsheet would run', () => {
    const rows = table(join(out, 'block-2.neurons.csv'));
    const { overview, detail } = parts.blocks[1]!;
    expect(rows).toHaveLength(neurons);
    for (const [n, row] of rows.entries()) {
      expect(row).toMatchObject({ block: '2', neuron: `${n}`, terms: '4' });
      expect(Number(row.typical_size)).toBeCloseTo(overview.typicalNorm[n]!, 6);
      expect(Number(row.threshold)).toBeCloseTo(overview.thresholds[n]!, 6);
      expect(Number(row.variance_share)).toBeCloseTo(overview.varianceShares[n]!, 6);
      expect(Number(row.chance_r2)).toBeCloseTo(words.forms.lengths[0]!.chance.mean, 6);
      const caption = CAPTIONS[detail.positiveImages[n * listed]!]!;
      expect(row.positive_1).toBe(caption.startsWith('+') ? `'${caption}` : caption);
      expect(row).not.toHaveProperty('positive_3');
      for (const value of Object.values(row)) {
        if (!Number.isFinite(Number(value))) expect(value).not.toMatch(/^[=+\-@]/);
      }
    }
    const used = rows.flatMap((row) => [row.word_1, row.word_2, row.word_3, row.word_4]);
    expect(used).toContain("'=1+1");
    expect(used).toContain("'-dog, big");
    expect(used).toContain('say "cat"');
  });

  it('has everything as JSON, a neuron a line', () => {
    const text = readFileSync(join(out, 'block-0.neurons.json'), 'utf8');
    const all = JSON.parse(text);
    expect(text.split('\n').filter((line) => line.startsWith('{'))).toHaveLength(neurons);
    const { detail } = parts.blocks[0]!;
    for (const [n, one] of all.entries()) {
      expect(one).toMatchObject({ block: 0, neuron: n });
      const at = n * listed;
      expect(one.positive[0]).toEqual({
        image: detail.positiveImages[at],
        name: CAPTIONS[detail.positiveImages[at]!],
        x: Number(detail.positiveActivations[at]!.toPrecision(7)),
      });
      expect(one.top).toHaveLength(SIZES.topK);
      expect(one.descriptions.map(({ terms }: { terms: number }) => terms)).toEqual([4, 8, 16, 32]);
      for (const { text } of one.descriptions[0].words) expect(WORDS).toContain(text);
      expect(one.similar).toHaveLength(neurons - 1);
    }
  });

  it('reads packs of version 1, some blocks, and writes safetensors', async () => {
    const old = fileURLToPath(new URL('../fixtures/packs/version-1', import.meta.url));
    const made = join(root, 'old');
    const argv = ['export', old, '--layers', '2', '--arrays', 'safetensors', '--out', made];
    expect(await runCli(argv)).toMatchObject({ code: 0 });
    expect(readdirSync(made).sort()).toEqual([
      'block-2.neurons.csv',
      'block-2.neurons.json',
      'block-2.vectors.safetensors',
      'summary.json',
    ]);
    const { tensors } = readSafetensors(readFileSync(join(made, 'block-2.vectors.safetensors')));
    expect([...tensors.keys()]).toEqual(['directions', 'means']);
    const [row] = table(join(made, 'block-2.neurons.csv'));
    expect(row).not.toHaveProperty('word_1');
    expect(row!.positive_1).toMatch(/^\d+$/);
  });

  it('reads the same out of a zip', async () => {
    const files = readdirSync(pack, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const zip = join(root, 'pack.zip');
    writeFileSync(zip, zipPack(files.map((file) => [relative(pack, file), readFileSync(file)] as const)));
    const again = join(root, 'from-zip');
    expect(await runCli(['export', zip, '--terms', '5', '--listed', '2', '--out', again])).toMatchObject({
      code: 0,
    });
    for (const name of readdirSync(out)) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(out, name)))).toBe(true);
    }
  });

  const mistakes: [string, string[], RegExp][] = [
    ['no pack', ['export', '--out', join(root, 'x')], /PACK is missing/],
    ['two packs', ['export', pack, pack, '--out', join(root, 'x')], /One pack is exported at a time/],
    ['a pack that is not there', ['export', join(root, 'no'), '--out', join(root, 'x')], /no is not there/],
    [
      'a file that is no pack',
      ['export', join(pack, 'texts.txt'), '--out', join(root, 'x')],
      /This is not a zip/,
    ],
    ['a folder that is none', ['export', root, '--out', join(root, 'x')], /no file pack\.json/],
    [
      'a block it has not',
      ['export', pack, '--layers', '1', '--out', join(root, 'x')],
      /no block 1; it has 0, 2/,
    ],
    ['its own folder', ['export', pack, '--out', pack, '--force'], /lies in/],
  ];
  it.each(mistakes)('%s is refused in a sentence', async (_, argv, sentence) => {
    const refused = quietly(exportPack, argv.slice(1));
    await expect(refused).rejects.toBeInstanceOf(LensError);
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toThrow(/^[^\n]+\.$/);
    expect(readdirSync(root)).not.toContain('x');
  });
});
