/**
 * How long δ·U + η·axes is, for one neuron after another, as plain lengths: with V = [U; axes] [R+Q, D] and V·Vᵀ = C·Cᵀ (Cholesky),
 * it is ‖[δ, η]·C‖, R + Q numbers instead of D, and no D-vector is formed. C is lower triangular, [[own, 0], [shared, rest]], so that is
 * √(‖δ·own + η·shared‖² + ‖η·rest‖²).
 * Sizes: n neurons, R heads, Q axes.
 */
export interface Rulers {
  readonly heads: number;
  readonly axes: number;
  /** [n, R, R] */
  readonly own: Float32Array;
  /** [n, Q + 1, R]: the last row is less the pivot's ĉ·own; zero until {@link aimAt}. */
  readonly shared: Float32Array;
  /** [n, Q + 1, Q], the last row zero. */
  readonly rest: Float32Array;
}

/**
 * From G = U·Uᵀ [n, R, R] and M = U·axesᵀ [n, R, Q], the axes orthonormal.
 */
export function makeRulers(gram: Float32Array, cross: Float32Array, heads: number, axes: number): Rulers {
  const columns = heads + axes;
  const neurons = gram.length / heads ** 2;
  const own = new Float32Array(neurons * heads * heads);
  const shared = new Float32Array(neurons * (axes + 1) * heads);
  const rest = new Float32Array(neurons * (axes + 1) * axes);
  const c = new Float64Array(columns * columns);
  for (let n = 0; n < neurons; n++) {
    fill(c, gram, cross, heads, axes, n);
    factorise(c, columns);
    for (let r = 0; r < heads; r++) {
      const at = (n * heads + r) * heads;
      for (let j = 0; j <= r; j++) own[at + j] = c[r * columns + j]!;
    }
    for (let q = 0; q < axes; q++) {
      const row = (heads + q) * columns;
      const at = n * (axes + 1) + q;
      for (let j = 0; j < heads; j++) shared[at * heads + j] = c[row + j]!;
      for (let j = 0; j <= q; j++) rest[at * axes + j] = c[row + heads + j]!;
    }
  }
  return { heads, axes, own, shared, rest };
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
 * Cholesky in place, column by column. A row that the ones before it span (a pivot that is rounding alone) gets a zero column: what
 * it adds to a length is nothing.
 */
function factorise(c: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    const own = j * size;
    const whole = c[own + j]!;
    let left = whole;
    for (let k = 0; k < j; k++) left -= c[own + k]! ** 2;
    const diagonal = left > 1e-6 * whole ? Math.sqrt(left) : 0;
    c[own + j] = diagonal;
    const factor = diagonal > 0 ? 1 / diagonal : 0;
    let i = j + 1;
    // Four rows at a time: a number of row j is read once for all of them, and no addition waits for another.
    for (; i + 3 < size; i += 4) {
      const a = i * size;
      const b = a + size;
      const d = b + size;
      const e = d + size;
      let s0 = c[a + j]!;
      let s1 = c[b + j]!;
      let s2 = c[d + j]!;
      let s3 = c[e + j]!;
      for (let k = 0; k < j; k++) {
        const x = c[own + k]!;
        s0 -= c[a + k]! * x;
        s1 -= c[b + k]! * x;
        s2 -= c[d + k]! * x;
        s3 -= c[e + k]! * x;
      }
      c[a + j] = s0 * factor;
      c[b + j] = s1 * factor;
      c[d + j] = s2 * factor;
      c[e + j] = s3 * factor;
    }
    for (; i < size; i++) {
      const a = i * size;
      let sum = c[a + j]!;
      for (let k = 0; k < j; k++) sum -= c[a + k]! * c[own + k]!;
      c[a + j] = sum * factor;
    }
  }
}

/** Makes a pivot's ĉ [n, R] the origin: what rulers measure from then on is ‖(ĉ − pivot)·U + η·axes‖, with (η, 1) for η. */
export function aimAt({ heads, axes, own, shared }: Rulers, pivot: Float32Array): void {
  const neurons = own.length / heads ** 2;
  const row = new Float64Array(heads);
  for (let n = 0; n < neurons; n++) {
    row.fill(0);
    for (let r = 0; r < heads; r++) {
      const factor = pivot[n * heads + r]!;
      const at = (n * heads + r) * heads;
      for (let j = 0; j <= r; j++) row[j]! -= factor * own[at + j]!;
    }
    shared.set(row, (n * (axes + 1) + axes) * heads);
  }
}

/** Share of squared lengths that float32 sums of some hundred terms may be off by. */
const ROUNDING = 1e-6;

/**
 * How far an image is from the pivot after a step s of it, from how far it was: ‖x − s‖² = ‖x‖² − 2⟨x, s⟩ + ‖s‖². Never less than it is: where
 * nearly nothing is left of large numbers, rounding could hide an image.
 */
export function afterStep(distance: number, inner: number, step: number): number {
  const squares = distance ** 2 - 2 * inner + step ** 2;
  return Math.sqrt(Math.max(0, squares) + ROUNDING * (distance + step) ** 2);
}
