import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PUBLISHED } from '../../src/clip/published.ts';
import { loadTokenizer } from '../../src/clip/tokenizer.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

const [openai] = PUBLISHED;
const rowsOf = (
  rows: readonly { readonly output: string; readonly values: readonly number[] }[],
  output: string,
) => rows.filter((row) => row.output === output).map(({ values }) => [...values]);

describe('published outputs', () => {
  it('lie within the outputs they are of', () => {
    for (const { config, images, texts } of PUBLISHED) {
      const towers = [
        { inputs: images, tower: config.vision!, tokens: () => 50 },
        { inputs: texts, tower: config.text!, tokens: (i: number) => texts[i]!.input.length },
      ];
      for (const { inputs, tower, tokens } of towers) {
        inputs.forEach(({ rows }, i) => {
          for (const { output, token, from, values } of rows) {
            expect(from + values.length).toBeLessThanOrEqual(
              output === 'embedding' ? config.dim : tower.width,
            );
            expect(token !== undefined).toBe(output === 'hidden');
            if (token !== undefined) expect(token).toBeLessThan(tokens(i));
          }
        });
      }
    }
  });
});

interface Entry {
  readonly id: string;
  readonly model: string;
  readonly input: { readonly input_ids?: readonly number[][]; readonly texts?: readonly string[] };
  readonly expect: Record<string, unknown>;
}

describeWithShared('the figures, against the collection they were taken from', () => {
  const json = (...path: string[]): unknown => JSON.parse(readFileSync(sharedPath('clip', ...path), 'utf8'));
  const { entries } = json('expected.json') as { entries: Entry[] };
  const entry = (id: string) => entries.find((one) => one.id === id)!;
  const [image] = openai!.images;
  const [cat, man] = openai!.texts;

  it('images', () => {
    const { model, expect: wanted } = entry('const_0.5_vision');
    expect(openai!.model).toBe(model);
    expect(rowsOf(image!.rows, 'embedding')).toEqual([wanted['image_embeds_unnormalised[0,1:4]']]);
    expect(rowsOf(image!.rows, 'pooled')).toEqual([wanted['pooler_output[0,1:4]']]);
    expect(rowsOf(image!.rows, 'hidden')).toEqual(wanted['last_hidden_state[0,1:4,1:4]']);
  });

  it('texts', () => {
    const { input, expect: wanted } = entry('const_text');
    expect(cat!.input).toEqual(input.input_ids![0]);
    expect(rowsOf(cat!.rows, 'pooled')).toEqual([wanted['row0 pooler_output[1:4]']]);
    expect(rowsOf(cat!.rows, 'hidden')).toEqual(wanted['row0 last_hidden_state[1:4,1:4]']);
  });

  it('a text of another source, in the ids of OpenAI’s tokenizer', () => {
    const { input, expect: wanted } = entry('kafka_text');
    const tokenizer = loadTokenizer(json('hf', 'tokenizer.json'), 77);
    expect(tokenizer.encode(input.texts![0]!).ids).toEqual(man!.input);
    const exact = wanted['row0 text_embeds_unnormalised[0:5]'] as number[];
    rowsOf(man!.rows, 'embedding')[0]!.forEach((value, i) => {
      expect(Math.abs(value - exact[i]!)).toBeLessThan(1e-6);
    });
  });

  it('logits', () => {
    const { input, expect: wanted } = entry('const_logits');
    const [logits] = openai!.logits;
    expect(logits!.texts).toEqual(input.input_ids);
    expect(logits!.values).toEqual(wanted.logits_per_image);
  });
});
