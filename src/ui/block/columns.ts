import type { BlockOverview, GlossaryId, SortKey } from '../../state/index.ts';
import { number, percent, signed } from '../charts/format.ts';

/** A measure of the list: what it is called, what explains it, how it is printed. */
export interface Column {
  readonly key: SortKey;
  readonly name: string;
  readonly short: string;
  readonly explain: GlossaryId;
  readonly text: (overview: BlockOverview, neuron: number, scores: Float32Array | undefined) => string;
}

const of = (values: Float32Array, neuron: number): number => values[neuron] ?? Number.NaN;

export const INDEX: Column = {
  key: 'index',
  name: 'Index',
  short: 'Neuron',
  explain: 'neuron',
  text: (_, neuron) => String(neuron),
};

export const MEASURES: readonly Column[] = [
  {
    key: 'typicalNorm',
    name: 'Effect size',
    short: 'Effect',
    explain: 'typicalNorm',
    text: (overview, neuron) => number(of(overview.typicalNorm, neuron)),
  },
  {
    key: 'maxNorm',
    name: 'Largest effect',
    short: 'Largest',
    explain: 'maxNorm',
    text: (overview, neuron) => number(of(overview.maxNorm, neuron)),
  },
  {
    key: 'varianceShare',
    name: 'Variance share',
    short: 'Variance',
    explain: 'varianceShare',
    text: (overview, neuron) => percent(of(overview.varianceShares, neuron), 0),
  },
  {
    key: 'threshold',
    name: 'Threshold',
    short: 'Threshold',
    explain: 'threshold',
    text: (overview, neuron) => number(of(overview.thresholds, neuron)),
  },
];

export const MATCH: Column = {
  key: 'searchScore',
  name: 'Match with the search',
  short: 'Match',
  explain: 'searchScore',
  text: (_, neuron, scores) => (scores ? signed(of(scores, neuron), 2) : '…'),
};

/** The same measures where they are of directions made elsewhere. */
const OF_DIRECTIONS: Readonly<Record<string, Partial<Column>>> = {
  typicalNorm: { name: 'Typical activation', short: 'Typical', explain: 'directionSize' },
  maxNorm: { name: 'Largest activation' },
  varianceShare: {
    name: 'Share of what sets the strongest apart',
    short: 'Share',
    explain: 'directionShare',
  },
};

/** What the list shows and can be ordered by: with a search, its match comes first. */
export function columnsFor(searching: boolean, directions: boolean): readonly Column[] {
  const measures = directions ? MEASURES.map((one) => ({ ...one, ...OF_DIRECTIONS[one.key] })) : MEASURES;
  return searching ? [MATCH, ...measures] : measures;
}
