/**
 * Every neuron's k strongest effects so far, with their centred coefficients δ: what is gathered while
 * norms stream by, so that no second look at all images is needed. N·k·(R+2) numbers, whatever the
 * number of images.
 */
export class StrongestEffects {
  readonly #k: number;
  readonly #heads: number;
  readonly #images: Int32Array;
  readonly #norms: Float32Array;
  readonly #coefficients: Float32Array;
  readonly #count: Int32Array;
  /** Slot of the weakest kept image of every full neuron. */
  readonly #weakest: Int32Array;

  constructor(neurons: number, k: number, heads: number) {
    this.#k = k;
    this.#heads = heads;
    this.#images = new Int32Array(neurons * k);
    this.#norms = new Float32Array(neurons * k);
    this.#coefficients = new Float32Array(neurons * k * heads);
    this.#count = new Int32Array(neurons);
    this.#weakest = new Int32Array(neurons);
  }

  /**
   * Shows it one image's effect on a neuron; images must come in ascending order, so that of equal norms
   * the lower index stays, as in the lens's `topSet`.
   * @param coefficients δ, R numbers from `at`
   */
  offer(neuron: number, image: number, norm: number, coefficients: Float32Array, at: number): void {
    const base = neuron * this.#k;
    const count = this.#count[neuron]!;
    const full = count === this.#k;
    const slot = base + (full ? this.#weakest[neuron]! : count);
    if (full && !(norm > this.#norms[slot]!)) return;
    this.#images[slot] = image;
    this.#norms[slot] = norm;
    this.#coefficients.set(coefficients.subarray(at, at + this.#heads), slot * this.#heads);
    if (!full) this.#count[neuron] = count + 1;
    if (count + 1 >= this.#k) this.#weakest[neuron] = this.#findWeakest(base);
  }

  /** δ [k, R] of a neuron's images in the order given; each must be among those kept. */
  coefficients(neuron: number, images: Int32Array): Float64Array {
    const base = neuron * this.#k;
    const slots = new Map<number, number>();
    for (let i = 0; i < this.#k; i++) slots.set(this.#images[base + i]!, base + i);
    const gathered = new Float64Array(images.length * this.#heads);
    images.forEach((image, i) => {
      const slot = slots.get(image);
      if (slot === undefined)
        throw new Error(`image ${image} is not among the strongest of neuron ${neuron}`);
      const from = slot * this.#heads;
      gathered.set(this.#coefficients.subarray(from, from + this.#heads), i * this.#heads);
    });
    return gathered;
  }

  /** Smallest norm; of equal ones the highest image index. */
  #findWeakest(base: number): number {
    let weakest = 0;
    for (let i = 1; i < this.#k; i++) {
      const norm = this.#norms[base + i]!;
      const least = this.#norms[base + weakest]!;
      if (norm < least || (norm === least && this.#images[base + i]! > this.#images[base + weakest]!)) {
        weakest = i;
      }
    }
    return weakest;
  }
}
