import { uniforms } from '../../lens/randomChoice.ts';
import { cosines } from '../../lens/similarity.ts';
import type { NeuronRow } from '../../pack/index.ts';
import type { BlockOverview, PictureSet } from '../data.ts';
import type { ChanceFit } from '../neuronTypes.ts';
import { type Nearness, picturesBorneOut } from './bornOut.ts';
import { type End, picturesAt, wordsAt } from './ends.ts';
import type { Place } from './lesson.ts';
import { drawBelow, shuffled } from './shuffled.ts';

/** What the game asks of an analysis; each call may fetch some kilobytes. */
export interface GameSource {
  readonly blocks: readonly number[];
  /** What random directions reach with {@link WORDS} words. */
  readonly chance: ChanceFit;
  readonly labels: PictureSet['labels'];
  readonly near: Nearness;
  overview(block: number): Promise<BlockOverview | undefined>;
  neuron(block: number, neuron: number): Promise<NeuronRow | undefined>;
  direction(block: number, neuron: number): Promise<Float32Array | undefined>;
}

/** One end of a neuron: its pictures, and its words that point that way. */
export interface Card extends Place {
  readonly end: End;
  /** Heaviest first. */
  readonly words: readonly string[];
  /** Strongest first. */
  readonly pictures: readonly number[];
  /** Of its whole description of {@link WORDS} words. */
  readonly r2: number;
  /** [D] from the middle towards this end. */
  readonly direction: Float32Array;
}

export interface Round {
  readonly cards: readonly Card[];
  /** Which of the cards is asked for. */
  readonly truth: number;
  /** Of its pictures, those that show something near its words. */
  readonly borneOut: readonly number[];
}

/** m of the descriptions that words are taken from. */
export const WORDS = 16;
export const CARDS = 4;
const SHOWN_WORDS = 6;
export const SHOWN_PICTURES = 8;

/** The bar: what an end of a neuron must have to be played. */
export const FAIR = {
  /** Share of the neuron's strongest effects that lies on its direction. */
  varianceShare: 0.5,
  /** Spreads of random directions by which R² is above theirs. */
  spreads: 3,
  /** Words that point to the end. */
  words: 3,
  /** Pictures that show something near one of its words; of the one that is asked for. */
  borneOut: 3,
  /** Of those pictures, how many may be near another card's words. */
  shared: 1,
} as const;

/** No two cards of a round have directions of a larger cosine: otherwise both would be right. */
export const MOST_ALIKE = 0.25;

/** Ends drawn before a round is given up: an analysis may have too few fair ones. */
const MOST_DRAWS = 1200;
/** Drawn together: most fail the bar, and each is a request. */
const HAND = 16;

interface Draw extends Place {
  readonly end: End;
}

/** The end that was drawn, if it passes the bar. */
export async function cardOf(source: GameSource, { block, neuron, end }: Draw): Promise<Card | undefined> {
  const share = (await source.overview(block))?.varianceShares[neuron] ?? 0;
  if (share < FAIR.varianceShare) return undefined;
  const row = await source.neuron(block, neuron);
  const r2 = row?.codes.get(WORDS)?.r2 ?? 0;
  if (!row || r2 < source.chance.mean + FAIR.spreads * source.chance.deviation) return undefined;
  const words = wordsAt(row, end, WORDS).slice(0, SHOWN_WORDS);
  const pictures = picturesAt(row, end, SHOWN_PICTURES);
  if (words.length < FAIR.words || pictures.length < SHOWN_PICTURES) return undefined;
  const direction = await source.direction(block, neuron);
  const sign = end === 'positive' ? 1 : -1;
  return direction && { block, neuron, end, words, pictures, r2, direction: direction.map((x) => sign * x) };
}

/** Whether two cards can stand in one round: far enough apart, and no word or picture on both. */
export function areApart(a: Card, b: Card): boolean {
  const shared = a.words.some((word) => b.words.includes(word));
  const both = a.pictures.some((picture) => b.pictures.includes(picture));
  return !shared && !both && cosines(a.direction, b.direction)[0]! <= MOST_ALIKE;
}

/**
 * The round that a seed and a number stand for, the same for everybody who has the link. Undefined when the analysis
 * has too few neurons that pass the bar.
 */
export async function makeRound(
  source: GameSource,
  seed: number,
  number: number,
): Promise<Round | undefined> {
  const random = uniforms(seed * 7919 + number);
  const near = (words: readonly string[], pictures: readonly number[]): number[] =>
    picturesBorneOut(words, pictures, source.labels, source.near);
  const others: Card[] = [];
  let asked: Card | undefined;
  for (let draws = 0; draws < MOST_DRAWS; draws += HAND) {
    for (const card of await drawHand(source, random)) {
      if (!asked && near(card.words, card.pictures).length >= FAIR.borneOut) asked = card;
      else if (others.length < MOST_OTHERS) others.push(card);
    }
    const cards = asked && roundOf(asked, others, near);
    if (!asked || !cards) continue;
    const mixed = shuffled(cards, random);
    return { cards: mixed, truth: mixed.indexOf(asked), borneOut: near(asked.words, asked.pictures) };
  }
  return undefined;
}

/** Cards kept to choose the other three from. */
const MOST_OTHERS = 64;

async function drawHand(source: GameSource, random: () => number): Promise<Card[]> {
  const draws: Draw[] = [];
  for (let i = 0; i < HAND; i++) {
    const block = source.blocks[drawBelow(random, source.blocks.length)]!;
    const neurons = (await source.overview(block))?.typicalNorm.length ?? 0;
    const neuron = drawBelow(random, neurons);
    draws.push({ block, neuron, end: random() < 0.5 ? 'positive' : 'negative' });
  }
  const cards = await Promise.all(draws.map((draw) => cardOf(source, draw)));
  return cards.filter((card) => card !== undefined);
}

/** The asked card with three others, or nothing while there are not three that are apart and cannot be taken for it. */
function roundOf(
  asked: Card,
  others: readonly Card[],
  near: (words: readonly string[], pictures: readonly number[]) => number[],
): Card[] | undefined {
  const cards = [asked];
  for (const other of others) {
    if (cards.length === CARDS) break;
    const mistakable =
      near(other.words, asked.pictures).length > FAIR.shared ||
      near(asked.words, other.pictures).length > FAIR.shared;
    if (!mistakable && cards.every((card) => areApart(card, other))) cards.push(other);
  }
  return cards.length === CARDS ? cards : undefined;
}
