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
