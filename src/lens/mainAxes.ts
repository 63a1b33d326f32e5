import { topEigenpair } from './topEigenpair.ts';
import { addScaled, dot, type Numbers, norm, timesColumn } from './vectors.ts';

/** Squared lengths below this share of the largest are rounding. */
const NOTHING = 1e-14;

/**
 * Orthonormal rows [Q, D], Q ≤ `most`, along which the given vectors of D numbers mostly lie: their first right singular vectors, found one
 * after another from the vectors' inner products. Fewer where the vectors span less.
 */
export function mainAxes(vectors: readonly Numbers[], dim: number, most: number): Float32Array {
  const count = vectors.length;
  const products = new Float64Array(count * count);
  vectors.forEach((a, i) => {
    vectors.forEach((b, j) => {
      products[i * count + j] = dot(a, b, dim);
    });
  });
  let largest = 0;
  const axes: Float64Array[] = [];
  while (axes.length < Math.min(most, dim, count)) {
    const { value, vector } = topEigenpair(products, count);
    largest = Math.max(largest, value);
    if (!(value > NOTHING * largest)) break;
    for (let i = 0; i < count; i++) addScaled(products, -value * vector[i]!, vector, count, i * count);
    const axis = new Float64Array(dim);
    vectors.forEach((one, i) => {
      addScaled(axis, vector[i]!, one, dim);
    });
    for (let pass = 0; pass < 2; pass++)
      for (const other of axes) addScaled(axis, -dot(axis, other, dim), other, dim);
    const length = norm(axis);
    axes.push(axis.map((x) => x / length));
  }
  const rows = new Float32Array(axes.length * dim);
  axes.forEach((axis, q) => {
    rows.set(axis, q * dim);
  });
  return rows;
}

/** Length of what a vector of D numbers has beside orthonormal rows [Q, D]. */
export function lengthBeside(vector: Numbers, axes: Numbers): number {
  const dim = vector.length;
  const rest = Float64Array.from(vector);
  const along = timesColumn(axes, vector, axes.length / dim, dim);
  along.forEach((length, q) => {
    addScaled(rest, -length, axes, dim, 0, q * dim);
  });
  return norm(rest);
}
