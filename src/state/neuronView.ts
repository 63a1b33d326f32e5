import type { AtomForm } from '../lens/sparseCode.ts';
import type { NeuronRow } from '../pack/index.ts';
import { type Head, IDLE, type Loadable, type Looked, loadedValue, type PictureSet, ready } from './data.ts';
import { codeKey, neuronKey, packedLengths } from './neuronSlice.ts';
import type { ListedImage, NeuronDetail, NeuronMeasures, NeuronPage, WordedCode } from './neuronTypes.ts';
import { headsOf, lookedOf, overviewOf, rowOfNeuron, sourceOf } from './numbers.ts';
import { rankOf } from './ranking.ts';
import type { LensState } from './state.ts';
import type { TermCount } from './view.ts';
import { chanceKey, poolKey } from './wordsSlice.ts';

export type * from './neuronTypes.ts';

/** Pages kept: the one in view, and a few of the ones beside it. */
const KEPT_PAGES = 8;

/** Gives the page of a neuron; the same object as long as nothing in it has changed. */
export function neuronPages(): (state: LensState, block: number, neuron: number) => NeuronPage {
  const pages = new Map<string, { readonly inputs: readonly unknown[]; readonly page: NeuronPage }>();
  const detailFor = rememberLast(neuronDetail);
  const measuresFor = rememberLast(measuresOf);
  return (state, block, neuron) => {
    const key = neuronKey(state, block, neuron);
    const overview = overviewOf(state, block);
    const row = rowOfNeuron(state, block, neuron);
    const pictures = loadedValue(state.pictures);
    const maps = state.heatmaps.get(key);
    const inputs = [
      overview,
      row,
      pictures,
      maps,
      state.codes,
      state.chances,
      state.view.pool,
      state.subject,
    ];
    const known = pages.get(key);
    if (known && inputs.every((input, i) => input === known.inputs[i])) return known.page;
    const neurons = overview?.typicalNorm.length ?? 0;
    const exists = neuron < neurons;
    const packed = packedCodes(state, loadedValue(row), block);
    const page: NeuronPage = {
      block,
      neuron,
      neurons,
      source: sourceOf(state, block),
      measures: overview && exists ? measuresFor(overview, neuron) : undefined,
      previewImages: overview
        ? [...overview.previewImages.subarray(neuron * 4, neuron * 4 + 4)].filter(isImage)
        : [],
      detail:
        row.status === 'ready'
          ? ready(detailFor(row.value, pictures, headsOf(state, block), lookedOf(state, block)))
          : row,
      heatmaps: maps ?? NO_MAPS,
      code: (m, atoms) => packed(m, atoms) ?? state.codes.get(codeKey(key, poolKey(state), m, atoms)) ?? IDLE,
      readyMade: (atoms) => packedLengths(state, block, atoms).map(({ terms }) => terms),
      chance: (m, atoms) =>
        packedLengths(state, block, atoms).find(({ terms }) => terms === m)?.chance ??
        state.chances.get(chanceKey(poolKey(state), m, atoms)),
      requestHeatmaps: (images) => state.requestHeatmaps(block, neuron, images),
      requestSparseCode: (m, atoms) => state.requestCode(block, neuron, m, atoms),
    };
    pages.delete(key);
    pages.set(key, { inputs, page });
    for (const oldest of pages.keys()) {
      if (pages.size <= KEPT_PAGES) break;
      pages.delete(oldest);
    }
    return page;
  };
}

/** Descriptions that the pack brings: of its own words only, and not of every length. */
function packedCodes(state: LensState, row: NeuronRow | undefined, block: number) {
  const made = new Map<string, Loadable<WordedCode>>();
  return (m: TermCount, atoms: AtomForm): Loadable<WordedCode> | undefined => {
    const ours = packedLengths(state, block, atoms).some(({ terms }) => terms === m);
    const code = ours ? row?.codes.get(m) : undefined;
    if (!code) return undefined;
    const form = `${m} ${atoms}`;
    const known = made.get(form) ?? ready({ ...code, m, atoms });
    made.set(form, known);
    return known;
  };
}

const NO_MAPS: NeuronPage['heatmaps'] = new Map();
const isImage = (image: number): boolean => image >= 0;

function rememberLast<A extends readonly unknown[], R>(work: (...inputs: A) => R): (...inputs: A) => R {
  let last: { readonly inputs: A; readonly result: R } | undefined;
  return (...inputs) => {
    if (!last || inputs.some((input, i) => input !== last?.inputs[i]))
      last = { inputs, result: work(...inputs) };
    return last.result;
  };
}

function measuresOf(overview: NonNullable<ReturnType<typeof overviewOf>>, neuron: number): NeuronMeasures {
  return {
    typicalNorm: overview.typicalNorm[neuron]!,
    maxNorm: overview.maxNorm[neuron]!,
    threshold: overview.thresholds[neuron]!,
    varianceShare: overview.varianceShares[neuron]!,
    topShare: overview.topShare[neuron]!,
    positiveShare: overview.positiveShare[neuron]!,
    rankByTypicalNorm: rankOf(overview.typicalNorm, neuron),
    rankByVarianceShare: rankOf(overview.varianceShares, neuron),
  };
}

function neuronDetail(
  row: NeuronRow,
  pictures: PictureSet | undefined,
  heads: readonly Head[],
  looked: Looked,
): NeuronDetail {
  const listed = (images: Int32Array, values: Float32Array): ListedImage[] =>
    Array.from(images, (image, i) => ({
      image,
      value: values[i]!,
      caption: captionOf(pictures, image),
    })).filter((item) => isImage(item.image));
  const [from = 0, to = 1] = row.histogramRange;
  return {
    looked,
    positive: listed(row.positiveImages, row.positiveActivations),
    negative: listed(row.negativeImages, row.negativeActivations),
    strongest: [...row.topImages],
    histogram: { from, to, counts: row.histogramCounts },
    headShares: heads.map((head, i) => ({ head, share: row.headShares[i] ?? 0 })),
    neighbours: row.similar,
    opposites: row.opposite,
    aligned: row.aligned,
    meanAlong: row.meanAlong,
  };
}

const captionOf = (pictures: PictureSet | undefined, image: number): string =>
  pictures && isImage(image) ? pictures.caption(image) : '';
