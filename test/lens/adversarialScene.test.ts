import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adversarialScene, conceptsNamed } from '../../src/lens/adversarialScene.ts';
import { kinshipOf, type NamedConcept } from '../../src/lens/wordKinship.ts';

const json = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const keywords = new Map(
  (json('training/concepts.json') as { label: string; keywords: string[] }[]).map((c) => [
    c.label,
    c.keywords,
  ]),
);
const concepts: NamedConcept[] = (
  json('public/sets/pictograms/set.json').concepts as { label: string; subgroup: string }[]
).map(({ label, subgroup }) => ({ label, family: subgroup, synonyms: keywords.get(label) ?? [] }));
const words = readFileSync(new URL('../../public/sets/pictograms/words.txt', import.meta.url), 'utf8').split(
  '\n',
);

describe('pictures that are to be taken for an absent class', () => {
  it('never show the target, a synonym or a family member of it: all targets, all words, any seed', () => {
    for (const [target, { label, family }] of concepts.entries()) {
      const kin = kinshipOf(label, concepts);
      const depicted = concepts.findIndex((concept) => !kin.has(concept));
      const named = conceptsNamed(words, concepts, { kin, depicted, drawable: () => true });
      expect(named).not.toContain(target);
      expect(named).not.toContain(depicted);
      expect(named.filter((c) => concepts[c]!.family === family)).toEqual([]);
      const synonyms = new Set([label, ...(keywords.get(label) ?? [])]);
      const shown = named.flatMap((c) => [concepts[c]!.label, ...(concepts[c]!.synonyms ?? [])]);
      expect(shown.filter((name) => synonyms.has(name))).toEqual([]);
      const { others } = adversarialScene(depicted, named, 4, concepts, kin, target);
      expect(others).toHaveLength(4);
      expect(others.every((c) => named.includes(c))).toBe(true);
    }
  }, 120_000);

  it('are refused when they would', () => {
    const label = 'cat';
    const kin = kinshipOf(label, concepts);
    const of = (name: string) => concepts.findIndex((concept) => concept.label === name);
    const [ship, lion] = [concepts.findIndex((c) => !kin.has(c)), of('lion')];
    expect(() => adversarialScene(of('cat'), [], 4, concepts, kin, 1)).toThrow(/would show cat/);
    expect(() => adversarialScene(lion, [], 4, concepts, kin, 1)).toThrow(/"lion"/);
    expect(() => adversarialScene(ship, [lion], 4, concepts, kin, 1)).toThrow(/"lion"/);
  });

  it('choose different concepts, the same for a seed', () => {
    const kin = kinshipOf('nothing like it', concepts);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 6 }), (seed, count) => {
        const list = [1, 2, 3, 4, 5];
        const { others } = adversarialScene(0, list, count, concepts, kin, seed);
        expect(new Set(others).size).toBe(Math.min(count, list.length));
        expect(adversarialScene(0, list, count, concepts, kin, seed).others).toEqual(others);
      }),
    );
  });
});
