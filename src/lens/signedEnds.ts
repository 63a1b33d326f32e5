import type { Candidates } from './blockState.ts';
import { type BlockSummary, PREVIEW_IMAGES } from './blockSummary.ts';
import { CandidateHeaps } from './candidates.ts';

/** Of a neurons, the images at one end of the signed activation: the first `counts[n]` of `listed` places, in no order. */
export type EndImages = Pick<Candidates, 'counts' | 'images' | 'distances'>;

/** Both ends of a neurons' signed activations among the images looked at. Of several parts of a set they join. */
export interface BothEnds {
  /** Distances are sizes: of the negative end without the sign. */
  readonly positive: EndImages;
  readonly negative: EndImages;
  /** [a, bins] images in equal bins from −‖largest effect‖ to ‖largest effect‖. */
  readonly histogram: Int32Array;
}

export interface EndSizes {
  /** a */
  readonly neurons: number;
  readonly listed: number;
  readonly bins: number;
}

const noEnd = ({ neurons, listed }: EndSizes): EndImages => ({
  counts: new Int32Array(neurons),
  images: new Int32Array(neurons * listed),
  distances: new Float32Array(neurons * listed),
});

export const noEnds = (sizes: EndSizes): BothEnds => ({
  positive: noEnd(sizes),
  negative: noEnd(sizes),
  histogram: new Int32Array(sizes.neurons * sizes.bins),
});

const NOTHING = new Float32Array(0);

/** Offers images to an end, which keeps the farthest of each neuron. */
function keeperOf(end: EndImages, { neurons, listed }: EndSizes) {
  if (listed === 0) return () => {};
  const candidates = { ...end, coefficients: NOTHING, shared: new Map<number, Float32Array>() };
  const heaps = new CandidateHeaps(candidates, { neurons, kept: listed, heads: 0 });
  return (neuron: number, image: number, size: number): void => {
    heaps.offer(neuron, image, size, NOTHING, 0);
  };
}

/**
 * Both ends of the signed activation and its histogram, while images stream by: on fixed bins from −reach to reach, the largest effect,
 * beyond which no signed activation can lie.
 */
export class SignedEnds {
  /** What was found so far: its arrays are those that the next images change. */
  readonly found: BothEnds;
  readonly #reach: ArrayLike<number>;
  readonly #bins: number;
  readonly #positive: ReturnType<typeof keeperOf>;
  readonly #negative: ReturnType<typeof keeperOf>;

  /**
   * @param reach [a] size of the largest effect: see {@link reachOf}
   * @param found what an earlier part of the same look found, changed in place
   */
  constructor(reach: ArrayLike<number>, sizes: EndSizes, found: BothEnds = noEnds(sizes)) {
    this.found = found;
    this.#reach = reach;
    this.#bins = sizes.bins;
    this.#positive = keeperOf(found.positive, sizes);
    this.#negative = keeperOf(found.negative, sizes);
  }

  /** Takes the signed activations [n, B] of images for the `from`-th … `to−1`-th neuron. */
  take(numbers: ArrayLike<number>, from: number, to: number, activations: Float32Array): void {
    const bins = this.#bins;
    const { histogram } = this.found;
    for (let n = from; n < to; n++) {
      const reach = this.#reach[n]!;
      for (let b = 0; b < numbers.length; b++) {
        const x = activations[(n - from) * numbers.length + b]!;
        if (x > 0) this.#positive(n, numbers[b]!, x);
        else if (x < 0) this.#negative(n, numbers[b]!, -x);
        const bin = Math.floor(((x + reach) / (2 * reach)) * bins);
        histogram[n * bins + Math.max(0, Math.min(bins - 1, bin))]! += 1;
      }
    }
  }
}

/** Where the histogram of a neuron whose largest effect has that size ends. */
export const reachOf = (maxNorm: number): number => (maxNorm > 0 ? maxNorm : 0.5);

/** What was found among two parts of a set together: the same in any order. */
export function joinedEnds(a: BothEnds, b: BothEnds, sizes: EndSizes): BothEnds {
  const joinedEnd = (name: 'positive' | 'negative'): EndImages => {
    const joined = noEnd(sizes);
    const keep = keeperOf(joined, sizes);
    for (const { counts, images, distances } of [a[name], b[name]]) {
      for (let n = 0; n < sizes.neurons; n++) {
        const base = n * sizes.listed;
        for (let at = base; at < base + counts[n]!; at++) keep(n, images[at]!, distances[at]!);
      }
    }
    return joined;
  };
  return {
    positive: joinedEnd('positive'),
    negative: joinedEnd('negative'),
    histogram: a.histogram.map((count, i) => count + b.histogram[i]!),
  };
}

/** A summary whose ends and histograms of the `neurons` are those found; of all others as they were. */
export function withEnds(summary: BlockSummary, neurons: Int32Array, found: BothEnds): BlockSummary {
  const { listed, bins, overview } = summary;
  const detail = {
    ...summary.detail,
    positiveImages: summary.detail.positiveImages.slice(),
    positiveActivations: summary.detail.positiveActivations.slice(),
    negativeImages: summary.detail.negativeImages.slice(),
    negativeActivations: summary.detail.negativeActivations.slice(),
    histogramCounts: summary.detail.histogramCounts.slice(),
    histogramRange: summary.detail.histogramRange.slice(),
  };
  const previewImages = overview.previewImages.slice();
  neurons.forEach((n, i) => {
    const positive = sortedEnd(found.positive, i, listed);
    const negative = sortedEnd(found.negative, i, listed);
    detail.positiveImages.set(positive.images, n * listed);
    detail.positiveActivations.set(positive.sizes, n * listed);
    detail.negativeImages.set(negative.images, n * listed);
    detail.negativeActivations.set(
      negative.sizes.map((x) => (x > 0 ? -x : 0)),
      n * listed,
    );
    const preview = new Int32Array(PREVIEW_IMAGES).fill(-1);
    preview.set(positive.images.subarray(0, PREVIEW_IMAGES));
    previewImages.set(preview, n * PREVIEW_IMAGES);
    detail.histogramCounts.set(found.histogram.subarray(i * bins, (i + 1) * bins), n * bins);
    const reach = reachOf(overview.maxNorm[n]!);
    detail.histogramRange.set([-reach, reach], 2 * n);
  });
  return { ...summary, overview: { ...overview, previewImages }, detail };
}

/** One neuron's end, largest first, equal ones by number; −1 and 0 where there are fewer. */
function sortedEnd({ counts, images, distances }: EndImages, neuron: number, listed: number) {
  const base = neuron * listed;
  const places = Int32Array.from({ length: counts[neuron]! }, (_, i) => base + i);
  places.sort((a, b) => distances[b]! - distances[a]! || images[a]! - images[b]!);
  const sorted = { images: new Int32Array(listed).fill(-1), sizes: new Float32Array(listed) };
  places.forEach((place, i) => {
    sorted.images[i] = images[place]!;
    sorted.sizes[i] = distances[place]!;
  });
  return sorted;
}
