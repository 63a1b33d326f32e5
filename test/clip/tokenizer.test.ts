import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadTokenizer } from '../../src/clip/tokenizer.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

interface Case {
  model: string;
  name: string;
  text: string;
  ids: number[];
}

const read = (path: string): unknown => JSON.parse(readFileSync(sharedPath(path), 'utf8'));

it('refuses what is no tokenizer with a sentence', () => {
  expect(() => loadTokenizer({ model: 3 }, 77)).toThrow(/tokenizer\.json/);
  expect(() => loadTokenizer(null, 77)).toThrow(/tokenizer\.json/);
});

describeWithShared("CLIP's tokenizer", () => {
  const json = read('clip/hf/tokenizer.json');
  const tokenizer = loadTokenizer(json, 77);
  const loose = loadTokenizer(json, 1000);
  const { cases } = read('clip/tokenizer_cases.json') as { cases: Case[] };
  const clipCases = cases.filter(({ model }) => !model.includes('owl'));

  it.each(clipCases)('encodes $name: $text', ({ text, ids }) => {
    expect(loose.encode(text).ids).toEqual(ids); // one case has more than 77
  });

  it('cuts long texts and keeps end-of-text', () => {
    const { ids } = tokenizer.encode('cat '.repeat(100));
    expect(ids.length).toBe(77);
    expect(ids[0]).toBe(49406);
    expect(ids[75]).toBe(2368);
    expect(ids[76]).toBe(49407);
  });

  it('pads a batch to its longest text only', () => {
    const { tokens, ends, length } = tokenizer.encodeBatch(['a cat', 'cat']);
    expect(length).toBe(4);
    expect([...tokens].map(Number)).toEqual([49406, 320, 2368, 49407, 49406, 2368, 49407, 49407]);
    expect([...ends]).toEqual([3n, 2n]);
  });

  it('pools at the first end-of-text, as the model does', () => {
    expect([...tokenizer.encodeBatch(['a <|endoftext|> cat']).ends]).toEqual([2n]);
  });
});
