import type { Pair } from '../comparison.ts';
import type { Sheet } from '../table.ts';

/** What each two of the compared neurons have in common, a row a pair. */
export const pairsSheet = (pairs: readonly Pair[], cosineByChance: number): Sheet => ({
  name: 'compared neurons',
  columns: [
    'blockA',
    'neuronA',
    'blockB',
    'neuronB',
    'cosine',
    'words',
    'pictures',
    'picturesOf',
    'picturesByChance',
    'images',
  ],
  rows: pairs.map(({ a, b, cosine, words, pictures, of, byChance }) => [
    a.block,
    a.neuron,
    b.block,
    b.neuron,
    cosine,
    words?.map(({ text, agrees }) => (agrees ? text : `${text} (opposite signs)`)).join('; '),
    pictures?.length,
    of,
    byChance,
    pictures?.join(' '),
  ]),
  facts: { cosineByChance },
});
