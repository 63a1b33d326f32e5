import { beforeAll, describe, expect, it } from 'vitest';
import { CAST } from '../../../src/state/learn/cast.ts';
import { LESSON_LIST } from '../../../src/state/learn/catalogue.ts';
import { kindsAt, picturesAt } from '../../../src/state/learn/ends.ts';
import { borneOut, type Casting, misleading, mixed, narrow, strong, wide, worded } from './casting.ts';
import { SAMPLED, shippedBlocks, shippedPack, shippedPictures } from './shipped.ts';

let casting: Casting;
beforeAll(async () => {
  const texts = (await (await shippedPack()).texts())!;
  casting = { blocks: await shippedBlocks(), pictures: shippedPictures(), texts };
}, 120_000);

describe('the neurons that lessons send people to', () => {
  it('are those that the rules choose of the shipped analysis', () => {
    expect(CAST).toEqual({
      strong: strong(casting),
      narrow: narrow(casting),
      wide: wide(casting),
      worded: worded(casting),
      misleading: misleading(casting),
      mixed: mixed(casting),
    });
  });

  it('lend their first pictures to the cards of the lessons', () => {
    const first = ({ block, neuron }: { block: number; neuron: number }) =>
      picturesAt(casting.blocks[block]!.rows.get(neuron)!, 'positive', 4);
    const [secondOrder, oneDirection, words, polysemous] = LESSON_LIST.map(({ pictures }) => [...pictures]);
    expect(secondOrder).toEqual(first(CAST.strong));
    expect(oneDirection).toEqual(first(CAST.narrow));
    expect(words).toEqual(first(CAST.worded));
    expect(polysemous).toEqual(first(CAST.mixed));
  });
});

const sampled = (rows: ReadonlyMap<number, unknown>): number[] =>
  [...rows.keys()].filter((neuron) => neuron % SAMPLED === 0);

/** What lessons say of the whole analysis in words. */
describe('what is said of all neurons', () => {
  it('“most of this block do less than a fifth of it”', () => {
    const { typicalNorm } = casting.blocks[CAST.strong.block]!.overview;
    const fifth = typicalNorm[CAST.strong.neuron]! / 5;
    const below = typicalNorm.filter((size) => size < fifth).length;
    expect(below / typicalNorm.length).toBeGreaterThan(0.5);
  });

  it('“two or three ends in a hundred have three of eight pictures that show something near their words”', () => {
    let [ends, good] = [0, 0];
    for (const { block, rows } of casting.blocks) {
      for (const neuron of sampled(rows)) {
        for (const end of ['positive', 'negative'] as const) {
          ends++;
          if (borneOut(casting, { block, neuron }, end) >= 3) good++;
        }
      }
    }
    // 2.5 in a hundred of all 7,680; of the sample it may be a few more or less.
    expect(good / ends).toBeGreaterThan(0.01);
    expect(good / ends).toBeLessThan(0.04);
  });

  it('“rather more than one neuron in five has two kinds of things at one of its ends”', () => {
    const rows = casting.blocks.flatMap(({ rows }) => sampled(rows).map((neuron) => rows.get(neuron)!));
    const good = rows.filter((row) =>
      (['positive', 'negative'] as const).some((end) => kindsAt(row, end, casting.pictures).length >= 2),
    );
    expect(rows.length / good.length).toBeGreaterThan(4);
    expect(rows.length / good.length).toBeLessThan(5);
  });
});
