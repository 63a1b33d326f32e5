import { LensError } from '../errors.ts';
import type { Atoms } from './atoms.ts';
import { Pursuit } from './pursuit.ts';
import { addScaled } from './vectors.ts';

export { type Atoms, prepareAtoms } from './atoms.ts';

/** How text atoms are scaled before orthogonal matching pursuit; see docs/method.md. */
export type AtomForm = 'as-released' | 'unit-atoms';

export interface SparseCodeOptions {
  /** m: at most this many texts. */
  readonly terms: number;
  readonly atoms: AtomForm;
}

/** r ≈ Σ_j γ_j t_j: a direction in words, strongest |γ| first. */
export interface SparseCode {
  readonly options: SparseCodeOptions;
  /** Indices into the text pool, in order of |coefficient|. */
  readonly texts: Int32Array;
  /** Signed coefficients γ on the scaled atoms. */
  readonly coefficients: Float32Array;
  /** R² = 1 − ‖r − r̂‖²/‖r‖² of the reconstruction. */
  readonly r2: number;
}

/** The pursuit of one direction up to its longest code; every shorter code is a prefix of it. */
export interface SparseCodePath {
  /** Longest code asked for. */
  readonly maxTerms: number;
  readonly form: AtomForm;
  /** Texts in the order of choice; fewer than `maxTerms` when nothing was left to explain. */
  readonly chosen: Int32Array;
  /** R² of the code of 1, 2, … texts: non-decreasing. */
  readonly r2: Float32Array;
  /** γ of the code of 1, 2, … texts, each in the order of choice. */
  readonly coefficients: readonly Float32Array[];
}

/**
 * Inner products of B residuals [B, D] with all atoms, [B, P]. The default runs here; an engine may
 * pass one that runs on its device. It is all of the cost.
 */
export type Correlate = (residuals: Float32Array, atoms: Atoms) => Float32Array | Promise<Float32Array>;

/** A direction in at most `options.terms` texts. @throws LensError `bad-request` as {@link sparseCodePath}. */
export function sparseCode(
  direction: ArrayLike<number>,
  atoms: Atoms,
  options: SparseCodeOptions,
): SparseCode {
  if (options.atoms !== atoms.form) {
    throw new LensError('bad-request', `The texts were prepared as "${atoms.form}", not "${options.atoms}".`);
  }
  return codeOfPath(sparseCodePath(direction, atoms, options.terms), options.terms);
}

/**
 * Orthogonal matching pursuit of one direction [D], all prefixes at once: the code of m texts for every
 * m ≤ `maxTerms`.
 * @throws LensError `bad-request` when `maxTerms` < 1 or the sizes differ.
 */
export function sparseCodePath(direction: ArrayLike<number>, atoms: Atoms, maxTerms: number): SparseCodePath {
  checkTerms(maxTerms);
  checkDim(direction.length, atoms.dim);
  const pursuit = new Pursuit(direction, atoms);
  const correlations = new Float64Array(atoms.count);
  while (!pursuit.done && pursuit.chosen.length < maxTerms) {
    correlateOne(correlations, pursuit.residual, atoms);
    pursuit.advance(correlations);
  }
  return pathOf(pursuit, atoms, maxTerms);
}

/**
 * The same for many directions [B, D] together, with one product a step for all of them. Memory is
 * B·P; pass a few hundred directions at a time.
 */
export async function sparseCodePaths(
  directions: Float32Array,
  atoms: Atoms,
  maxTerms: number,
  correlate: Correlate = correlateHere,
): Promise<SparseCodePath[]> {
  checkTerms(maxTerms);
  checkDim(directions.length % atoms.dim, 0);
  const { dim } = atoms;
  const pursuits = Array.from(
    { length: directions.length / dim },
    (_, b) => new Pursuit(directions.subarray(b * dim, (b + 1) * dim), atoms),
  );
  for (let step = 0; step < maxTerms; step++) {
    const active = pursuits.filter((pursuit) => !pursuit.done);
    if (active.length === 0) break;
    const residuals = new Float32Array(active.length * dim);
    active.forEach((pursuit, b) => {
      residuals.set(pursuit.residual, b * dim);
    });
    const correlations = await correlate(residuals, atoms);
    active.forEach((pursuit, b) => {
      pursuit.advance(correlations, b * atoms.count);
    });
  }
  return pursuits.map((pursuit) => pathOf(pursuit, atoms, maxTerms));
}

/** The code of at most `terms` texts from a path, strongest |γ| first. */
export function codeOfPath(path: SparseCodePath, terms: number): SparseCode {
  checkTerms(terms);
  if (terms > path.maxTerms) {
    throw new LensError(
      'bad-request',
      `This description was computed for up to ${path.maxTerms} texts, not ${terms}.`,
    );
  }
  const used = Math.min(terms, path.chosen.length);
  const gamma = path.coefficients[used - 1] ?? new Float32Array(0);
  const order = Array.from(gamma, (_, i) => i).sort((i, j) => Math.abs(gamma[j]!) - Math.abs(gamma[i]!));
  return {
    options: { terms, atoms: path.form },
    texts: Int32Array.from(order, (i) => path.chosen[i]!),
    coefficients: Float32Array.from(order, (i) => gamma[i]!),
    r2: path.r2[used - 1] ?? 0,
  };
}

/** r̂ = Σ_j γ_j t_j [D]. */
export function reconstruction(code: Pick<SparseCode, 'texts' | 'coefficients'>, atoms: Atoms): Float64Array {
  const sum = new Float64Array(atoms.dim);
  code.texts.forEach((text, i) => {
    addScaled(sum, code.coefficients[i]!, atoms.vectors, atoms.dim, 0, text * atoms.dim);
  });
  return sum;
}

function pathOf(pursuit: Pursuit, atoms: Atoms, maxTerms: number): SparseCodePath {
  return {
    maxTerms,
    form: atoms.form,
    chosen: Int32Array.from(pursuit.chosen),
    r2: Float32Array.from(pursuit.r2),
    coefficients: pursuit.chosen.map((_, i) => Float32Array.from(pursuit.coefficients(i + 1))),
  };
}

function correlateHere(residuals: Float32Array, atoms: Atoms): Float32Array {
  const batch = residuals.length / atoms.dim;
  const correlations = new Float32Array(batch * atoms.count);
  for (let b = 0; b < batch; b++) {
    const row = Float64Array.from(residuals.subarray(b * atoms.dim, (b + 1) * atoms.dim));
    correlateOne(correlations.subarray(b * atoms.count, (b + 1) * atoms.count), row, atoms);
  }
  return correlations;
}

/** Inner products of one residual with all atoms; four sums at once keep the processor busy. */
function correlateOne(
  target: Float64Array | Float32Array,
  residual: Float64Array,
  { vectors, count, dim }: Atoms,
): void {
  const whole = dim - (dim % 4);
  for (let j = 0, at = 0; j < count; j++, at += dim) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < whole; i += 4) {
      a += residual[i]! * vectors[at + i]!;
      b += residual[i + 1]! * vectors[at + i + 1]!;
      c += residual[i + 2]! * vectors[at + i + 2]!;
      d += residual[i + 3]! * vectors[at + i + 3]!;
    }
    for (let i = whole; i < dim; i++) a += residual[i]! * vectors[at + i]!;
    target[j] = a + b + c + d;
  }
}

function checkTerms(terms: number): void {
  if (!Number.isInteger(terms) || terms < 1) {
    throw new LensError('bad-request', `A description needs at least one text, not ${terms}.`);
  }
}

function checkDim(given: number, wanted: number): void {
  if (given !== wanted) {
    throw new LensError('bad-request', 'The texts were embedded with another model than the neurons.');
  }
}
