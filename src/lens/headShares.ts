import type { CentredEffects } from './centredEffects.ts';
import { alongDirection } from './signedActivations.ts';

/**
 * Which later heads carry the effect along r_n, [R]: over the top images, the mean of
 * sign(x)·(the head's term δ[r]·y[r] of x), divided by the mean |x|. A negative share works against
 * the neuron. The shares sum to 1 less what the shared part e contributes; all 0 when every x is 0.
 */
export function headShares(
  effects: CentredEffects,
  direction: ArrayLike<number>,
  activations: ArrayLike<number>,
  top: Int32Array,
): Float64Array {
  const { heads, coefficients, vectors } = effects;
  const y = alongDirection(vectors, direction);
  const shares = new Float64Array(heads);
  let total = 0;
  for (const image of top) {
    const x = activations[image]!;
    total += Math.abs(x);
    for (let r = 0; r < heads; r++) shares[r]! += Math.sign(x) * coefficients[image * heads + r]! * y[r]!;
  }
  return total > 0 ? shares.map((share) => share / total) : shares;
}
