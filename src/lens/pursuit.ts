import type { Atoms } from './atoms.ts';
import { addScaled, dot, norm } from './vectors.ts';

/**
 * Orthogonal matching pursuit of one direction, a step at a time, so that many directions can share
 * one product of all residuals with all atoms (which may run on a GPU): see `sparseCodePaths`. Memory is that of
 * the chosen atoms, m·D numbers and m²/2 of their Gram matrix; never the Gram matrix of the pool.
 *
 * The chosen atoms are kept as orthonormal columns q and a triangular factor (atom = Σ q·factor), which
 * gives the same coefficients as an incremental Cholesky of their Gram matrix without squaring its condition.
 */
export class Pursuit {
  /** What is left of the direction, [D]; orthogonal to every chosen atom. */
  readonly residual: Float64Array;
  /** Chosen atoms, in the order of choice. */
  readonly chosen: number[] = [];
  /** R² after each choice. */
  readonly r2: number[] = [];
  /** True when no further atom can improve the fit. */
  done = false;

  private readonly orthonormal: Float64Array[] = [];
  /** Column j: atom j in terms of the orthonormal columns 0 … j. */
  private readonly factor: Float64Array[] = [];
  /** ⟨direction, q⟩ */
  private readonly along: number[] = [];
  private readonly square: number;
  private explained = 0;

  constructor(
    direction: ArrayLike<number>,
    private readonly atoms: Atoms,
  ) {
    this.residual = Float64Array.from(direction);
    this.square = dot(direction, direction, atoms.dim);
    this.done = this.square === 0;
  }

  /**
   * Takes the atom of largest |⟨residual, atom⟩|. As in scikit-learn, atoms are not normalised here and the
   * pursuit ends early at an atom it has, or one that depends on those it has.
   * @param strength its |⟨residual, atom⟩|
   */
  advance(atom: number, strength: number): void {
    if (this.done) return;
    const length = this.atoms.lengths[atom]!;
    if (!(strength > 1e-7 * length * Math.sqrt(this.square)) || this.chosen.includes(atom)) this.done = true;
    else this.take(atom);
  }

  /** Coefficients of the first `terms` chosen atoms when only those are used, in the order of choice. */
  coefficients(terms: number): Float64Array {
    const gamma = Float64Array.from(this.along.slice(0, terms));
    for (let i = gamma.length - 1; i >= 0; i--) {
      for (let j = i + 1; j < gamma.length; j++) gamma[i]! -= this.factor[j]![i]! * gamma[j]!;
      gamma[i]! /= this.factor[i]![i]!;
    }
    return gamma;
  }

  private take(index: number): void {
    const { dim, vectors } = this.atoms;
    const column = Float64Array.from(vectors.subarray(index * dim, (index + 1) * dim));
    const length = norm(column);
    const factor = new Float64Array(this.orthonormal.length + 1);
    for (let pass = 0; pass < 2; pass++) {
      this.orthonormal.forEach((q, i) => {
        const part = dot(column, q, dim);
        factor[i]! += part;
        addScaled(column, -part, q, dim);
      });
    }
    const left = norm(column);
    if (left <= 1e-6 * length) {
      this.done = true; // a repeated or dependent text
      return;
    }
    factor[factor.length - 1] = left;
    const q = column.map((x) => x / left);
    const along = dot(this.residual, q, dim);
    addScaled(this.residual, -along, q, dim);
    this.orthonormal.push(q);
    this.factor.push(factor);
    this.along.push(along);
    this.chosen.push(index);
    this.explained += along * along;
    this.r2.push(Math.min(1, this.explained / this.square));
  }
}
