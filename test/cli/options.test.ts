import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  choice,
  count,
  counts,
  describeOptions,
  flag,
  layers,
  optional,
  parseOptions,
  rest,
  text,
  withDefault,
} from '../../cli/options.ts';
import { LensError } from '../../src/errors.ts';

const table = {
  model: text('DIR', 'the model'),
  layers: withDefault(layers('blocks'), 'all' as const),
  terms: withDefault(counts('terms', 1), [4, 16]),
  top: withDefault(count('images'), 100),
  atoms: withDefault(choice({ 'as-released': 1, unit: 2 }, 'scaling'), 1),
  texts: optional(text('FILE', 'texts')),
  force: flag('replace'),
};

describe('parseOptions', () => {
  it('reads values in both spellings and falls back', () => {
    const values = parseOptions(table, [
      '--model',
      'a',
      '--terms=4,8',
      '--layers',
      '1,2',
      '--force',
      '--atoms',
      'unit',
    ]);
    expect(values).toEqual({
      model: 'a',
      layers: [1, 2],
      terms: [4, 8],
      top: 100,
      atoms: 2,
      texts: undefined,
      force: true,
    });
  });

  const mistakes: [string, string[]][] = [
    ['--model DIR is missing.', []],
    ['Unknown option --modle; --help lists the options.', ['--modle', 'a']],
    ['Unknown option a; --help lists the options.', ['a']],
    ['Unknown option --constructor; --help lists the options.', ['--constructor', 'a']],
    ['--model needs a value.', ['--model']],
    ['--model needs a value.', ['--model', '--force']],
    ['--model is empty.', ['--model=']],
    ['--model is given twice.', ['--model', 'a', '--model', 'b']],
    ['--force takes no value.', ['--model=a', '--force=yes']],
    ['--top takes whole numbers of at least 1, not "0".', ['--top', '0']],
    ['--top takes whole numbers of at least 1, not "1e3".', ['--top', '1e3']],
    ['--top takes whole numbers of at least 1, not "-4".', ['--top', '-4']],
    ['--layers takes whole numbers of at least 0, not "x".', ['--layers', '1,x']],
    ['--layers names a number twice.', ['--layers', '1,2,1']],
    ['--atoms takes as-released or unit, not "raw".', ['--atoms', 'raw']],
  ];
  it.each(mistakes)('says: %s', (sentence, argv) => {
    expect(() => parseOptions(table, argv)).toThrow(new LensError('bad-request', sentence));
  });

  it('takes what has no name where a command wants it', () => {
    const merge = { shards: rest('SHARD…', 'the shards'), out: text('DIR', 'the pack') };
    expect(parseOptions(merge, ['a', '--out', 'b', 'c'])).toEqual({ shards: ['a', 'c'], out: 'b' });
    expect(() => parseOptions(merge, ['--out', 'b'])).toThrow(
      new LensError('bad-request', 'SHARD… is missing.'),
    );
    expect(() => parseOptions(merge, ['--shards', 'a'])).toThrow(/Unknown option --shards/);
    expect(describeOptions(merge)).toMatch(/^ {2}SHARD… +the shards\n {2}--out DIR +the pack$/);
  });

  it('throws nothing but LensErrors, whatever it is given', () => {
    const argument = fc.oneof(fc.string(), fc.constantFrom(...Object.keys(table).map((name) => `--${name}`)));
    fc.assert(
      fc.property(fc.array(argument), (argv) => {
        try {
          parseOptions(table, argv);
        } catch (error) {
          expect(error).toBeInstanceOf(LensError);
        }
      }),
    );
  });

  it('describes itself, one line an option', () => {
    expect(describeOptions(table).split('\n')[0]).toMatch(/^ {2}--model DIR +the model$/);
  });
});
