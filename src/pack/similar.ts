import { largest } from '../lens/topSet.ts';
import { norm } from '../lens/vectors.ts';

/** Neurons listed at each end of the cosine. */
export const SIMILAR = 12;

/** For every neuron of a block, those whose directions lie nearest to its own, and those most opposed; −1 for none. */
export interface SimilarNeurons {
  /** [N, SIMILAR] largest cosine first. */
  readonly similar: Int32Array;
  readonly similarCosines: Float32Array;
  /** [N, SIMILAR] most negative cosine first. */
  readonly opposite: Int32Array;
  readonly oppositeCosines: Float32Array;
}

/** The similar neurons of every neuron. @param directions [N, D], N ≥ 1 */
export function similarNeurons(directions: Float32Array, neurons: number): SimilarNeurons {
  const unit = unitRows(directions, neurons);
  const lists = {
    similar: new Int32Array(neurons * SIMILAR).fill(-1),
    similarCosines: new Float32Array(neurons * SIMILAR),
    opposite: new Int32Array(neurons * SIMILAR).fill(-1),
    oppositeCosines: new Float32Array(neurons * SIMILAR),
  };
  const cosines = new Float32Array(neurons);
  for (let n = 0; n < neurons; n++) {
    cosinesTo(unit, n, cosines);
    put(cosines, n, 1, lists.similar, lists.similarCosines);
    put(cosines, n, -1, lists.opposite, lists.oppositeCosines);
  }
  return lists;
}

/** Those of one neuron, where no list of all was made. */
export function similarTo(directions: Float32Array, neurons: number, neuron: number): SimilarNeurons {
  const cosines = new Float32Array(neurons);
  cosinesTo(unitRows(directions, neurons), neuron, cosines);
  const lists = {
    similar: new Int32Array(SIMILAR).fill(-1),
    similarCosines: new Float32Array(SIMILAR),
    opposite: new Int32Array(SIMILAR).fill(-1),
    oppositeCosines: new Float32Array(SIMILAR),
  };
  put(cosines, neuron, 1, lists.similar, lists.similarCosines, 0);
  put(cosines, neuron, -1, lists.opposite, lists.oppositeCosines, 0);
  return lists;
}

function put(
  cosines: Float32Array,
  neuron: number,
  sign: 1 | -1,
  neurons: Int32Array,
  values: Float32Array,
  at = neuron * SIMILAR,
): void {
  const ranked = cosines.map((value) => sign * value);
  ranked[neuron] = Number.NEGATIVE_INFINITY;
  const found = largest(ranked, Math.min(SIMILAR, cosines.length - 1));
  neurons.set(found, at);
  values.set(
    Float32Array.from(found, (other) => cosines[other]!),
    at,
  );
}

function unitRows(directions: Float32Array, neurons: number): Float32Array {
  const dim = directions.length / neurons;
  const unit = Float32Array.from(directions);
  for (let n = 0; n < neurons; n++) {
    const length = norm(directions, dim, n * dim);
    for (let d = 0; d < dim && length > 0; d++) unit[n * dim + d]! /= length;
  }
  return unit;
}

/** Four sums at once keep the processor busy: over a block this is N²·D products. */
function cosinesTo(unit: Float32Array, neuron: number, out: Float32Array): void {
  const dim = unit.length / out.length;
  const own = Float64Array.from(unit.subarray(neuron * dim, (neuron + 1) * dim));
  const whole = dim - (dim % 4);
  for (let other = 0, at = 0; other < out.length; other++, at += dim) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < whole; i += 4) {
      a += own[i]! * unit[at + i]!;
      b += own[i + 1]! * unit[at + i + 1]!;
      c += own[i + 2]! * unit[at + i + 2]!;
      d += own[i + 3]! * unit[at + i + 3]!;
    }
    for (let i = whole; i < dim; i++) a += own[i]! * unit[at + i]!;
    out[other] = Math.max(-1, Math.min(1, a + b + c + d));
  }
}
