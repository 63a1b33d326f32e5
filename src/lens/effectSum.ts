import { type BlockPaths, compactWrites } from './paths.ts';
import { effectScale, type ImageTrace, sharedPart } from './secondOrderEffects.ts';
import { addScaled, rowTimes } from './vectors.ts';

/**
 * Σ_n α_n·phi_n(I) [D]: a weighted sum of one image's effects without forming any of them,
 *
 *     Σ_n α_n·phi_n = Σ_r ( Σ_n α_n·ĉ_n[r]·z_{n,r} )·B_r + (Σ_n α_n)·e
 *
 * N·R·d_h multiplications for the inner sums and R·d_h·D for the outer: a pass over the forward pass's
 * coefficients, and no [N, D] array.
 * @param weights α [N]
 * @param reads z of all neurons, [N, R·d_h], where the caller keeps it for many images
 */
export function effectSum(
  paths: BlockPaths,
  trace: ImageTrace,
  weights: ArrayLike<number>,
  reads: Float32Array = compactWrites(paths, 0, paths.neurons),
): Float64Array {
  const sum = new EffectSum(paths, trace);
  for (let n = 0; n < paths.neurons; n++) sum.add(n, weights[n]!, reads, n);
  return sum.result();
}

/** Σ of phi_n(I) over some neurons, [D]; the work grows with their number alone. */
export function effectSumOf(paths: BlockPaths, trace: ImageTrace, neurons: Iterable<number>): Float64Array {
  const sum = new EffectSum(paths, trace);
  for (const n of neurons) sum.add(n, 1, compactWrites(paths, n, n + 1), 0);
  return sum.result();
}

class EffectSum {
  readonly #paths: BlockPaths;
  readonly #trace: ImageTrace;
  /** Σ_n α_n·c_n[r]·z_{n,r} [R·d_h], not yet scaled. */
  readonly #read: Float64Array;
  #total = 0;

  constructor(paths: BlockPaths, trace: ImageTrace) {
    this.#paths = paths;
    this.#trace = trace;
    this.#read = new Float64Array(paths.heads.length * paths.headSize);
  }

  /** @param row which row of `reads` is the neuron's */
  add(neuron: number, weight: number, reads: Float32Array, row: number): void {
    if (weight === 0) return;
    const { neurons, headSize } = this.#paths;
    const size = this.#read.length;
    for (let r = 0, at = 0; at < size; r++, at += headSize) {
      const factor = weight * this.#trace.coefficients[r * neurons + neuron]!;
      addScaled(this.#read, factor, reads, headSize, at, row * size + at);
    }
    this.#total += weight;
  }

  result(): Float64Array {
    const { projections, width, dim, shared } = this.#paths;
    const scale = effectScale(this.#trace);
    const sum = sharedPart(shared, this.#trace).map((x) => this.#total * x);
    projections.forEach((projection, l) => {
      addScaled(sum, scale, rowTimes(this.#read, projection, width, dim, l * width), dim);
    });
    return sum;
  }
}
