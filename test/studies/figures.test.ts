import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csv } from '../../src/studies/figures.ts';

/** A reader by the grammar of RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else {
      while (at < text.length && !',\n'.includes(text[at]!)) field += text[at++];
    }
    rows.at(-1)!.push(field);
    if (text[at++] === '\n' && at < text.length) rows.push([]);
  }
  return rows;
}

const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

const cell = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '=1+1',
    '+x',
    '-x',
    '@x',
    '\tx',
    '\rx',
    'a,b',
    '"',
    'a\nb',
    '=HYPERLINK("http://x","y")',
    '＝1',
  ),
);

it('reads back as it was, whatever the texts hold, and no text begins as a formula does', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const read = parse(csv(rows.map(([a, b]) => ({ a, b }))));
      expect(read[0]).toEqual(['a', 'b']);
      expect(read.slice(1)).toEqual(
        rows.map((fields) =>
          fields.map((text) => (FORMULA.test(text.replace(/^'+/, '')) ? `'${text}` : text)),
        ),
      );
      for (const field of read.flat()) expect(field).not.toMatch(FORMULA);
    }),
  );
});

it('leaves numbers alone, and what is missing empty', () => {
  expect(
    csv([
      { a: -1.5, b: undefined },
      { a: 2, c: '-x' },
    ]),
  ).toBe("a,b,c\n-1.5,,\n2,,'-x\n");
});
