/**
 * How long δ·U + η·axes is, for one neuron after another, as plain lengths: with V = [U; axes] [R+Q, D] and V·Vᵀ = C·Cᵀ (Cholesky),
 * it is ‖[δ, η]·C‖, R + Q numbers instead of D, and no D-vector is formed. C is [[own, 0], [shared, rest]], so that is
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
  const rows = heads + axes;
  const neurons = gram.length / heads ** 2;
  const own = new Float32Array(neurons * heads * heads);
  const shared = new Float32Array(neurons * (axes + 1) * heads);
  const rest = new Float32Array(neurons * (axes + 1) * axes);
  const factors = new Factors(rows);
  for (let n = 0; n < neurons; n++) {
    fill(factors.products, gram, cross, heads, axes, n);
    factors.factorise([heads, rows]);
    for (let place = 0; place < rows; place++) {
      const row = factors.rows[place]!;
      const c = factors.c.subarray(place * rows, (place + 1) * rows);
      if (row < heads) own.set(c.subarray(0, heads), (n * heads + row) * heads);
      else {
        const at = n * (axes + 1) + row - heads;
        shared.set(c.subarray(0, heads), at * heads);
        rest.set(c.subarray(heads), at * axes);
      }
    }
  }
  return { heads, axes, own, shared, rest };
}

/** V·Vᵀ [R+Q, R+Q]. */
function fill(
  products: Float64Array,
  gram: Float32Array,
  cross: Float32Array,
  heads: number,
  axes: number,
  n: number,
) {
  const rows = heads + axes;
  products.fill(0);
  for (let r = 0; r < heads; r++) {
    for (let s = 0; s < heads; s++) products[r * rows + s] = gram[(n * heads + r) * heads + s]!;
    for (let q = 0; q < axes; q++) {
      const x = cross[(n * heads + r) * axes + q]!;
      products[(heads + q) * rows + r] = x;
      products[r * rows + heads + q] = x;
    }
  }
  for (let q = heads; q < rows; q++) products[q * rows + q] = 1;
}

/** What of a squared length is rounding, as a share of the largest. */
const LEAST_PIVOT = 1e-6;

/** Pivoted Cholesky of one symmetric matrix after another, all of one size. */
class Factors {
  /** [size, size] the matrix, by row. */
  readonly products: Float64Array;
  /** Row of the matrix at each place. */
  readonly rows: Int32Array;
  /** [size, size] C, by place, lower triangular. */
  readonly c: Float64Array;
  readonly #size: number;
  /** What is left of each place's squared length. */
  readonly #left: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.products = new Float64Array(size * size);
    this.rows = new Int32Array(size);
    this.c = new Float64Array(size * size);
    this.#left = new Float64Array(size);
  }

  /**
   * Column by column, always for the row of which most is left: once that is rounding, so is all that is left, and the columns
   * are zero. Taken in a fixed order, rows that others nearly span would leave products of later rows out, or blow them up.
   * @param ends places of rows that stay together: those before the first end come first
   */
  factorise(ends: readonly number[]): void {
    const size = this.#size;
    this.c.fill(0);
    let largest = 0;
    for (let i = 0; i < size; i++) {
      this.rows[i] = i;
      this.#left[i] = this.products[i * size + i]!;
      largest = Math.max(largest, this.#left[i]!);
    }
    let from = 0;
    for (const end of ends) {
      for (let j = from; j < end; j++) {
        this.#bring(this.#most(j, end), j);
        if (!(this.#left[j]! > LEAST_PIVOT * largest)) break;
        this.#column(j);
      }
      from = end;
    }
  }

  #most(from: number, end: number): number {
    let most = from;
    for (let i = from + 1; i < end; i++) if (this.#left[i]! > this.#left[most]!) most = i;
    return most;
  }

  /** Lets the rows at two places change them. */
  #bring(a: number, b: number): void {
    if (a === b) return;
    const size = this.#size;
    [this.rows[a], this.rows[b]] = [this.rows[b]!, this.rows[a]!];
    [this.#left[a], this.#left[b]] = [this.#left[b]!, this.#left[a]!];
    for (let k = 0; k < b; k++) {
      const x = this.c[a * size + k]!;
      this.c[a * size + k] = this.c[b * size + k]!;
      this.c[b * size + k] = x;
    }
  }

  #column(j: number): void {
    const { c, products, rows } = this;
    const size = this.#size;
    const own = j * size;
    const row = rows[j]! * size;
    const diagonal = Math.sqrt(this.#left[j]!);
    const factor = 1 / diagonal;
    c[own + j] = diagonal;
    let i = j + 1;
    // Four rows at a time: a number of row j is read once for all of them, and no addition waits for another.
    for (; i + 3 < size; i += 4) {
      const a = i * size;
      const b = a + size;
      const d = b + size;
      const e = d + size;
      let s0 = products[row + rows[i]!]!;
      let s1 = products[row + rows[i + 1]!]!;
      let s2 = products[row + rows[i + 2]!]!;
      let s3 = products[row + rows[i + 3]!]!;
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
      let sum = products[row + rows[i]!]!;
      for (let k = 0; k < j; k++) sum -= c[a + k]! * c[own + k]!;
      c[a + j] = sum * factor;
    }
    for (let rest = j + 1; rest < size; rest++) this.#left[rest]! -= c[rest * size + j]! ** 2;
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
      for (let j = 0; j < heads; j++) row[j]! -= factor * own[at + j]!;
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
