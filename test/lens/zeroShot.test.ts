import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomChoice } from '../../src/lens/randomChoice.ts';
import { accuracyOf, addTallies, EMPTY_TALLY } from '../../src/lens/tally.ts';
import { textContrast } from '../../src/lens/textContrast.ts';
import { meanRow, norm } from '../../src/lens/vectors.ts';
import {
  classEmbeddings,
  classScores,
  classTexts,
  predictedClass,
  probabilities,
  topClasses,
  zeroShotTally,
} from '../../src/lens/zeroShot.ts';

describe('classes', () => {
  it('puts every name into every template, class by class', () => {
    expect(classTexts(['cat', 'dog'], ['a {}.', 'a {} and a {}'])).toEqual([
      'a cat.',
      'a cat and a cat',
      'a dog.',
      'a dog and a dog',
    ]);
    expect(() => classTexts(['cat'], ['a photo'])).toThrow(/has no {}/);
    expect(() => classTexts([], ['{}'])).toThrow(/at least one class/);
  });

  it('is the mean of unit texts, at length 1: a long text counts no more than a short one', () => {
    const { vectors, count } = classEmbeddings([9, 0, 0, 1, /* second class */ 1, 1, -2, -2], 2, 2);
    expect(count).toBe(2);
    expect(vectors[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(vectors[1]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(norm(vectors, 2, 2)).toBeCloseTo(0, 6); // opposite templates leave no direction, and no NaN
    expect(() => classEmbeddings([1, 0, 1], 2, 1)).toThrow(/not 1 texts of 2 numbers/);
  });
});

describe('classification', () => {
  const classes = classEmbeddings([1, 0, 0, 1, -1, 0], 2, 1);

  it('scores, ranks and shares out', () => {
    const scores = classScores([3, 4], classes);
    expect(Array.from(scores)).toEqual([3, 4, -3]);
    expect(Array.from(topClasses(scores, 2))).toEqual([1, 0]);
    expect(Array.from(topClasses(scores, 9))).toEqual([1, 0, 2]);
    const [a, b] = probabilities([0, Math.log(3)]);
    expect(a).toBeCloseTo(0.25, 12);
    expect(b).toBeCloseTo(0.75, 12);
    expect(probabilities([1000, 0])[0]).toBe(1);
    expect(() => probabilities([1], 0)).toThrow(/positive/);
    expect(() => classScores([1, 2, 3], classes)).toThrow(/another model/);
  });

  it('sets a text apart from the mean of those it stands among', () => {
    const mean = meanRow(classes.vectors, 3, 2);
    const [x, y] = textContrast([0, 7], mean);
    expect(x).toBeCloseTo(0, 9);
    expect(y).toBeCloseTo(2 / 3, 6);
    expect(() => textContrast([1, 0], [1, 0])).toThrow(/no more than all texts/);
    expect(() => textContrast([0, 0], mean)).toThrow(/no more than all texts/);
  });

  it('breaks ties towards the first class and leaves out what has no label', () => {
    expect(predictedClass([2, 2])).toBe(0);
    const representations = [1, 0, 0, 1, 0, 2];
    expect(zeroShotTally(representations, [0, 0, -1], classes)).toEqual({ correct: 1, total: 2 });
    expect(zeroShotTally(representations, [0, 0, -1], classes, 2)).toEqual({ correct: 2, total: 2 });
  });

  it('probabilities sum to 1 and keep the order of the scores', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (scores, temperature) => {
          const shares = probabilities(scores, temperature);
          expect(shares.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
          for (let i = 1; i < scores.length; i++) {
            if (scores[i]! > scores[i - 1]!) expect(shares[i]).toBeGreaterThanOrEqual(shares[i - 1]!);
          }
        },
      ),
    );
  });
});

describe('tallies', () => {
  const tally = fc
    .tuple(fc.nat(50), fc.nat(50))
    .map(([correct, wrong]) => ({ correct, total: correct + wrong }));

  it('add up however the set is cut', () => {
    fc.assert(
      fc.property(tally, tally, tally, (a, b, c) => {
        expect(addTallies(addTallies(a, b), c)).toEqual(addTallies(a, addTallies(b, c)));
        expect(addTallies(a, EMPTY_TALLY)).toEqual(a);
      }),
    );
  });

  it('become a percentage with its standard error', () => {
    expect(accuracyOf({ correct: 25, total: 100 })).toMatchObject({ percent: 25 });
    expect(accuracyOf({ correct: 25, total: 100 }).standardError).toBeCloseTo(4.33, 2);
    expect(() => accuracyOf(EMPTY_TALLY)).toThrow(/at least one labelled/);
  });
});

describe('random choices', () => {
  it('are different numbers in range, the same for a seed', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(), (count, more, seed) => {
        const chosen = randomChoice(count, count + more, seed);
        expect(new Set(chosen).size).toBe(count);
        expect(chosen.every((i) => i < count + more)).toBe(true);
        expect(randomChoice(count, count + more, seed)).toEqual(chosen);
      }),
    );
    expect(() => randomChoice(3, 2, 0)).toThrow(/Cannot choose 3 of 2/);
  });

  it('take every number alike often', () => {
    const counts = new Array<number>(6).fill(0);
    for (let seed = 0; seed < 3000; seed++) for (const i of randomChoice(2, 6, seed)) counts[i]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
