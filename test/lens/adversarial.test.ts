import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adversarialWords,
  classDirection,
  type DescribedBlock,
  randomWords,
  similarWords,
} from '../../src/lens/adversarialWords.ts';
import { kinshipOf, type NamedConcept } from '../../src/lens/wordKinship.ts';

const code = (...pairs: [number, number][]) => ({
  texts: Int32Array.from(pairs, ([text]) => text),
  coefficients: Float32Array.from(pairs, ([, gamma]) => gamma),
});

describe('adversarial words', () => {
  const direction = classDirection([2, 0], [0, 5]);
  const blocks: DescribedBlock[] = [
    { block: 1, directions: [1, 0, 0, 1], codes: [code([0, 0.5], [1, 0.25]), code([1, -0.5], [2, 1])] },
    { block: 2, directions: [0.1, 0, 0.8, 0.6], codes: [code([3, 9]), undefined] },
  ];
  const options = { neurons: 2, words: 2, form: 'corrected' as const };

  it('point from the depicted to the target class, whatever the lengths of the texts', () => {
    expect(Array.from(direction)).toEqual([1, -1]);
    expect(() => classDirection([1, 1], [2, 2])).toThrow(/must differ/);
  });

  it('are summed over the neurons that lie along the direction, either way', () => {
    const { neurons, words } = adversarialWords(blocks, direction, options);
    expect(neurons.map(({ block, neuron, score }) => [block, neuron, score])).toEqual([
      [1, 0, 1],
      [1, 1, -1],
    ]);
    expect(words).toEqual([
      {
        text: 1,
        score: 0.75,
        votes: [
          { block: 1, neuron: 1, part: 0.5 },
          { block: 1, neuron: 0, part: 0.25 },
        ],
      },
      { text: 0, score: 0.5, votes: [{ block: 1, neuron: 0, part: 0.5 }] },
    ]);
  });

  it('as released, count by their strongest vote, and pairs take the places', () => {
    const { words } = adversarialWords(blocks, direction, { ...options, words: 3, form: 'as-released' });
    expect(words.map(({ text, score }) => [text, score])).toEqual([
      [0, 0.5],
      [1, 0.5],
    ]);
  });

  it('leave out what must not be named, before places are given', () => {
    const { words } = adversarialWords(blocks, direction, { ...options, keep: (text) => text !== 1 });
    expect(words.map(({ text }) => text)).toEqual([0, 2]);
  });

  it('may be the words themselves: similar, or at random', () => {
    const pool = [1, 0, 0, 1, 1, 1, -1, 0];
    expect(Array.from(similarWords(pool, [1, 0], 2))).toEqual([0, 2]);
    expect(Array.from(similarWords(pool, [1, 0], 9, (text) => text !== 0))).toEqual([2, 1, 3]);
    const drawn = randomWords(100, 10, 3, (text) => text % 2 === 0);
    expect(new Set(drawn).size).toBe(10);
    expect(drawn.every((text) => text % 2 === 0)).toBe(true);
    expect(randomWords(100, 10, 3, (text) => text % 2 === 0)).toEqual(drawn);
    expect(randomWords(4, 10, 3)).toHaveLength(4);
  });
});

describe('kin of a target', () => {
  const concepts: NamedConcept[] = [
    { label: 'cat', synonyms: ['kitty', 'tomcat'], family: 'felines' },
    { label: 'lion', synonyms: ['king of beasts'], family: 'felines' },
    { label: 'cat face', synonyms: ['whiskers'], family: 'faces' },
    { label: 'dog face', family: 'faces' },
    { label: 'dog', synonyms: ['puppy'], family: 'canines' },
    { label: 'fire truck', synonyms: ['engine'], family: 'vehicles' },
    { label: 'caterpillar', family: 'insects' },
  ];
  const cat = kinshipOf('Cat', concepts);

  it('are its synonyms, its family, and what is named after it, with all their words', () => {
    const kin = concepts.filter(cat.has).map(({ label }) => label);
    expect(kin).toEqual(['cat', 'lion', 'cat face']);
    for (const text of [
      'cats',
      'a CAT.',
      'kitties',
      'the king of beasts',
      'lions',
      'whiskers',
      'cat-face',
      'Tom cat',
    ]) {
      expect([text, cat.names(text)]).toEqual([text, true]);
    }
  });

  it('are not words that merely hold its letters, nor the family of what is named after it', () => {
    for (const text of ['caterpillar', 'scatter', 'dog face', 'category', 'beasts', 'king', '']) {
      expect([text, cat.names(text)]).toEqual([text, false]);
    }
  });

  it('are found in singular and plural, apart and together', () => {
    const pairs = [
      ['horse', 'horses'],
      ['bus', 'buses'],
      ['fox', 'foxes'],
      ['church', 'churches'],
      ['puppy', 'puppies'],
      ['cookie', 'cookies'],
      ['wolf', 'wolves'],
      ['knife', 'knives'],
      ['potato', 'potatoes'],
      ['shoe', 'shoes'],
      ['glass', 'glasses'],
      ['mouse', 'mice'],
      ['snowman', 'snowmen'],
      ['tree', 'trees'],
      ['fire truck', 'firetrucks'],
    ] as const;
    for (const [one, many] of pairs) {
      expect([many, kinshipOf(one, []).names(many)]).toEqual([many, true]);
      expect([one, kinshipOf(many, []).names(one)]).toEqual([one, true]);
    }
  });

  it('of a target that is no concept are what its word names', () => {
    expect(concepts.filter(kinshipOf('face', concepts).has).map(({ label }) => label)).toEqual([
      'cat face',
      'dog face',
    ]);
    expect(() => kinshipOf('!', concepts)).toThrow(/needs a name/);
  });

  const word = fc.constantFrom('cat', 'Dog', 'dogs', 'lion', 'fire', 'truck', 'face', 'kitty', 'tree', 'bus');
  const text = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
  const concept: fc.Arbitrary<NamedConcept> = fc.record(
    { label: text, synonyms: fc.array(text, { maxLength: 3 }), family: fc.constantFrom('a', 'b', 'c') },
    { requiredKeys: ['label'] },
  );

  it('nothing that is left names the target, its synonyms, its family or their words', () => {
    fc.assert(
      fc.property(fc.array(concept, { minLength: 1, maxLength: 8 }), fc.nat(), (all, pick) => {
        const target = all[pick % all.length]!;
        const kin = kinshipOf(target.label, all);
        const forbidden = [
          target,
          ...all.filter(({ family }) => family !== undefined && family === target.family),
        ].flatMap(({ label, synonyms = [] }) => [label, ...synonyms]);
        for (const left of all.filter((c) => !kin.has(c))) {
          expect(left.family === undefined || left.family !== target.family).toBe(true);
          for (const name of [left.label, ...(left.synonyms ?? [])]) {
            expect(kin.names(name)).toBe(false);
            for (const taboo of forbidden) {
              expect(` ${name.toLowerCase()} `).not.toContain(` ${taboo.toLowerCase()} `);
            }
          }
        }
        for (const taboo of forbidden) expect(kin.names(`a picture of ${taboo}, outdoors`)).toBe(true);
      }),
    );
  });
});
