import type { BlockWords } from '../blockWordsSlice.ts';
import type { BlockOverview } from '../data.ts';
import type { Sheet } from '../table.ts';

interface Shown {
  readonly overview: BlockOverview;
  /** Neurons in the order of the list. */
  readonly order: ArrayLike<number>;
  /** Names of directions made elsewhere. */
  readonly names?: readonly string[] | undefined;
  /** Of the search that runs, with its words. */
  readonly search?: { readonly query: string; readonly scores: Float32Array } | undefined;
  readonly words?: BlockWords | undefined;
}

/** Every neuron of a block with all its measures, a row each. */
export function blockSheet(of: string, { overview, order, names, search, words }: Shown): Sheet {
  const optional = [
    ...(names ? [['name', (n: number) => names[n]] as const] : []),
    ...(search ? [['match', (n: number) => search.scores[n]] as const] : []),
    ...(words
      ? ([
          [
            'words',
            (n: number) =>
              words.terms[n]?.map(({ text, positive }) => `${positive ? '+' : '−'} ${text}`).join('; '),
          ],
          ['wordsR2', (n: number) => words.r2[n]],
        ] as const)
      : []),
  ];
  const measures = [
    ['typicalNorm', overview.typicalNorm],
    ['maxNorm', overview.maxNorm],
    ['varianceShare', overview.varianceShares],
    ['threshold', overview.thresholds],
    ['topShare', overview.topShare],
    ['positiveShare', overview.positiveShare],
  ] as const;
  return {
    name: `${of} neurons`,
    columns: ['neuron', ...optional.map(([name]) => name), ...measures.map(([name]) => name), ...PREVIEWS],
    rows: Array.from(order, (n) => [
      n,
      ...optional.map(([, value]) => value(n)),
      ...measures.map(([, values]) => values[n]),
      ...PREVIEWS.map((_, i) => image(overview.previewImages[PREVIEWS.length * n + i])),
    ]),
    ...(search && { facts: { query: search.query } }),
  };
}

/** Images of the largest positive activation. */
const PREVIEWS = ['image1', 'image2', 'image3', 'image4'] as const;
const image = (index: number | undefined): number | undefined =>
  index !== undefined && index >= 0 ? index : undefined;
