import { addScaled, dot, type Numbers, norm } from './vectors.ts';

/**
 * Orthonormal rows [Q, D], Q ≤ `most`, along which the given vectors of D numbers mostly lie: again and again the one that sticks
 * out farthest, as far as it sticks out. Stops when nothing does.
 */
export function mainAxes(vectors: readonly Numbers[], dim: number, most: number): Float32Array {
  const left = vectors.map((vector) => Float64Array.from(vector));
  const largest = Math.max(0, ...left.map((vector) => norm(vector)));
  const axes: Float64Array[] = [];
  while (axes.length < Math.min(most, dim)) {
    const lengths = left.map((vector) => norm(vector));
    const far = lengths.indexOf(Math.max(...lengths));
    if (far < 0 || !(lengths[far]! > 1e-9 * largest)) break;
    const axis = left[far]!.map((x) => x / lengths[far]!);
    for (const other of axes) addScaled(axis, -dot(axis, other, dim), other, dim);
    const length = norm(axis);
    const unit = axis.map((x) => x / length);
    axes.push(unit);
    for (const vector of left) addScaled(vector, -dot(vector, unit, dim), unit, dim);
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
  for (let at = 0; at < axes.length; at += dim) {
    addScaled(rest, -dot(rest, axes, dim, 0, at), axes, dim, 0, at);
  }
  return norm(rest);
}
