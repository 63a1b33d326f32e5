import type { Candidates, StateSizes } from './blockState.ts';

/**
 * Keeps every neuron's K farthest images: of equal distances the lower image number counts as farther, as in `topSet`. A heap a
 * neuron, over its places, has the nearest kept image at its root, so that most images cost one comparison.
 */
export class CandidateHeaps {
  readonly #of: Candidates;
  readonly #kept: number;
  readonly #heads: number;
  /** [N, K] places of each neuron, a heap over its first `counts[n]`. */
  readonly #order: Int32Array;

  /** @param candidates filled and changed in place */
  constructor(candidates: Candidates, { neurons, kept, heads }: Omit<StateSizes, 'block' | 'dim'>) {
    this.#of = candidates;
    this.#kept = kept;
    this.#heads = heads;
    this.#order = new Int32Array(neurons * kept);
    for (let n = 0; n < neurons; n++) this.rebuild(n);
  }

  /** To be called after the distances of a neuron's images were changed. */
  rebuild(neuron: number): void {
    const base = neuron * this.#kept;
    const count = this.#of.counts[neuron]!;
    for (let place = 0; place < count; place++) this.#order[base + place] = place;
    for (let hole = (count >> 1) - 1; hole >= 0; hole--) this.#sink(base, hole, count);
  }

  /**
   * Shows it one image's effect on a neuron.
   * @param coefficients ĉ: R numbers from `at`
   * @returns the distance of the image that had to go, this one or a kept one; −Infinity when none had to
   */
  offer(neuron: number, image: number, distance: number, coefficients: Float32Array, at: number): number {
    const base = neuron * this.#kept;
    const { counts, distances } = this.#of;
    const count = counts[neuron]!;
    if (count < this.#kept) {
      this.#put(base + count, image, distance, coefficients, at);
      counts[neuron] = count + 1;
      this.#order[base + count] = count;
      this.#rise(base, count);
      return Number.NEGATIVE_INFINITY;
    }
    const nearest = base + this.#order[base]!;
    const going = distances[nearest]!;
    if (distance < going || (distance === going && image > this.#of.images[nearest]!)) return distance;
    this.#put(nearest, image, distance, coefficients, at);
    this.#sink(base, 0, count);
    return going;
  }

  /** The distance below which nothing more is kept of a neuron: that of the root of a full heap. */
  threshold(neuron: number): number {
    const base = neuron * this.#kept;
    return this.#of.counts[neuron]! < this.#kept
      ? Number.NEGATIVE_INFINITY
      : this.#of.distances[base + this.#order[base]!]!;
  }

  #put(place: number, image: number, distance: number, coefficients: Float32Array, at: number): void {
    this.#of.images[place] = image;
    this.#of.distances[place] = distance;
    const to = place * this.#heads;
    for (let r = 0; r < this.#heads; r++) this.#of.coefficients[to + r] = coefficients[at + r]!;
  }

  /** Whether the image at place a is nearer than that at place b, so that it goes first. */
  #nearer(base: number, a: number, b: number): boolean {
    const { distances, images } = this.#of;
    const gap = distances[base + a]! - distances[base + b]!;
    return gap < 0 || (gap === 0 && images[base + a]! > images[base + b]!);
  }

  #sink(base: number, start: number, count: number): void {
    const order = this.#order;
    const moved = order[base + start]!;
    let hole = start;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#nearer(base, order[base + child + 1]!, order[base + child]!)) child++;
      if (!this.#nearer(base, order[base + child]!, moved)) break;
      order[base + hole] = order[base + child]!;
      hole = child;
    }
    order[base + hole] = moved;
  }

  #rise(base: number, start: number): void {
    const order = this.#order;
    const moved = order[base + start]!;
    let hole = start;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#nearer(base, moved, order[base + parent]!)) break;
      order[base + hole] = order[base + parent]!;
      hole = parent;
    }
    order[base + hole] = moved;
  }
}

/** Forgets the shared parts of images that no neuron keeps. */
export function forgetUnkept({ counts, images, shared }: Candidates): void {
  const kept = keptImages(counts, images);
  for (const image of shared.keys()) if (!kept.has(image)) shared.delete(image);
}

/** Numbers of all images that some neuron keeps. */
export function keptImages(counts: Int32Array, images: Int32Array): Set<number> {
  const places = images.length / counts.length;
  const kept = new Set<number>();
  for (let n = 0; n < counts.length; n++) {
    for (let place = 0; place < counts[n]!; place++) kept.add(images[n * places + place]!);
  }
  return kept;
}
