import { LensError } from '../errors.ts';
import type { AtomForm } from './sparseCode.ts';
import { addScaled, meanRow, norm } from './vectors.ts';

/** A text pool made ready for matching pursuit. */
export interface Atoms {
  readonly form: AtomForm;
  /** P */
  readonly count: number;
  /** D */
  readonly dim: number;
  /** [P, D] one atom a text, in pool order. A text equal to the pool's mean is a zero atom, never chosen. */
  readonly vectors: Float32Array;
  /** [P] length of each atom. */
  readonly lengths: Float32Array;
}

/** The released code's factor on texts; it cancels in both forms up to the scale of the atoms. */
const ATOM_UNITS = 100;

/**
 * Scales a pool of text embeddings [P, D]. Both forms take the pool's mean off first.
 * - `as-released` (compute_sparse_decomposition.py): every dimension is divided by its norm over the pool,
 *   times 100; atoms differ in length, so a long atom is preferred to an equally well aligned short one.
 * - `unit-atoms`: every atom has length 1, as matching pursuit assumes.
 * @throws LensError `bad-request` when the pool is empty or not a whole number of rows.
 */
export function prepareAtoms(pool: ArrayLike<number>, dim: number, form: AtomForm): Atoms {
  const count = pool.length / dim;
  if (!Number.isInteger(count) || count < 1) {
    throw new LensError(
      'bad-request',
      `The text pool must be rows of ${dim} numbers; add at least one text.`,
    );
  }
  const vectors = new Float32Array(count * dim);
  const mean = meanRow(pool, count, dim);
  const scales = form === 'as-released' ? dimensionScales(pool, mean, count, dim) : undefined;
  const row = new Float64Array(dim);
  const lengths = new Float32Array(count);
  for (let j = 0; j < count; j++) {
    for (let d = 0; d < dim; d++) row[d] = (pool[j * dim + d]! - mean[d]!) * (scales?.[d] ?? 1);
    const length = norm(row);
    const scale = form === 'unit-atoms' ? inverse(length) : 1;
    addScaled(vectors, scale, row, dim, j * dim);
    lengths[j] = length * scale;
  }
  return { form, count, dim, vectors, lengths };
}

/** 100/‖column‖ of the centred pool; 0 for a dimension in which all texts agree. */
function dimensionScales(
  pool: ArrayLike<number>,
  mean: Float64Array,
  count: number,
  dim: number,
): Float64Array {
  const squares = new Float64Array(dim);
  for (let j = 0; j < count; j++) {
    for (let d = 0; d < dim; d++) squares[d]! += (pool[j * dim + d]! - mean[d]!) ** 2;
  }
  return squares.map((square) => ATOM_UNITS * inverse(Math.sqrt(square)));
}

const inverse = (length: number): number => (length > 1e-12 ? 1 / length : 0);
