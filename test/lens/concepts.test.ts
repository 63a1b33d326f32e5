import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BlockOnConcepts, discoverConcepts } from '../../src/lens/conceptDiscovery.ts';
import { prepareAtoms, sparseCode } from '../../src/lens/sparseCode.ts';
import { dot } from '../../src/lens/vectors.ts';
import { votedWords } from '../../src/lens/wordVotes.ts';
import { describeWithShared } from '../support/shared.ts';
import { reference } from './reference.ts';
import { expectedFigures, type ReferenceSet, referenceAnalysis, referenceSet } from './referenceSet.ts';

const code = (...pairs: [number, number][]) => ({
  texts: Int32Array.from(pairs, ([text]) => text),
  coefficients: Float32Array.from(pairs, ([, gamma]) => gamma),
});

describe('votes', () => {
  const voters = [
    { block: 1, neuron: 4, weight: 2, code: code([7, 0.5], [3, -1]) },
    { block: 2, neuron: 0, weight: -1, code: code([3, -4], [9, 1]) },
  ];

  it('add up by word, with the strongest voices first', () => {
    expect(votedWords(voters)).toEqual([
      {
        text: 3,
        score: 2,
        votes: [
          { block: 2, neuron: 0, part: 4 },
          { block: 1, neuron: 4, part: -2 },
        ],
      },
      { text: 7, score: 1, votes: [{ block: 1, neuron: 4, part: 1 }] },
      { text: 9, score: -1, votes: [{ block: 2, neuron: 0, part: -1 }] },
    ]);
    expect(votedWords(voters, (text) => text !== 3).map(({ text }) => text)).toEqual([7, 9]);
    expect(votedWords([])).toEqual([]);
  });

  it('do not depend on who speaks first, and scores are the sums of their parts', () => {
    const gamma = fc.integer({ min: -8, max: 8 }).map((x) => x / 4); // exact in float32, so sums are too
    const voter = fc.record({
      block: fc.constant(0),
      neuron: fc.nat(1000),
      weight: gamma,
      code: fc
        .uniqueArray(fc.tuple(fc.nat(6), gamma), { selector: ([text]) => text })
        .map((pairs) => code(...pairs)),
    });
    fc.assert(
      fc.property(fc.uniqueArray(voter, { selector: ({ neuron }) => neuron }), (list) => {
        const words = votedWords(list);
        const scores = (all: typeof words) => all.map(({ text, score }) => [text, score]);
        expect(scores(votedWords(list.toReversed()))).toEqual(scores(words));
        words.forEach(({ score, votes }, i) => {
          expect(score).toBe(votes.reduce((sum, { part }) => sum + part, 0));
          expect(score).toBeLessThanOrEqual(words[i - 1]?.score ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });
});

describe('concept discovery', () => {
  const block: BlockOnConcepts = {
    block: 2,
    norms: [5, 3, 2, 9],
    thresholds: [4, 3, 1, 1],
    activations: [-4, 3, 1.5, 8],
    codes: [code([0, 1], [1, -0.5]), code([2, 9]), code([1, 1]), undefined],
  };

  it('hears the neurons above their thresholds, and lists those without a description', () => {
    const { neurons } = discoverConcepts([block], 5, 'corrected');
    expect(neurons.map(({ neuron }) => neuron)).toEqual([0, 2, 3]);
  });

  it('takes the side of the line the image is on; the released code does not', () => {
    const words = (form: 'corrected' | 'as-released') =>
      discoverConcepts([block], 5, form).words.map(({ text, score }) => [text, score]);
    expect(words('as-released')).toEqual([
      [0, 5],
      [1, -0.5],
    ]);
    expect(words('corrected')).toEqual([
      [1, 3.5],
      [0, -4],
    ]);
    expect(discoverConcepts([block], 1, 'corrected').words).toHaveLength(1);
  });

  it('of several blocks is what they say together', () => {
    const other = { ...block, block: 4, codes: [code([1, 10]), undefined, undefined, undefined] };
    const [first] = discoverConcepts([block, other], 9, 'as-released').words;
    expect(first).toMatchObject({ text: 1, score: 49.5 });
    expect(first!.votes[0]).toEqual({ block: 4, neuron: 0, part: 50 });
  });

  it('does not care which way round a direction was written down, in the corrected form', () => {
    const turned = {
      ...block,
      activations: [4, 3, 1.5, 8],
      codes: [code([0, -1], [1, 0.5]), ...block.codes.slice(1)],
    };
    const words = (b: BlockOnConcepts) => discoverConcepts([b], 9, 'corrected').words;
    expect(words(turned)).toEqual(words(block));
  });
});

describeWithShared('concepts of reference/small as the released code finds them', () => {
  let set: ReferenceSet;
  beforeAll(async () => {
    set = await referenceSet();
  }, 60_000);

  it('the same neurons, the same words in the same order', { timeout: 60_000 }, () => {
    const analysis = referenceAnalysis(set, 1);
    const { neurons, dim } = analysis;
    const atoms = prepareAtoms(reference('text_pool'), dim, 'as-released');
    const released = reference('layer1_pc');
    const codes = Array.from({ length: neurons }, (_, n) => {
      // Directions with exactly half of the top set on each side have no sign of their own: take the released one.
      const sign = dot(analysis.directions, released, dim, n * dim, n * dim) < 0 ? -1 : 1;
      const direction = analysis.directions.slice(n * dim, (n + 1) * dim).map((x) => sign * x);
      return sparseCode(direction, atoms, { terms: 16, atoms: 'as-released' });
    });
    const expected = expectedFigures().concept_discovery_layer1_omp16;
    for (const [image, truth] of Object.entries(expected)) {
      const row = (values: Float32Array) =>
        values.subarray(Number(image) * neurons, (Number(image) + 1) * neurons);
      const found = discoverConcepts(
        [
          {
            block: 1,
            norms: row(analysis.norms),
            thresholds: analysis.thresholds,
            activations: row(analysis.activations),
            codes,
          },
        ],
        10,
        'as-released',
      );
      expect(found.neurons.map(({ neuron }) => neuron)).toEqual(truth.neurons);
      expect(found.words.map(({ text }) => text)).toEqual(truth.scores.map(([text]) => text));
      found.words.forEach(({ score }, i) => {
        expect(score).toBeCloseTo(truth.scores[i]![1], 6);
      });
    }
  });
});
