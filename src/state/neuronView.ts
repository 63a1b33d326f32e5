import {
  type BlockDetail,
  type Head,
  IDLE,
  type Loadable,
  type Looked,
  loadedValue,
  type PictureSet,
  ready,
} from './data.ts';
import { codeKey, neuronKey } from './neuronSlice.ts';
import type { ListedImage, Neighbour, NeuronDetail, NeuronMeasures, NeuronPage } from './neuronTypes.ts';
import { detailOf, headsOf, lookedOf, overviewOf, sourceOf } from './numbers.ts';
import { rankOf } from './ranking.ts';
import type { LensState } from './state.ts';
import { chanceKey, poolKey } from './wordsSlice.ts';

export type * from './neuronTypes.ts';

/** Neighbours listed at each end. */
const NEIGHBOURS = 12;
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
    const detail = detailOf(state, block);
    const pictures = loadedValue(state.pictures);
    const maps = state.heatmaps.get(key);
    const inputs = [
      overview,
      detail,
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
    const page: NeuronPage = {
      block,
      neuron,
      neurons,
      source: sourceOf(state, block),
      measures: overview && exists ? measuresFor(overview, neuron) : undefined,
      previewImages: overview
        ? [...overview.previewImages.subarray(neuron * 4, neuron * 4 + 4)].filter(isImage)
        : [],
      detail: loadableDetail(detail, (value) =>
        detailFor(
          value,
          neuron,
          pictures,
          headsOf(state, block),
          overview?.typicalNorm.length ?? 1,
          lookedOf(state, block),
        ),
      ),
      heatmaps: maps ?? NO_MAPS,
      code: (m, atoms) => state.codes.get(codeKey(key, poolKey(state), m, atoms)) ?? IDLE,
      chance: (m, atoms) => state.chances.get(chanceKey(poolKey(state), m, atoms)),
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

const NO_MAPS: NeuronPage['heatmaps'] = new Map();
const isImage = (image: number): boolean => image >= 0;

function loadableDetail(
  detail: Loadable<BlockDetail>,
  read: (value: BlockDetail) => NeuronDetail,
): Loadable<NeuronDetail> {
  return detail.status === 'ready' ? ready(read(detail.value)) : detail;
}

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
  detail: BlockDetail,
  neuron: number,
  pictures: PictureSet | undefined,
  heads: readonly Head[],
  neurons: number,
  looked: Looked,
): NeuronDetail {
  const row = <T extends Float32Array | Int32Array>(array: T): T => {
    const columns = array.length / neurons;
    return array.subarray(neuron * columns, (neuron + 1) * columns) as T;
  };
  const listed = (images: Int32Array, values: Float32Array): ListedImage[] =>
    Array.from(images, (image, i) => ({
      image,
      value: values[i]!,
      caption: captionOf(pictures, image),
    })).filter((item) => isImage(item.image));
  const range = row(detail.histogramRange);
  const shares = row(detail.headShares);
  const near = cosinesTo(detail.directions, neuron, neurons);
  return {
    looked,
    positive: listed(row(detail.positiveImages), row(detail.positiveActivations)),
    negative: listed(row(detail.negativeImages), row(detail.negativeActivations)),
    strongest: [...row(detail.topImages)],
    histogram: { from: range[0]!, to: range[1]!, counts: row(detail.histogramCounts) },
    headShares: heads.map((head, i) => ({ head, share: shares[i] ?? 0 })),
    neighbours: near.slice(0, NEIGHBOURS),
    opposites: near.slice(-NEIGHBOURS).reverse(),
    direction: row(detail.directions),
    mean: row(detail.means),
  };
}

const captionOf = (pictures: PictureSet | undefined, image: number): string =>
  pictures && isImage(image) ? pictures.caption(image) : '';

/** The other neurons of the block by the cosine of their directions with this one's, largest first. */
export function cosinesTo(directions: Float32Array, neuron: number, neurons: number): Neighbour[] {
  const dim = directions.length / neurons;
  const own = directions.subarray(neuron * dim, (neuron + 1) * dim);
  const others: Neighbour[] = [];
  for (let other = 0; other < neurons; other++) {
    if (other === neuron) continue;
    let cosine = 0;
    for (let d = 0; d < dim; d++) cosine += own[d]! * directions[other * dim + d]!;
    others.push({ neuron: other, cosine });
  }
  return others.sort((a, b) => b.cosine - a.cosine || a.neuron - b.neuron);
}
