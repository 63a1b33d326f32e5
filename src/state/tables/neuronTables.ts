import type { ChanceFit, HeatmapPair, NeuronDetail, NeuronMeasures, WordedCode } from '../neuronTypes.ts';
import type { Sheet } from '../table.ts';

/** What the panels of a neuron's page show, as rows. */

/** Which neuron, in the name of its files. */
type Of = string;

type Pictures = Pick<NeuronDetail, 'positive' | 'negative' | 'looked'>;

/** Both ends of the signed activation, all that are listed; beside them what a map adds up to, where there is one. */
export function picturesSheet(
  of: Of,
  { positive, negative, looked }: Pictures,
  measures: NeuronMeasures | undefined,
  maps: (image: number) => HeatmapPair | undefined,
): Sheet {
  const rows = (end: string, items: Pictures['positive']) =>
    items.map(({ image, value, caption }, i) => {
      const map = maps(image);
      return [end, i + 1, image, value, caption, map && sum(map.secondOrder), map?.clsTerm];
    });
  return {
    name: `${of} pictures`,
    columns: ['end', 'place', 'image', 'activation', 'caption', 'secondOrderOfPatches', 'secondOrderOfCls'],
    rows: [...rows('positive', positive), ...rows('negative', negative)],
    facts: { threshold: measures?.threshold, lookedAmong: looked },
  };
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);

export const wordsSheet = (
  of: Of,
  { terms, r2, m, atoms }: WordedCode,
  chance: ChanceFit | undefined,
  list: string,
): Sheet => ({
  name: `${of} words`,
  columns: ['place', 'text', 'coefficient'],
  rows: terms.map(({ text, coefficient }, i) => [i + 1, text, coefficient]),
  facts: {
    r2,
    r2OfChance: chance?.mean,
    deviationOfChance: chance?.deviation,
    mostWords: m,
    textVectors: atoms,
    wordList: list,
  },
});

/** A row a bin; the edges are equally far apart. */
export function histogramSheet(
  of: Of,
  { histogram: { from, to, counts }, looked }: Pick<NeuronDetail, 'histogram' | 'looked'>,
  threshold: number | undefined,
): Sheet {
  const edge = (i: number): number => from + (i * (to - from)) / counts.length;
  return {
    name: `${of} spread`,
    columns: ['from', 'to', 'images'],
    rows: Array.from(counts, (images, i) => [edge(i), edge(i + 1), images]),
    facts: { threshold, lookedAmong: looked },
  };
}

export const headsSheet = (of: Of, shares: NeuronDetail['headShares']): Sheet => ({
  name: `${of} heads`,
  columns: ['laterBlock', 'head', 'share'],
  rows: shares.map(({ head, share }) => [head.block, head.head, share]),
});

export function neighboursSheet(
  of: Of,
  { neighbours, opposites }: Pick<NeuronDetail, 'neighbours' | 'opposites'>,
): Sheet {
  const rows = (side: string, list: NeuronDetail['neighbours']) =>
    list.map(({ neuron, cosine }, i) => [side, i + 1, neuron, cosine]);
  return {
    name: `${of} neighbours`,
    columns: ['side', 'place', 'neuron', 'cosine'],
    rows: [...rows('same direction', neighbours), ...rows('opposite direction', opposites)],
  };
}

export const alignedSheet = (
  of: Of,
  aligned: NeuronDetail['aligned'],
  chance: number | undefined,
): Sheet => ({
  name: `${of} neurons along it`,
  columns: ['block', 'neuron', 'cosine'],
  rows: aligned.map(({ block, neuron, cosine }) => [block, neuron, cosine]),
  facts: { nearestByChance: chance },
});

interface Own {
  readonly id: string;
  readonly name: string;
  readonly value: number | undefined;
}

/** A person's own pictures: their names and hashes, never their pixels. */
export const ownSheet = (of: Of, entries: readonly Own[], threshold: number | undefined): Sheet => ({
  name: `${of} own pictures`,
  columns: ['file', 'sha256', 'activation'],
  rows: entries.map(({ id, name, value }) => [name, id, value]),
  facts: { threshold },
});
