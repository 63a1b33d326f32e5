import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../cli/npy.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { runCli, runCliSources } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-mistakes-'));
afterAll(() => rmSync(root, { recursive: true }));
const out = join(root, 'results', 'out');
mkdirSync(join(root, 'results'));

/** Runs a mistaken command: exit 2, one sentence and nothing else, and no trace on the disk. */
async function mistake(argv: readonly string[], sentence: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runCli(argv);
  expect(stderr).toMatch(/^neuronlens: [^\n]+\.\n$/);
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(readdirSync(join(root, 'results'))).toEqual([]);
}

describe('help', () => {
  it('is for the asking', async () => {
    const [all, one] = await Promise.all([runCli([]), runCliSources(['analyze', '--help'])]);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout).toMatch(/analyze.*\n.*bake/);
    expect(one.stdout).toMatch(/--terms N,N,…/);
  });
});

describe.concurrent('a mistaken command line', () => {
  const cases: [string, string[], RegExp][] = [
    ['another command', ['analyse'], /There is no command analyse; the commands are analyze, bake, merge/],
    ['an unknown option', ['analyze', '--modle', 'x'], /Unknown option --modle/],
    ['a missing value', ['analyze', '--model'], /--model needs a value/],
    ['a missing option', ['analyze', '--model', root, '--images', root], /--out DIR is missing/],
    [
      'no such model',
      ['analyze', '--model', join(root, 'no'), '--images', root, '--out', out],
      /no is not there\./,
    ],
    [
      'an empty model',
      ['analyze', '--model', join(root, 'results'), '--images', root, '--out', out],
      /holds no model: no \.safetensors or \.onnx file is in it\./,
    ],
    [
      'nowhere to write',
      ['analyze', '--model', root, '--images', root, '--out', join(root, 'a', 'b')],
      /is not a folder\./,
    ],
    [
      'two sets',
      ['bake', '--model', root, '--set', root, '--images', root, '--out', out],
      /either --set DIR or --images PATH/,
    ],
    [
      'a shard that is not among them',
      ['bake', '--model', root, '--images', root, '--shard', '3/3', '--out', out],
      /--shard takes I\/N with I from 0 to N−1, like 0\/8, not "3\/3"/,
    ],
    [
      'words for a shard',
      ['bake', '--model', root, '--images', root, '--shard', '0/3', '--texts', root, '--out', out],
      /--texts is for the pack: give it to merge, not to bake --shard/,
    ],
    ['nothing to merge', ['merge', '--model', root, '--out', out], /FOLDER… is missing/],
    [
      'what is no shard',
      ['merge', join(root, 'none'), '--model', root, '--out', out],
      /none is no state folder of bake --shard/,
    ],
    [
      'a shard that is unfinished',
      ['merge', join(root, 'a.checkpoint'), '--model', root, '--out', out],
      /a\.checkpoint is an unfinished shard: run its bake --shard again/,
    ],
  ];
  it.each(cases)('%s', (_, argv, sentence) => mistake(argv, sentence));
});

describeWithShared('a request that cannot be met', () => {
  const small = (name: string) => sharedPath('reference', 'small', name);
  const file = (name: string, bytes: Uint8Array | string) => {
    writeFileSync(join(root, name), bytes);
    return join(root, name);
  };
  const folder = (name: string) => {
    mkdirSync(join(root, name), { recursive: true });
    return join(root, name);
  };
  const command = (change: Readonly<Record<string, string>>) =>
    Object.entries({ model: small(''), images: small('images'), out, ...change }).flatMap(([name, value]) => [
      `--${name}`,
      value,
    ]);

  /** The small model with one of its files replaced. */
  const brokenModel = (name: string, replaced: string, bytes: Uint8Array | string): string => {
    const model = folder(name);
    for (const each of ['config.json', 'preprocessor_config.json', 'model.safetensors']) {
      cpSync(small(each), join(model, each));
    }
    rmSync(join(model, replaced));
    writeFileSync(join(model, replaced), bytes);
    return model;
  };

  const cases: [string, () => Readonly<Record<string, string>>, RegExp][] = [
    ['no such folder of pictures', () => ({ images: join(root, 'none') }), /none is not there\./],
    ['a folder without pictures', () => ({ images: folder('bare') }), /bare holds no pictures\./],
    ['the last block', () => ({ layers: '3' }), /block 3/i],
    ['a block it has not', () => ({ layers: '1,12' }), /block 12/i],
    ['more top images than images', () => ({ top: '161' }), /--top 161 asks for more than the 160 pictures/],
    ['no such texts', () => ({ texts: join(root, 'none.npy') }), /none\.npy is not there\./],
    [
      'texts of another shape',
      () => ({ texts: file('wide.npy', writeNpy([3, 64], new Float32Array(192))) }),
      /wide\.npy has shape \[3, 64\]; this model needs text embeddings of shape \[texts, 32\]\./,
    ],
    [
      'one long list of numbers',
      () => ({ texts: file('flat.npy', writeNpy([32], new Float32Array(32))) }),
      /flat\.npy has shape \[32\]/,
    ],
    [
      'texts that are no numbers',
      () => ({ texts: file('nan.npy', writeNpy([1, 32], new Float32Array(32).fill(Number.NaN))) }),
      /nan\.npy holds values that are no numbers/,
    ],
    [
      'texts that are no array',
      () => ({ texts: file('fake.npy', 'cat,dog') }),
      /fake\.npy is not a NumPy array/,
    ],
    [
      'texts cut off',
      () => ({ texts: file('cut.npy', readFileSync(small('text_pool.npy')).subarray(0, 999)) }),
      /cut\.npy is broken/,
    ],
    ['words without a text tower', () => ({ texts: file('words.txt', 'cat\ndog\n') }), /no text tower/],
    [
      'more terms than texts',
      () => ({ texts: small('text_pool.npy'), terms: '4,401' }),
      /--terms 401 asks for more texts than the 400/,
    ],
    [
      'weights cut off',
      () => ({
        model: brokenModel(
          'cut',
          'model.safetensors',
          readFileSync(small('model.safetensors')).subarray(0, 5000),
        ),
      }),
      /./,
    ],
    [
      'weights that are no weights',
      () => ({ model: brokenModel('text', 'model.safetensors', 'hello, I am a model') }),
      /./,
    ],
    ['a config that is no JSON', () => ({ model: brokenModel('json', 'config.json', '{') }), /config\.json/],
    [
      'a config of another size',
      () => ({
        model: brokenModel(
          'size',
          'config.json',
          readFileSync(small('config.json'), 'utf8').replace('"hidden_size": 64', '"hidden_size": 96'),
        ),
      }),
      /./,
    ],
  ];
  it.each(cases)('%s', (_, change, sentence) => mistake(['analyze', ...command(change())], sentence));
});
