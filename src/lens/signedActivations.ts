import type { CentredEffects } from './centredEffects.ts';
import { dot, timesColumn } from './vectors.ts';

/** y_n = U_n·r_n [R]: how far one unit of each later head's coefficient moves the effect along r_n. */
export function alongDirection(vectors: ArrayLike<number>, direction: ArrayLike<number>): Float64Array {
  const dim = direction.length;
  return timesColumn(vectors, direction, vectors.length / dim, dim);
}

/** x_n(I) = ⟨phi_n(I) − mean_n, r_n⟩ = δ·y_n + ε·r_n of every image, [I]: the signed activation. */
export function signedActivations(effects: CentredEffects, direction: ArrayLike<number>): Float64Array {
  const { images, heads, dim, coefficients, vectors, shared } = effects;
  const { rank, basis, coordinates } = shared;
  const y = alongDirection(vectors, direction);
  const rest = timesColumn(basis, direction, rank, dim);
  const one = (_: unknown, i: number) =>
    dot(coefficients, y, heads, i * heads) + dot(coordinates, rest, rank, i * rank);
  return Float64Array.from({ length: images }, one);
}
