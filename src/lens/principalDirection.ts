import { type CentredEffects, innerProduct, leftOf } from './centredEffects.ts';
import { topEigenpair } from './topEigenpair.ts';
import { norm, rowTimes } from './vectors.ts';

/** r_n and how much of the strongest effects it explains. */
export interface PrincipalDirection {
  /** [D], unit; all zeros when every effect of the top set is zero. */
  readonly direction: Float64Array;
  /** s1²/Σs², in 0..1. */
  readonly varianceShare: number;
}

/**
 * First right singular vector of the centred effects of the top images (not centred again), found
 * through their k×k inner products. Sign: more than half of them project positively; when exactly half
 * do (the released code then keeps whatever its SVD returned), their sum is positive.
 * Follows compute_pcas.py.
 */
export function principalDirection(effects: CentredEffects, top: Int32Array): PrincipalDirection {
  const products = innerProducts(effects, top);
  const k = top.length;
  let total = 0;
  for (let i = 0; i < k; i++) total += products[i * k + i]!;
  const { value, vector } = topEigenpair(products, k);
  if (value === 0) return { direction: new Float64Array(effects.dim), varianceShare: 0 };
  const direction = combination(effects, top, vector);
  const length = norm(direction);
  const sign = majoritySign(vector);
  return { direction: direction.map((x) => (sign * x) / length), varianceShare: Math.min(1, value / total) };
}

/** +1 or −1: the sign that turns most projections positive. X·v = s1·u, so u tells their signs. */
export function majoritySign(projections: Float64Array): number {
  const positive = projections.filter((u) => u > 0).length;
  if (positive * 2 !== projections.length) return positive * 2 > projections.length ? 1 : -1;
  return projections.reduce((sum, u) => sum + u, 0) < 0 ? -1 : 1;
}

/** X·Xᵀ [k, k] of the chosen images' centred effects, in coefficient space. */
export function innerProducts(effects: CentredEffects, images: Int32Array): Float64Array {
  const k = images.length;
  const products = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    const left = leftOf(effects, images[i]!);
    for (let j = 0; j <= i; j++) {
      const value = innerProduct(effects, left, images[j]!);
      products[i * k + j] = value;
      products[j * k + i] = value;
    }
  }
  return products;
}

/** Σ_i weight_i · centred effect of image i, [D]. */
function combination(effects: CentredEffects, images: Int32Array, weights: Float64Array): Float64Array {
  const { heads, dim, coefficients, vectors, shared } = effects;
  const delta = new Float64Array(heads);
  const eta = new Float64Array(shared.rank);
  images.forEach((image, i) => {
    for (let r = 0; r < heads; r++) delta[r]! += weights[i]! * coefficients[image * heads + r]!;
    for (let q = 0; q < shared.rank; q++) {
      eta[q]! += weights[i]! * shared.coordinates[image * shared.rank + q]!;
    }
  });
  const sum = rowTimes(delta, vectors, heads, dim);
  const rest = rowTimes(eta, shared.basis, shared.rank, dim);
  return sum.map((x, d) => x + rest[d]!);
}
