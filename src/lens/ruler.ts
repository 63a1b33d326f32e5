/**
 * How long δ·U + η·axes is, for one neuron after another, as plain lengths: with V = [U; axes] [R+Q, D] and V·Vᵀ = C·Cᵀ (Cholesky),
 * it is ‖[δ, η]·C‖, R + Q numbers instead of D, and no D-vector is formed.
 * Sizes: n neurons, R heads, Q axes; `columns` is R + Q.
 */
export interface Rulers {
  readonly heads: number;
  readonly axes: number;
  /** [n, R, R + Q]: C's rows for δ. */
  readonly own: Float32Array;
  /** [n, Q + 1, R + Q]: C's rows for η, and less the pivot's own row: zero until {@link aimAt}. */
  readonly shared: Float32Array;
}

/**
 * From G = U·Uᵀ [n, R, R] and M = U·axesᵀ [n, R, Q], the axes orthonormal.
 */
export function makeRulers(gram: Float32Array, cross: Float32Array, heads: number, axes: number): Rulers {
  const columns = heads + axes;
  const neurons = gram.length / heads ** 2;
  const own = new Float32Array(neurons * heads * columns);
  const shared = new Float32Array(neurons * (axes + 1) * columns);
  const c = new Float64Array(columns * columns);
  for (let n = 0; n < neurons; n++) {
    fill(c, gram, cross, heads, axes, n);
    factorise(c, columns);
    own.set(c.subarray(0, heads * columns), n * heads * columns);
    shared.set(c.subarray(heads * columns), n * (axes + 1) * columns);
  }
  return { heads, axes, own, shared };
}

/** Lower triangle of V·Vᵀ; zeros above. */
function fill(
  c: Float64Array,
  gram: Float32Array,
  cross: Float32Array,
  heads: number,
  axes: number,
  n: number,
) {
  const columns = heads + axes;
  c.fill(0);
  for (let r = 0; r < heads; r++) {
    for (let s = 0; s <= r; s++) c[r * columns + s] = gram[(n * heads + r) * heads + s]!;
    for (let q = 0; q < axes; q++) c[(heads + q) * columns + r] = cross[(n * heads + r) * axes + q]!;
  }
  for (let q = heads; q < columns; q++) c[q * columns + q] = 1;
}

/**
 * Cholesky in place, row by row. A row that the ones before it span (a pivot that is rounding alone) gets a zero column: what it
 * adds to a length is nothing.
 */
function factorise(c: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j < i; j++) {
      const other = j * size;
      const diagonal = c[other + j]!;
      if (diagonal === 0) {
        c[row + j] = 0;
        continue;
      }
      let sum = c[row + j]!;
      for (let k = 0; k < j; k++) sum -= c[row + k]! * c[other + k]!;
      c[row + j] = sum / diagonal;
    }
    let left = c[row + i]!;
    const whole = left;
    for (let k = 0; k < i; k++) left -= c[row + k]! ** 2;
    c[row + i] = left > 1e-6 * whole ? Math.sqrt(left) : 0;
  }
}

/** Makes a pivot's ĉ [n, R] the origin: what rulers measure from then on is ‖(ĉ − pivot)·U + η·axes‖, with (η, 1) for η. */
export function aimAt({ heads, axes, own, shared }: Rulers, pivot: Float32Array): void {
  const columns = heads + axes;
  const neurons = own.length / (heads * columns);
  const row = new Float64Array(columns);
  for (let n = 0; n < neurons; n++) {
    row.fill(0);
    for (let r = 0; r < heads; r++) {
      const factor = pivot[n * heads + r]!;
      const at = (n * heads + r) * columns;
      for (let j = 0; j <= r; j++) row[j]! -= factor * own[at + j]!;
    }
    shared.set(row, (n * (axes + 1) + axes) * columns);
  }
}
