import { LensError } from '../errors.ts';
import type { Form } from './form.ts';
import { EFFECT_UNITS } from './secondOrderEffects.ts';
import { addTallies, EMPTY_TALLY, type Tally, tallyOne } from './tally.ts';
import { isSignificant } from './topSet.ts';
import { addScaled, dot, norm, rowTimes } from './vectors.ts';
import { type ClassEmbeddings, classScores, predictedClass } from './zeroShot.ts';

/**
 * Mean-ablation of a block's second-order effects on one image (compute_ablations.py): effects are
 * replaced by their means over the image set, all of them or some, or by a rank-one stand-in.
 * Nothing here is larger than [D] an image, besides the [N] norms and activations.
 */

/** The embedding at length 100, of which the effects are parts, [D]. */
export function representation(embedding: ArrayLike<number>): Float64Array {
  const length = norm(embedding);
  if (length === 0) throw new LensError('bad-request', 'An embedding of length 0 has no representation.');
  return Float64Array.from(embedding, (x) => (EFFECT_UNITS * x) / length);
}

/** What one image's representation is taken apart into. */
export interface CentredSums {
  /** Σ_n phi_n(I) − mean_n over all neurons of the block, [D]. */
  readonly all: ArrayLike<number>;
  /** The same over the neurons that are significant on the image, [D]. */
  readonly significant: ArrayLike<number>;
}

/** 1 for the neurons that are significant on an image, else 0: norms and thresholds [N]. */
export const significance = (norms: ArrayLike<number>, thresholds: ArrayLike<number>): Uint8Array =>
  Uint8Array.from(norms, (size, n) => (isSignificant(size, thresholds[n]!) ? 1 : 0));

/** Σ_n weight_n·(phi_n − mean_n) from Σ_n weight_n·phi_n [D] ({@link effectSum}) and the means [N, D]. */
export function lessMeans(
  sum: Float64Array,
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
): Float64Array {
  const dim = sum.length;
  const centred = sum.slice();
  addScaled(centred, -1, rowTimes(weights, means, means.length / dim, dim), dim);
  return centred;
}

/** The representations of one image, [D] each. */
export interface Ablated {
  readonly baseline: Float64Array;
  readonly withoutAll: Float64Array;
  readonly withoutSignificant: Float64Array;
  readonly withoutInsignificant: Float64Array;
}

/** Replaces all, the significant, or the insignificant effects by their means. */
export function ablate(embedding: ArrayLike<number>, { all, significant }: CentredSums): Ablated {
  const baseline = representation(embedding);
  const withoutAll = baseline.map((x, d) => x - all[d]!);
  return {
    baseline,
    withoutAll,
    withoutSignificant: baseline.map((x, d) => x - significant[d]!),
    withoutInsignificant: withoutAll.map((x, d) => x + significant[d]!),
  };
}

/**
 * Every effect replaced by its part along the neuron's direction: withoutAll + Σ_n x_n·r_n.
 * @param activations x [N]: ⟨phi_n − mean_n, r_n⟩
 * @param directions r [N, D], unit
 */
export function fromDirections(
  withoutAll: ArrayLike<number>,
  activations: ArrayLike<number>,
  directions: ArrayLike<number>,
): Float64Array {
  const dim = withoutAll.length;
  const sum = rowTimes(activations, directions, activations.length, dim);
  return sum.map((x, d) => x + withoutAll[d]!);
}

/**
 * Every effect replaced by its part along the texts' reconstruction r̂_n of the neuron's direction.
 * - `corrected`: the projection, ⟨phi_n − mean_n, r̂_n⟩·r̂_n/‖r̂_n‖².
 * - `as-released` (compute_sparse_decomposition.py): without the division. As ‖r̂_n‖² = R² of the code, every
 *   neuron's part then shrinks by R²: short codes lose accuracy to this alone.
 * @param products ⟨phi_n − mean_n, r̂_n⟩ [N], that is signed activations with r̂ in place of r
 * @param reconstructions r̂ [N, D]
 */
export function fromTexts(
  withoutAll: ArrayLike<number>,
  products: ArrayLike<number>,
  reconstructions: ArrayLike<number>,
  form: Form,
): Float64Array {
  const dim = withoutAll.length;
  if (form === 'as-released') return fromDirections(withoutAll, products, reconstructions);
  const coefficients = Float64Array.from(products, (product, n) => {
    const square = dot(reconstructions, reconstructions, dim, n * dim, n * dim);
    return square > 0 ? product / square : 0;
  });
  return fromDirections(withoutAll, coefficients, reconstructions);
}

/** Rows of the ablation table; `fromTexts` comes once for every length of code and pool. */
export const ABLATIONS = [
  'baseline',
  'withoutAll',
  'withoutSignificant',
  'withoutInsignificant',
  'fromDirections',
  'fromTexts',
] as const;
export type Ablation = (typeof ABLATIONS)[number];

/** Which row: with `fromTexts` also m, the pool's name and the form. */
export interface AblationCondition {
  readonly ablation: Ablation;
  readonly block: number;
  /** m */
  readonly terms?: number;
  readonly pool?: string;
  readonly form?: Form;
}

export interface AblationRow extends AblationCondition {
  readonly tally: Tally;
}

/** Whether a representation is classified as its label, as one count. */
export const tallyRepresentation = (row: ArrayLike<number>, classes: ClassEmbeddings, label: number): Tally =>
  tallyOne(predictedClass(classScores(row, classes)) === label);

/**
 * Adds rows of equal conditions, in order of first appearance: tables of parts of a set, or of two runs
 * of which one went on where the other stopped, make the table of the whole.
 */
export function mergeAblations(...tables: readonly (readonly AblationRow[])[]): AblationRow[] {
  const rows = new Map<string, AblationRow>();
  for (const row of tables.flat()) {
    const key = JSON.stringify([row.ablation, row.block, row.terms, row.pool, row.form]);
    const tally = addTallies(rows.get(key)?.tally ?? EMPTY_TALLY, row.tally);
    rows.set(key, { ...row, tally });
  }
  return [...rows.values()];
}
