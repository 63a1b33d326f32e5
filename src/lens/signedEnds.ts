import { LensError } from '../errors.ts';
import { type BlockSummary, PREVIEW_IMAGES } from './blockSummary.ts';
import { CandidateHeaps } from './candidates.ts';

/**
 * Both ends of the signed activation and its histogram over all images, while they stream by: on fixed bins from −‖largest effect‖ to
 * ‖largest effect‖, beyond which no signed activation can lie.
 */
export class SignedEnds {
  readonly #summary: BlockSummary;
  readonly #positive: End;
  readonly #negative: End;
  readonly #counts: Int32Array;
  readonly #reach: Float32Array;
  #images = 0;

  constructor(summary: BlockSummary) {
    const { neurons, listed, bins, overview } = summary;
    this.#summary = summary;
    this.#positive = new End(neurons, listed);
    this.#negative = new End(neurons, listed);
    this.#counts = new Int32Array(neurons * bins);
    this.#reach = overview.maxNorm.map((norm) => (norm > 0 ? norm : 0.5));
  }

  /** Takes the signed activations [n, B] of images for neurons `from` … `to−1`. */
  take(numbers: ArrayLike<number>, from: number, to: number, activations: Float32Array): void {
    const { bins } = this.#summary;
    for (let n = from; n < to; n++) {
      const reach = this.#reach[n]!;
      for (let b = 0; b < numbers.length; b++) {
        const x = activations[(n - from) * numbers.length + b]!;
        if (x > 0) this.#positive.offer(n, numbers[b]!, x);
        else if (x < 0) this.#negative.offer(n, numbers[b]!, -x);
        const bin = Math.floor(((x + reach) / (2 * reach)) * bins);
        this.#counts[n * bins + Math.max(0, Math.min(bins - 1, bin))]! += 1;
      }
    }
    if (from === 0) this.#images += numbers.length;
  }

  /**
   * The summary with what was seen.
   * @throws LensError `bad-request` when other images were taken than the summary's: more or fewer
   */
  summary(): BlockSummary {
    const { neurons, listed, images, overview, detail } = this.#summary;
    if (this.#images !== images) {
      throw new LensError(
        'bad-request',
        `${this.#images} pictures were looked at, but the analysis is of ${images}: give it the same pictures.`,
      );
    }
    const positive = this.#positive.sorted();
    const negative = this.#negative.sorted();
    const previewImages = new Int32Array(neurons * PREVIEW_IMAGES).fill(-1);
    const histogramRange = new Float32Array(2 * neurons);
    for (let n = 0; n < neurons; n++) {
      const first = positive.images.subarray(n * listed, n * listed + Math.min(listed, PREVIEW_IMAGES));
      previewImages.set(first, n * PREVIEW_IMAGES);
      histogramRange.set([-this.#reach[n]!, this.#reach[n]!], 2 * n);
    }
    return {
      ...this.#summary,
      looked: 'all',
      overview: { ...overview, previewImages },
      detail: {
        ...detail,
        positiveImages: positive.images,
        positiveActivations: positive.sizes,
        negativeImages: negative.images,
        negativeActivations: negative.sizes.map((x) => (x > 0 ? -x : 0)),
        histogramCounts: this.#counts,
        histogramRange,
      },
    };
  }
}

const NOTHING = new Float32Array(0);

/** Every neuron's `listed` largest sizes. */
class End {
  readonly #neurons: number;
  readonly #listed: number;
  readonly #candidates;
  readonly #heaps: CandidateHeaps | undefined;

  constructor(neurons: number, listed: number) {
    this.#neurons = neurons;
    this.#listed = listed;
    this.#candidates = {
      counts: new Int32Array(neurons),
      images: new Int32Array(neurons * listed),
      distances: new Float32Array(neurons * listed),
      coefficients: NOTHING,
      shared: new Map<number, Float32Array>(),
    };
    this.#heaps =
      listed > 0 ? new CandidateHeaps(this.#candidates, { neurons, kept: listed, heads: 0 }) : undefined;
  }

  offer(neuron: number, image: number, size: number): void {
    this.#heaps?.offer(neuron, image, size, NOTHING, 0);
  }

  /** Largest first, equal ones by number; −1 and 0 where there are fewer. */
  sorted(): { images: Int32Array; sizes: Float32Array } {
    const { counts, images, distances } = this.#candidates;
    const sorted = {
      images: new Int32Array(images.length).fill(-1),
      sizes: new Float32Array(distances.length),
    };
    for (let n = 0; n < this.#neurons; n++) {
      const base = n * this.#listed;
      const places = Int32Array.from({ length: counts[n]! }, (_, i) => base + i);
      places.sort((a, b) => distances[b]! - distances[a]! || images[a]! - images[b]!);
      places.forEach((place, i) => {
        sorted.images[base + i] = images[place]!;
        sorted.sizes[base + i] = distances[place]!;
      });
    }
    return sorted;
  }
}
