import { dot } from './vectors.ts';

/** A neuron and how its direction lies to another. */
export interface AlignedNeuron {
  readonly block: number;
  readonly neuron: number;
  /** ⟨r_n, d⟩ of unit vectors; negative where it points the other way. */
  readonly cosine: number;
}

/**
 * The neurons whose directions lie nearest to given ones, by the size of the cosine, of as many blocks as are added:
 * one block's directions in memory at a time. Ties go to what was added first.
 */
export class AlignedNeurons {
  readonly #directions: Float32Array;
  readonly #dim: number;
  readonly #count: number;
  readonly #nearest: AlignedNeuron[][];

  /**
   * @param directions [k, D], of length 1
   * @param count how many neurons are kept of each
   */
  constructor(directions: Float32Array, dim: number, count: number) {
    this.#directions = directions;
    this.#dim = dim;
    this.#count = count;
    this.#nearest = Array.from({ length: directions.length / dim }, () => []);
  }

  /** Looks through a block's neurons, for the given directions `from` … `to`−1 alone where told. */
  add(block: number, neurons: Float32Array, from = 0, to = this.#nearest.length): void {
    const dim = this.#dim;
    for (let d = from; d < to; d++) {
      const nearest = this.#nearest[d]!;
      let least = nearest.length < this.#count ? -1 : Math.abs(nearest.at(-1)!.cosine);
      for (let n = 0; n * dim < neurons.length; n++) {
        const cosine = dot(this.#directions, neurons, dim, d * dim, n * dim);
        if (!(Math.abs(cosine) > least)) continue;
        const at = nearest.findIndex((other) => Math.abs(other.cosine) < Math.abs(cosine));
        nearest.splice(at < 0 ? nearest.length : at, 0, { block, neuron: n, cosine });
        if (nearest.length > this.#count) nearest.pop();
        if (nearest.length === this.#count) least = Math.abs(nearest.at(-1)!.cosine);
      }
    }
  }

  /** Of direction `index`, nearest first. */
  of(index: number): readonly AlignedNeuron[] {
    return this.#nearest[index]!;
  }
}
