import { addScaled, dot, norm } from './vectors.ts';

/** The largest eigenvalue of a symmetric matrix and its unit eigenvector. */
export interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
}

/** Relative residual at which the iteration stops unless told. */
const TOLERANCE = 1e-13;

/**
 * Largest eigenpair of a symmetric positive semi-definite matrix K [size, size], by Lanczos with full
 * re-orthogonalisation: exact after `size` steps even when the first eigenvalues nearly tie, and
 * far earlier when they do not. Returns value 0 and a zero vector for K = 0.
 * @param from where to start: a good guess saves most steps
 * @param tolerance relative residual ‖Kv − λv‖/λ to stop at
 */
export function topEigenpair(
  matrix: Float64Array,
  size: number,
  { from, tolerance = TOLERANCE }: { from?: ArrayLike<number>; tolerance?: number } = {},
): Eigenpair {
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const offDiagonal: number[] = [];
  let next = startFrom(from) ?? startVector(size);
  let ritz: Eigenpair = { value: 0, vector: new Float64Array(1) };
  for (let step = 0; step < size; step++) {
    basis.push(next);
    const image = product(matrix, next, size);
    diagonal.push(dot(image, next, size));
    for (let pass = 0; pass < 2; pass++) {
      for (const old of basis) addScaled(image, -dot(image, old, size), old, size);
    }
    const beta = norm(image);
    ritz = topOfTridiagonal(diagonal, offDiagonal);
    if (beta * Math.abs(ritz.vector[step]!) <= tolerance * ritz.value || beta === 0) break;
    offDiagonal.push(beta);
    next = image.map((x) => x / beta);
  }
  if (!(ritz.value > 0)) return { value: 0, vector: new Float64Array(size) };
  const vector = new Float64Array(size);
  basis.forEach((row, j) => {
    addScaled(vector, ritz.vector[j]!, row, size);
  });
  const length = norm(vector);
  return { value: ritz.value, vector: vector.map((x) => x / length) };
}

/**
 * K·x, four rows at a time. Loops over one kind of array are several times as fast as `timesColumn`, and nearly all of the
 * time goes here.
 */
function product(matrix: Float64Array, x: Float64Array, size: number): Float64Array {
  const image = new Float64Array(size);
  let i = 0;
  for (; i + 3 < size; i += 4) {
    const a = i * size;
    const b = a + size;
    const c = b + size;
    const d = c + size;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let j = 0; j < size; j++) {
      const y = x[j]!;
      s0 += matrix[a + j]! * y;
      s1 += matrix[b + j]! * y;
      s2 += matrix[c + j]! * y;
      s3 += matrix[d + j]! * y;
    }
    image[i] = s0;
    image[i + 1] = s1;
    image[i + 2] = s2;
    image[i + 3] = s3;
  }
  for (; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * x[j]!;
    image[i] = sum;
  }
  return image;
}

/** A guess at unit length; undefined when it is none. */
function startFrom(guess: ArrayLike<number> | undefined): Float64Array | undefined {
  const length = guess ? norm(guess) : 0;
  return guess && length > 0 && Number.isFinite(length)
    ? Float64Array.from(guess, (x) => x / length)
    : undefined;
}

/** A fixed start without symmetry, so that it is orthogonal to no eigenvector anyone meets. */
function startVector(size: number): Float64Array {
  const start = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 0.6180339887498949) % 1));
  const length = norm(start);
  return start.map((x) => x / length);
}

/** Largest eigenpair of a symmetric tridiagonal matrix: bisection, then inverse iteration from above. */
function topOfTridiagonal(diagonal: readonly number[], offDiagonal: readonly number[]): Eigenpair {
  const size = diagonal.length;
  let low = Math.max(...diagonal);
  let high = low;
  for (let i = 0; i < size; i++) {
    const radius = Math.abs(offDiagonal[i - 1] ?? 0) + Math.abs(offDiagonal[i] ?? 0);
    high = Math.max(high, diagonal[i]! + radius);
  }
  for (let pass = 0; pass < 64 && high - low > 1e-16 * Math.abs(high); pass++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (isAbove(middle, diagonal, offDiagonal)) high = middle;
    else low = middle;
  }
  const shift = high + 4e-16 * Math.abs(high) + Number.MIN_VALUE;
  let vector = startVector(size);
  for (let pass = 0; pass < 3; pass++) vector = solveShifted(shift, diagonal, offDiagonal, vector);
  return { value: low, vector };
}

/** True when every eigenvalue lies below `shift`: shift·1 − T has positive pivots only. */
function isAbove(shift: number, diagonal: readonly number[], offDiagonal: readonly number[]): boolean {
  let pivot = shift - diagonal[0]!;
  for (let i = 1; pivot > 0 && i < diagonal.length; i++) {
    pivot = shift - diagonal[i]! - offDiagonal[i - 1]! ** 2 / pivot;
  }
  return pivot > 0;
}

/** (shift·1 − T)⁻¹·x, scaled to unit length. Positive definite, hence no pivoting. */
function solveShifted(
  shift: number,
  diagonal: readonly number[],
  offDiagonal: readonly number[],
  x: Float64Array,
): Float64Array {
  const size = diagonal.length;
  const tiny = 1e-300 + 1e-16 * Math.abs(shift);
  const pivots = new Float64Array(size);
  const y = Float64Array.from(x);
  pivots[0] = Math.max(shift - diagonal[0]!, tiny);
  for (let i = 1; i < size; i++) {
    const factor = offDiagonal[i - 1]! / pivots[i - 1]!;
    pivots[i] = Math.max(shift - diagonal[i]! - factor * offDiagonal[i - 1]!, tiny);
    y[i]! += factor * y[i - 1]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const above = i + 1 < size ? offDiagonal[i]! * y[i + 1]! : 0;
    y[i] = (y[i]! + above) / pivots[i]!;
  }
  const largest = y.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const scaled = y.map((v) => v / largest);
  const length = norm(scaled);
  return scaled.map((v) => v / length);
}
