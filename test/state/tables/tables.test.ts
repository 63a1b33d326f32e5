import { describe, expect, it } from 'vitest';
import { loadedValue } from '../../../src/state/data.ts';
import { neuronPages } from '../../../src/state/neuronView.ts';
import { overviewOf } from '../../../src/state/numbers.ts';
import type { Sheet } from '../../../src/state/table.ts';
import { blockSheet } from '../../../src/state/tables/blockTables.ts';
import { comparedSheet, pairsSheet } from '../../../src/state/tables/compareTables.ts';
import {
  classesSheet,
  conceptsSheet,
  mapsSheet,
  nearestSheet,
} from '../../../src/state/tables/imageTables.ts';
import {
  headsSheet,
  histogramSheet,
  neighboursSheet,
  picturesSheet,
  wordsSheet,
} from '../../../src/state/tables/neuronTables.ts';
import { openedStore, summaryOf } from '../fakes.ts';

const NEURON = 1;

async function opened() {
  const store = await openedStore();
  await store.getState().ensureNeuron(0, NEURON);
  const page = neuronPages()(store.getState(), 0, NEURON);
  return { state: store.getState(), page, detail: loadedValue(page.detail)! };
}

/** One column of a sheet. */
const column = ({ columns, rows }: Sheet, name: string) => {
  expect(columns).toContain(name);
  return rows.map((row) => row[columns.indexOf(name)]);
};
const squared = (sheet: Sheet) => {
  for (const row of sheet.rows) expect(row).toHaveLength(sheet.columns.length);
};
/** Of one neuron in an array of rows of all. */
const own = <T extends { subarray(from: number, to: number): T }>(all: T, length: number): T =>
  all.subarray(NEURON * length, (NEURON + 1) * length);

describe('tables of a neuron hold the pack’s own numbers', () => {
  it('pictures at both ends, with their whole activations', async () => {
    const { page, detail } = await opened();
    const summary = summaryOf(0);
    const map = {
      gridSide: 1,
      activation: Float32Array.of(1),
      secondOrder: Float32Array.of(2, 0.5),
      clsTerm: -1,
    };
    const sheet = picturesSheet('n', detail, page.measures, (image) =>
      image === detail.positive[0]!.image ? map : undefined,
    );
    squared(sheet);
    const listed = [
      ...own(summary.detail.positiveImages, summary.listed),
      ...own(summary.detail.negativeImages, summary.listed),
    ].filter((image) => image >= 0);
    expect(column(sheet, 'image')).toEqual(listed);
    const values = column(sheet, 'activation');
    expect(values.slice(0, detail.positive.length)).toEqual(
      [...own(summary.detail.positiveActivations, summary.listed)].slice(0, detail.positive.length),
    );
    expect(sheet.facts).toMatchObject({ threshold: summary.overview.thresholds[NEURON], lookedAmong: 'all' });
    expect(column(sheet, 'secondOrderOfPatches')[0]).toBe(2.5);
  });

  it('every bin of the histogram, edge to edge', async () => {
    const { detail } = await opened();
    const { detail: all, bins } = summaryOf(0);
    const sheet = histogramSheet('n', detail, 1);
    squared(sheet);
    expect(column(sheet, 'images')).toEqual([...own(all.histogramCounts, bins)]);
    const [from, to] = own(all.histogramRange, 2);
    expect([column(sheet, 'from')[0], column(sheet, 'to').at(-1)]).toEqual([from, to]);
  });

  it('heads and neighbours', async () => {
    const { detail } = await opened();
    const { detail: all, laterHeads } = summaryOf(0);
    const heads = headsSheet('n', detail.headShares);
    expect(column(heads, 'share')).toEqual([...own(all.headShares, laterHeads.length)]);
    expect(heads.rows.map(([block, head]) => ({ block, head }))).toEqual(laterHeads);
    const near = neighboursSheet('n', detail);
    squared(near);
    expect(near.rows).toHaveLength(detail.neighbours.length + detail.opposites.length);
  });

  it('words with their weights and what is chance', () => {
    const code = { terms: [{ text: '-a', coefficient: -0.5 }], r2: 0.25, m: 4, atoms: 'unit-atoms' } as const;
    const sheet = wordsSheet('n', code, { mean: 0.1, deviation: 0.01 }, 'set');
    expect(sheet.rows).toEqual([[1, '-a', -0.5]]);
    expect(sheet.facts).toMatchObject({ r2: 0.25, r2OfChance: 0.1, mostWords: 4, wordList: 'set' });
  });
});

it('the table of a block has every neuron in the list’s order with all measures', async () => {
  const { state } = await opened();
  const overview = overviewOf(state, 0)!;
  const order = [...overview.typicalNorm.keys()].reverse();
  const scores = overview.typicalNorm.map((value) => -value);
  const sheet = blockSheet('b', { overview, order, search: { query: 'q', scores } });
  squared(sheet);
  expect(column(sheet, 'neuron')).toEqual(order);
  expect(column(sheet, 'typicalNorm')).toEqual(order.map((n) => summaryOf(0).overview.typicalNorm[n]));
  expect(column(sheet, 'match')).toEqual(order.map((n) => scores[n]));
  for (const image of column(sheet, 'image4')) expect(image === undefined || Number(image) >= 0).toBe(true);
  expect(sheet.facts).toEqual({ query: 'q' });
});

describe('tables of a picture', () => {
  const score = { name: 'a cat', before: 20, after: 18, shareBefore: 0.9, shareAfter: 0.4 };

  it('have an after only when something is off, and say what', () => {
    expect(classesSheet('p', [score], []).columns).toEqual(['class', 'score', 'share']);
    const without = classesSheet('p', [score], ['neuron 1']);
    expect(without.rows).toEqual([['a cat', 20, 0.9, 18, 0.4]]);
    expect(without.facts).toEqual({ switchedOff: 'neuron 1' });
  });

  it('list votes, nearest pictures and patches', () => {
    const votes = [{ block: 0, neuron: 3, part: 0.5 }];
    const concepts = conceptsSheet('p', [{ name: 'cat', before: 1, after: 1, votes }], []);
    expect(concepts.rows).toEqual([['cat', 1, 0, 3, 0.5]]);
    const near = nearestSheet('p', [{ image: 4, cosine: 0.5 }], [{ image: 5, cosine: 0.25 }], String, ['x']);
    expect(near.rows).toEqual([
      ['as it is', 1, 4, 0.5, '4'],
      ['without what is off', 1, 5, 0.25, '5'],
    ]);
    const map = { map: Float32Array.of(0, 0.25, 0.5, 1), flat: false, chosen: [] };
    const maps = mapsSheet('p', { text: 'cat', maps: new Map([['attention', map]]) }, 0.5);
    expect(maps.columns).toEqual(['row', 'column', 'attention']);
    expect(maps.rows[2]).toEqual([1, 0, 0.5]);
  });
});

it('the table of compared neurons has a row a pair, what is not known yet left open', () => {
  const pair = { a: { block: 0, neuron: 1 }, b: { block: 2, neuron: 3 }, of: 20, byChance: 0.2 };
  const known = { ...pair, cosine: 0.5, words: [{ text: 'cat', agrees: false }], pictures: [7, 9] };
  const open = { ...pair, cosine: undefined, words: undefined, pictures: undefined };
  const sheet = pairsSheet([known, open] as Parameters<typeof pairsSheet>[0], 0.09);
  squared(sheet);
  expect(column(sheet, 'words')).toEqual(['cat (opposite signs)', undefined]);
  expect(column(sheet, 'pictures')).toEqual([2, undefined]);
  expect(column(sheet, 'images')).toEqual(['7 9', undefined]);
});

it('the table of neurons side by side has a row a neuron, numbers unrounded, what is not known yet left open', () => {
  const known = {
    block: 0,
    neuron: 3,
    measures: { typicalNorm: 1 / 3 } as Parameters<typeof comparedSheet>[0][number]['measures'],
    detail: {
      positive: [
        { image: 7, value: 2 },
        { image: 9, value: 1 },
      ],
      negative: [],
    },
    code: { terms: [{ text: 'cat', coefficient: -1 / 3 }], r2: 0.25, m: 32, atoms: 'as-released' },
    chance: undefined,
  } as unknown as Parameters<typeof comparedSheet>[0][number];
  const open = { ...known, neuron: 4, measures: undefined, detail: undefined, code: undefined };
  const sheet = comparedSheet([known, open]);
  squared(sheet);
  expect(column(sheet, 'typicalNorm')).toEqual([1 / 3, undefined]);
  expect(column(sheet, 'words')).toEqual([`cat ${-1 / 3}`, undefined]);
  expect(column(sheet, 'positiveImages')).toEqual(['7 9', undefined]);
  expect(column(sheet, 'negativeImages')).toEqual(['', undefined]);
});
