import { gram } from './paths.ts';
import { dot, meanRow, minusRow, timesColumn } from './vectors.ts';

/**
 * e(I) over an image set, centred and in coordinates: ε(I) = e(I) − mean e = η(I)·basis.
 * The same for all neurons of a block.
 */
export interface CentredShared {
  readonly images: number;
  readonly dim: number;
  /** Q */
  readonly rank: number;
  /** [Q, D] orthonormal rows. */
  readonly basis: Float64Array;
  /** η [I, Q] */
  readonly coordinates: Float64Array;
  /** mean e [D] */
  readonly mean: Float64Array;
}

/**
 * One neuron's centred effects over an image set without forming them: effect of image I is
 * δ(I)·U_n + η(I)·basis with δ = ĉ − mean ĉ.
 */
export interface CentredEffects {
  readonly images: number;
  /** R */
  readonly heads: number;
  readonly dim: number;
  /** δ [I, R] */
  readonly coefficients: Float64Array;
  /** U_n [R, D] */
  readonly vectors: Float32Array;
  /** G_n = U_n·U_nᵀ [R, R] */
  readonly gram: Float64Array;
  /** U_n·basisᵀ [R, Q] */
  readonly cross: Float64Array;
  readonly shared: CentredShared;
}

/** Centres e [I, D] over the set. */
export function centreShared(
  parts: ArrayLike<number>,
  images: number,
  basis: Float64Array,
  dim: number,
): CentredShared {
  const rank = basis.length / dim;
  const mean = meanRow(parts, images, dim);
  const centred = minusRow(parts, mean, images, dim);
  const coordinates = new Float64Array(images * rank);
  for (let i = 0; i < images; i++) {
    coordinates.set(timesColumn(basis, centred, rank, dim, i * dim), i * rank);
  }
  return { images, dim, rank, basis, coordinates, mean };
}

/** Centres one neuron's scaled coefficients ĉ [I, R] and joins them with its U_n and the shared part. */
export function centreEffects(
  scaled: ArrayLike<number>,
  vectors: Float32Array,
  shared: CentredShared,
): CentredEffects {
  const { images, dim, rank } = shared;
  const heads = vectors.length / dim;
  const coefficients = minusRow(scaled, meanRow(scaled, images, heads), images, heads);
  const cross = new Float64Array(heads * rank);
  for (let r = 0; r < heads; r++) {
    cross.set(timesColumn(shared.basis, vectors, rank, dim, r * dim), r * rank);
  }
  return { images, heads, dim, coefficients, vectors, gram: gram(vectors, heads, dim), cross, shared };
}

/** ⟨centred effect of image i, centred effect of image j⟩ = δ_i G δ_jᵀ + δ_i·cross·η_j + δ_j·cross·η_i + η_i·η_j. */
export function innerProduct(effects: CentredEffects, left: Float64Array, image: number): number {
  const { heads, coefficients, shared } = effects;
  return (
    dot(left, coefficients, heads, 0, image * heads) +
    dot(left, shared.coordinates, shared.rank, heads, image * shared.rank)
  );
}

/** The row [R+Q] that {@link innerProduct} takes for image i: its inner products with U_n's rows and the basis. */
export function leftOf(effects: CentredEffects, image: number): Float64Array {
  const { heads, coefficients, gram: g, cross, shared } = effects;
  const { rank, coordinates } = shared;
  const left = new Float64Array(heads + rank);
  const at = image * rank;
  for (let q = 0; q < rank; q++) left[heads + q] = coordinates[at + q]!;
  for (let r = 0; r < heads; r++) {
    const delta = coefficients[image * heads + r]!;
    left[r] = left[r]! + dot(cross, coordinates, rank, r * rank, at);
    for (let j = 0; j < heads; j++) left[j]! += delta * g[r * heads + j]!;
    for (let q = 0; q < rank; q++) left[heads + q]! += delta * cross[r * rank + q]!;
  }
  return left;
}
