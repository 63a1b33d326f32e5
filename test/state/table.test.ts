import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Provenance } from '../../src/state/provenance.ts';
import { fileName, type Table, tableCsv, tableJson } from '../../src/state/table.ts';

const ABOUT: Provenance = {
  permalink: 'https://example.test/#/m/s/0/7',
  model: { name: 'A model', hash: 'aa' },
  images: { name: '=cmd()', hash: undefined, count: 3 },
  form: 'corrected',
  numbers: 'shipped',
  precision: 'float32',
  backend: 'cpu',
  madeWith: 'neuronlens 0.1.0',
  software: 'neuronlens 0.1.0',
  date: '2026-11-21T12:00:00.000Z',
};
const table = (over: Partial<Table>): Table => ({
  name: 't',
  columns: ['a', 'b'],
  rows: [],
  about: ABOUT,
  ...over,
});

/** A reader by the grammar of RFC 4180, line ends and all. */
function read(text: string): string[][] {
  expect(text.endsWith('\r\n')).toBe(true);
  const rows: string[][] = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  let row: string[] = [];
  while (cells.lastIndex < text.length) {
    const match = cells.exec(text);
    if (!match) throw new Error(`no cell at ${cells.lastIndex}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('a table as CSV', () => {
  it('keeps every float to the last bit, negative ones as numbers and not as formulas', () => {
    const values = Float32Array.of(-0.1, 1 / 3, 1e-30, -3.4e38);
    const [, ...rows] = read(tableCsv(table({ rows: Array.from(values, (value) => [value, 'x']) })));
    expect(rows.map(([cell]) => Number(cell))).toEqual([...values]);
    expect(rows[0]![0]).toBe('-0.10000000149011612');
  });

  it('disarms texts that a spreadsheet would run, in provenance too', () => {
    const [header, row] = read(tableCsv(table({ rows: [['=1+1', '-x, "y"\n+z']] })));
    expect(row!.slice(0, 2)).toEqual(["'=1+1", '\'-x, "y"\n+z']);
    expect(row![header!.indexOf('images')]).toBe("'=cmd()");
  });

  it('reads back whatever texts hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1 }), (rows) => {
        const back = read(tableCsv(table({ rows }))).slice(1);
        const plain = back.map(([a, b]) =>
          [a, b].map((text) => text!.replace(/^'(?='*[=+\-@\t\r＝＋－＠])/, '')),
        );
        expect(plain).toEqual(rows.map((row) => [...row]));
      }),
    );
  });

  it('says in every row what holds for all and where it comes from; a column of its own wins', () => {
    const text = tableCsv(table({ columns: ['model', 'b'], rows: [['mine', 1]], facts: { threshold: 0.5 } }));
    const [header, row] = read(text);
    const cell = (name: string) => row![header!.indexOf(name)];
    expect(header!.slice(0, 3)).toEqual(['model', 'b', 'threshold']);
    expect(cell('model')).toBe('mine');
    expect(cell('threshold')).toBe('0.5');
    expect(cell('permalink')).toBe(ABOUT.permalink);
    expect(cell('imagesHash')).toBe('');
  });

  it('has no mark at its beginning, leaves empty what is not known, and keeps its header without rows', () => {
    expect(tableCsv(table({ rows: [] }))).toBe('a,b\r\n');
    const [, row] = read(tableCsv(table({ rows: [[Number.NaN, undefined]] })));
    expect(row!.slice(0, 2)).toEqual(['', '']);
  });
});

it('a table as JSON holds objects under the same names, and about', () => {
  const json = JSON.parse(
    tableJson(
      table({
        rows: [
          [-0.1, '=x'],
          [Number.NaN, 'y'],
        ],
        facts: { r2: 0.25 },
      }),
    ),
  );
  expect(json).toEqual({
    name: 't',
    about: { ...ABOUT, images: { name: '=cmd()', count: 3 } },
    facts: { r2: 0.25 },
    columns: ['a', 'b'],
    rows: [{ a: -0.1, b: '=x' }, { b: 'y' }],
  });
});

it('names files so that every system takes them', () => {
  expect(fileName('Neuron 467 of block 0 · “Größe”/../x', 'csv')).toBe('neuron-467-of-block-0-gro-e-x.csv');
  expect(fileName('日本', 'svg')).toBe('neuronlens.svg');
  expect(fileName('a'.repeat(500), 'png')).toHaveLength(104);
});
