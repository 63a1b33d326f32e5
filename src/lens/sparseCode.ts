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

/** For each of B residuals the atom of largest |inner product|, the first of several, and that size. */
export interface Strongest {
  /** [B] */
  readonly atoms: ArrayLike<number>;
  /** [B] */
  readonly strengths: ArrayLike<number>;
}

/**
 * Finds the strongest atoms of B residuals [B, D]. The default runs here, in float64; an engine may pass one
 * that runs on its device. It is all of the cost.
 */
export type FindStrongest = (residuals: Float32Array, atoms: Atoms) => Strongest | Promise<Strongest>;

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
  while (!pursuit.done && pursuit.chosen.length < maxTerms) {
    const { atom, strength } = strongestOf(pursuit.residual, atoms);
    pursuit.advance(atom, strength);
  }
  return pathOf(pursuit, atoms, maxTerms);
}

/**
 * The same for many directions [B, D] together, with one product a step for all of them. Pass
 * some tens of directions at a time: what `strongest` keeps may be B·P numbers.
 */
export async function sparseCodePaths(
  directions: Float32Array,
  atoms: Atoms,
  maxTerms: number,
  strongest: FindStrongest = strongestHere,
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
    const found = await strongest(residuals, atoms);
    active.forEach((pursuit, b) => {
      pursuit.advance(found.atoms[b]!, found.strengths[b]!);
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

function strongestHere(residuals: Float32Array, atoms: Atoms): Strongest {
  const { dim } = atoms;
  const found = Array.from({ length: residuals.length / dim }, (_, b) =>
    strongestOf(residuals.subarray(b * dim, (b + 1) * dim), atoms),
  );
  return { atoms: found.map(({ atom }) => atom), strengths: found.map(({ strength }) => strength) };
}

/** The strongest atom of one residual; four sums at once keep the processor busy. */
function strongestOf(
  residual: Float64Array | Float32Array,
  { vectors, count, dim }: Atoms,
): { atom: number; strength: number } {
  const row = Float64Array.from(residual);
  const whole = dim - (dim % 4);
  let atom = 0;
  let strength = -1;
  for (let j = 0, at = 0; j < count; j++, at += dim) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < whole; i += 4) {
      a += row[i]! * vectors[at + i]!;
      b += row[i + 1]! * vectors[at + i + 1]!;
      c += row[i + 2]! * vectors[at + i + 2]!;
      d += row[i + 3]! * vectors[at + i + 3]!;
    }
    for (let i = whole; i < dim; i++) a += row[i]! * vectors[at + i]!;
    const size = Math.abs(a + b + c + d);
    if (size > strength) {
      atom = j;
      strength = size;
    }
  }
  return { atom, strength };
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
