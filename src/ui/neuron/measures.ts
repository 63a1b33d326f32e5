import type { NeuronMeasures } from '../../state/index.ts';
import { count, number, percent } from '../charts/format.ts';

export interface ShownMeasure {
  /** Names its explanation. */
  readonly id:
    | 'typicalNorm'
    | 'directionSize'
    | 'varianceShare'
    | 'directionShare'
    | 'threshold'
    | 'significant'
    | 'topShare'
    | 'r2';
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

interface Facts {
  /** N of the block. */
  readonly neurons: number;
  readonly images: number;
  readonly topK: number;
  /** Whether they are directions made elsewhere. */
  readonly directions?: boolean;
}

/** The numbers of the strip under the title, as printed. */
export function shownMeasures(
  measures: NeuronMeasures | undefined,
  facts: Facts,
  fit: { readonly r2: number; readonly words: number } | undefined,
): ShownMeasure[] {
  const rank = (place: number | undefined): string =>
    place === undefined ? '' : `rank ${count(place)} of ${count(facts.neurons)}`;
  const value = (figure: number | undefined): string => (figure === undefined ? '…' : number(figure));
  return [
    {
      ...(facts.directions
        ? { id: 'directionSize', name: 'Typical activation' }
        : { id: 'typicalNorm', name: 'Effect size' }),
      value: value(measures?.typicalNorm),
      note: rank(measures?.rankByTypicalNorm),
    },
    {
      ...(facts.directions
        ? { id: 'directionShare', name: 'Share of the strongest' }
        : { id: 'varianceShare', name: 'Variance share' }),
      value: measures ? percent(measures.varianceShare) : '…',
      note: rank(measures?.rankByVarianceShare),
    },
    {
      id: 'threshold',
      name: 'Threshold',
      value: value(measures?.threshold),
      note: measures ? `largest ${number(measures.maxNorm)}` : '',
    },
    {
      id: 'significant',
      name: 'Strongest pictures',
      value: count(facts.topK),
      note: `${percent(facts.topK / facts.images)} of ${count(facts.images)}`,
    },
    {
      id: 'topShare',
      name: 'Concentration',
      value: measures ? percent(measures.topShare) : '…',
      note: facts.directions ? 'of all x² on those' : 'of its effect on those',
    },
    {
      id: 'r2',
      name: 'Words explain (R²)',
      value: fit ? number(fit.r2, 2) : '…',
      note: fit ? `with ${fit.words} words` : '',
    },
  ];
}
