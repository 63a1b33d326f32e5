import type { Pair } from '../comparison.ts';
import type { ChanceFit, NeuronDetail, NeuronMeasures, WordedCode } from '../neuronTypes.ts';
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

/** What is known of a neuron by now. */
export interface ComparedNeuron {
  readonly block: number;
  readonly neuron: number;
  readonly measures: NeuronMeasures | undefined;
  readonly detail: Pick<NeuronDetail, 'positive' | 'negative'> | undefined;
  readonly code: WordedCode | undefined;
  readonly chance: ChanceFit | undefined;
}

/** What stands in the columns, a row a neuron: its measures, its whole description, its listed pictures. */
export const comparedSheet = (neurons: readonly ComparedNeuron[]): Sheet => ({
  name: 'neurons side by side',
  columns: [
    'block',
    'neuron',
    'typicalNorm',
    'maxNorm',
    'varianceShare',
    'positiveShare',
    'threshold',
    'r2',
    'r2OfChance',
    'words',
    'positiveImages',
    'negativeImages',
  ],
  rows: neurons.map(({ block, neuron, measures, detail, code, chance }) => [
    block,
    neuron,
    measures?.typicalNorm,
    measures?.maxNorm,
    measures?.varianceShare,
    measures?.positiveShare,
    measures?.threshold,
    code?.r2,
    chance?.mean,
    code?.terms.map(({ text, coefficient }) => `${text} ${coefficient}`).join('; '),
    detail && listed(detail.positive),
    detail && listed(detail.negative),
  ]),
});

const listed = (pictures: NeuronDetail['positive']): string => pictures.map(({ image }) => image).join(' ');
