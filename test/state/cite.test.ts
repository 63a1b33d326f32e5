import { describe, expect, it } from 'vitest';
import { citations, escapeBibtex } from '../../src/state/cite.ts';
import { provenanceOf } from '../../src/state/provenance.ts';
import { madeUpParts, openedStore } from './fakes.ts';

const BASE = 'https://example.test/lens/';
const DATE = new Date('2026-11-21T12:00:00Z');

async function cited(title = 'Neuron 1 of block 0', over: object = {}, modelName = 'pictogram-clip') {
  const store = await openedStore();
  const provenance = { ...provenanceOf(store.getState(), BASE, DATE), ...over };
  return Object.fromEntries(
    citations({ modelName, title, provenance }).map(({ of, bibtex }) => [of, bibtex]),
  );
}

/** Braces as BibTeX counts them: a backslash before one changes nothing. */
function depths(bibtex: string): number[] {
  let depth = 0;
  return [...bibtex].map((character) => {
    if (character === '{') depth++;
    if (character === '}') depth--;
    return depth;
  });
}

describe('the citation of a view', () => {
  it('names method, hashes, form, program and day', async () => {
    const { paper, view, software } = await cited();
    expect(paper).toContain('2406.04341');
    expect(view).toContain('\\url{https://example.test/lens/#/pictogram-clip/pictograms/0}');
    expect(view).toContain(`model SHA-256 ${madeUpParts().model.hash}`);
    expect(view).toContain(`image set SHA-256 ${madeUpParts().set.hash}`);
    expect(view).toContain('corrected form');
    expect(view).toContain('accessed 2026-11-21');
    expect(software).toContain('version = {0.1.0}');
  });

  it('cites a model as its makers ask, and others by their files', async () => {
    const known = await cited(undefined, {}, 'openai-vit-b-32');
    expect(known.model).toContain('Learning Transferable Visual Models');
    const other = await cited(undefined, { model: { name: 'Mine', hash: undefined } }, 'mine');
    expect(other.model).toMatch(/^@misc\{mine-weights,\n {2}title = \{Mine\}/);
    expect(other.view).toContain('model without a known hash');
  });

  it.each([
    'a } , author = {Mallory}, note = {',
    '}}}}',
    '{{{{ \\input{/etc/passwd} $x^2$ 100% #1 a_b ~ & \\',
    'two\nlines\u0000and\ttabs',
    '@comment{x}',
  ])('stays one whole entry whatever the names hold: %j', async (name) => {
    const hostile = await cited(name, {
      model: { name, hash: 'aa' },
      images: { name, hash: 'bb', count: 1 },
      permalink: `https://example.test/#/a?q=${name}`,
    });
    for (const bibtex of [hostile.view!, hostile.model!]) {
      const at = depths(bibtex);
      expect(at.indexOf(0, bibtex.indexOf('{'))).toBe(bibtex.length - 1);
      expect(Math.min(...at)).toBe(0);
      const fields = bibtex.split('\n').slice(1, -1);
      for (const line of fields) expect(line).toMatch(/^ {2}[a-z]+ = \{.*\},?$/i);
      expect(bibtex).not.toMatch(/\\input/);
    }
  });
});

it('escapes what TeX would run or BibTeX count', () => {
  expect(escapeBibtex('50% of $5 & #1_a {b} ~^\\')).toBe(
    '50\\% of \\$5 \\& \\#1\\_a \\textbraceleft{}b\\textbraceright{} \\textasciitilde{}\\textasciicircum{}\\textbackslash{}',
  );
});
