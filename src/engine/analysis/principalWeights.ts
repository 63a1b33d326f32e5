import { majoritySign } from '../../lens/principalDirection.ts';
import { topEigenpair } from '../../lens/topEigenpair.ts';
import type { JobOptions } from '../../progress.ts';
import { breather } from '../running/breathe.ts';

/** The products are float32: their eigenvectors are known no better. */
const TOLERANCE = 1e-8;

export interface PrincipalWeights {
  /** u [n, k]: the first left singular vector of each neuron's strongest effects X, signed; zeros for X = 0. */
  readonly weights: Float32Array;
  /** s1²/Σs² [n] */
  readonly varianceShares: Float32Array;
}

/** From X·Xᵀ [n, k, k] and guesses at u [n, k]. */
export async function principalWeights(
  products: Float32Array,
  guesses: Float32Array,
  k: number,
  signal: JobOptions['signal'],
): Promise<PrincipalWeights> {
  const neurons = guesses.length / k;
  const breathe = breather(signal);
  const weights = new Float32Array(neurons * k);
  const varianceShares = new Float32Array(neurons);
  for (let n = 0; n < neurons; n++) {
    const own = Float64Array.from(products.subarray(n * k * k, (n + 1) * k * k));
    let total = 0;
    for (let i = 0; i < k; i++) total += own[i * k + i]!;
    const from = guesses.subarray(n * k, (n + 1) * k);
    const { value, vector } = topEigenpair(own, k, { from, tolerance: TOLERANCE });
    if (value > 0) {
      const sign = majoritySign(vector);
      for (let i = 0; i < k; i++) weights[n * k + i] = sign * vector[i]!;
      varianceShares[n] = Math.min(1, value / total);
    }
    await breathe();
  }
  return { weights, varianceShares };
}
