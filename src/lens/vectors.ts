/** Anything numbers can be read from by index; typed arrays above all. */
export type Numbers = ArrayLike<number>;

/** Σ_j a[ao+j]·b[bo+j] over `size` numbers, in float64. */
export function dot(a: Numbers, b: Numbers, size: number, ao = 0, bo = 0): number {
  let sum = 0;
  for (let j = 0; j < size; j++) sum += a[ao + j]! * b[bo + j]!;
  return sum;
}

/** Euclidean length of `size` numbers from `offset`. */
export function norm(a: Numbers, size: number = a.length, offset = 0): number {
  return Math.sqrt(dot(a, a, size, offset, offset));
}

/** ⟨a, b⟩ / (‖a‖‖b‖), not trusting either to be exactly unit; 0 where a length is 0. */
export function cosine(a: Numbers, b: Numbers): number {
  const lengths = norm(a) * norm(b);
  return lengths > 0 ? dot(a, b, a.length) / lengths : 0;
}

/** target[to+j] += factor·row[ro+j] over `size` numbers. */
export function addScaled(
  target: Float64Array | Float32Array,
  factor: number,
  row: Numbers,
  size: number,
  to = 0,
  ro = 0,
): void {
  for (let j = 0; j < size; j++) target[to + j]! += factor * row[ro + j]!;
}

/** Row vector times matrix: x [rows] · m [rows, columns]. */
export function rowTimes(
  x: Numbers,
  m: Numbers,
  rows: number,
  columns: number,
  xo = 0,
  mo = 0,
): Float64Array {
  const product = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    const factor = x[xo + i]!;
    if (factor !== 0) addScaled(product, factor, m, columns, 0, mo + i * columns);
  }
  return product;
}

/** Matrix times column vector: m [rows, columns] · x [columns]. */
export function timesColumn(m: Numbers, x: Numbers, rows: number, columns: number, xo = 0): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => dot(m, x, columns, i * columns, xo));
}

/** Mean over the rows of m [rows, columns]. */
export function meanRow(m: Numbers, rows: number, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows; i++) addScaled(mean, 1 / rows, m, columns, 0, i * columns);
  return mean;
}

/** A copy of m [rows, columns] with `mean` [columns] taken off every row. */
export function minusRow(m: Numbers, mean: Numbers, rows: number, columns: number): Float64Array {
  const centred = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) centred[i * columns + j] = m[i * columns + j]! - mean[j]!;
  }
  return centred;
}
