import { beforeAll, describe, expect, it } from 'vitest';
import { cosines } from '../../../src/lens/similarity.ts';
import { NEAR, nearnessOf, picturesBorneOut } from '../../../src/state/learn/bornOut.ts';
import { wordsAt } from '../../../src/state/learn/ends.ts';
import {
  CARDS,
  FAIR,
  type GameSource,
  MOST_ALIKE,
  makeRound,
  type Round,
  SHOWN_PICTURES,
  WORDS,
} from '../../../src/state/learn/game.ts';
import { readGame } from '../../../src/state/learn/gameMode.ts';
import { shippedPack, shippedPictures } from './shipped.ts';

let source: GameSource;
let rounds: Round[];
const ROUNDS = 12;

beforeAll(async () => {
  const pack = await shippedPack();
  const lengths = pack.manifest.codes!.lengths;
  source = {
    blocks: pack.manifest.blocks.map(({ block }) => block),
    chance: lengths.find(({ terms }) => terms === WORDS)!.chance,
    labels: shippedPictures().labels,
    near: nearnessOf((await pack.texts())!),
    overview: pack.overview,
    neuron: pack.neuron,
    direction: pack.direction,
  };
  rounds = await Promise.all(
    Array.from({ length: ROUNDS }, async (_, number) => (await makeRound(source, 17, number))!),
  );
}, 120_000);

describe('a round of the game, drawn from the shipped analysis', () => {
  it('is the same for the same seed, and another for another', async () => {
    const names = ({ cards, truth }: Round) =>
      `${truth} ${cards.map(({ block, neuron, end }) => `${block}.${neuron} ${end}`).join(' ')}`;
    expect(names((await makeRound(source, 17, 3))!)).toBe(names(rounds[3]!));
    expect(new Set(rounds.map(names)).size).toBe(ROUNDS);
    expect(names((await makeRound(source, 18, 3))!)).not.toBe(names(rounds[3]!));
  });

  it('has four cards of real words and pictures', async () => {
    for (const { cards } of rounds) {
      expect(cards).toHaveLength(CARDS);
      for (const { block, neuron, end, words, pictures } of cards) {
        const row = await source.neuron(block, neuron);
        const listed = end === 'positive' ? row!.positiveImages : row!.negativeImages;
        expect(pictures).toEqual([...listed.slice(0, SHOWN_PICTURES)]);
        expect(words).toEqual(wordsAt(row!, end, WORDS).slice(0, words.length));
      }
    }
  });

  it('has distractors whose directions lie far apart from the truth and from each other', () => {
    for (const { cards } of rounds) {
      for (const [i, a] of cards.entries()) {
        for (const b of cards.slice(i + 1)) {
          expect(cosines(a.direction, b.direction)[0]).toBeLessThanOrEqual(MOST_ALIKE);
          expect(a.words.filter((word) => b.words.includes(word))).toEqual([]);
          expect(a.pictures.filter((picture) => b.pictures.includes(picture))).toEqual([]);
        }
      }
    }
  });

  it('asks for an end above the bar only, which no other card could be taken for', async () => {
    for (const { cards, truth, borneOut } of rounds) {
      const asked = cards[truth]!;
      const bar = source.chance.mean + FAIR.spreads * source.chance.deviation;
      for (const { r2, block, neuron } of cards) {
        expect(r2).toBeGreaterThanOrEqual(bar);
        const shares = (await source.overview(block))!.varianceShares;
        expect(shares[neuron]).toBeGreaterThanOrEqual(FAIR.varianceShare);
      }
      expect(borneOut.length).toBeGreaterThanOrEqual(FAIR.borneOut);
      for (const other of cards) {
        if (other === asked) continue;
        const mistaken = picturesBorneOut(other.words, asked.pictures, source.labels, source.near);
        expect(mistaken.length).toBeLessThanOrEqual(FAIR.shared);
      }
    }
  });

  it('puts the truth in any place', () => {
    expect(new Set(rounds.map(({ truth }) => truth)).size).toBeGreaterThan(2);
  });

  it('is not made of an analysis without fair neurons', async () => {
    const dull = { ...source, chance: { mean: 0.99, deviation: 0.01 } };
    expect(await makeRound({ ...dull, neuron: async () => undefined }, 1, 0)).toBeUndefined();
  });
});

describe('nearness of words', () => {
  it('is of meaning: kin are near, strangers are not, the unknown is nothing', () => {
    expect(source.near('soft serve', 'ice cream cone')).toBeGreaterThan(NEAR);
    expect(source.near('dog', 'dog face')).toBeGreaterThan(NEAR);
    expect(source.near('dog', 'ocean wave')).toBeLessThan(NEAR);
    expect(source.near('dog', 'no such text')).toBe(0);
    expect(source.near('dog', 'dog')).toBeCloseTo(1);
  });
});

describe('a game in an address', () => {
  it('is a mode and a seed, and nothing else', () => {
    expect(readGame('words.17')).toEqual({ mode: 'words', seed: 17 });
    expect(readGame('pictures.0')).toEqual({ mode: 'pictures', seed: 0 });
    for (const text of ['', 'words', 'words.', 'chess.1', 'words.-1', 'words.1e9']) {
      expect(readGame(text)).toBeUndefined();
    }
  });
});
