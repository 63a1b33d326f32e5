import { representation } from './ablation.ts';
import { type CentredEffects, centreEffects, centreShared } from './centredEffects.ts';
import { addMoments, EMPTY_MOMENTS, type Moments, momentsOf } from './moments.ts';
import { norm } from './vectors.ts';
import { type ClassEmbeddings, classScores, predictedClass } from './zeroShot.ts';

/**
 * The indirect effect of a neuron, the paper's comparison (prs_indirect_effect.py): its activation at
 * every token is replaced by its mean at that token over a set, and the rest of the model runs again. The
 * running is the engine's; here is what is made of the embeddings before and after.
 */

/** after − before of one image, [D], both at length 100: the change in the units of second-order effects, negated. */
export function indirectEffect(before: ArrayLike<number>, after: ArrayLike<number>): Float64Array {
  const clean = representation(before);
  return representation(after).map((x, d) => x - clean[d]!);
}

/** Sampled indirect effects: adds up over images and neurons. Accuracies as shares, 0…1. */
export interface IndirectEffects {
  /** Length of the change. */
  readonly size: Moments;
  /** Change of the label's score. */
  readonly labelScore: Moments;
  /** 1 where the ablated image is classified as labelled, less 1 where the clean one is. */
  readonly accuracy: Moments;
}

export const NO_INDIRECT_EFFECTS: IndirectEffects = {
  size: EMPTY_MOMENTS,
  labelScore: EMPTY_MOMENTS,
  accuracy: EMPTY_MOMENTS,
};

export function measureIndirectEffect(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  classes: ClassEmbeddings,
  label: number,
): IndirectEffects {
  const [clean, ablated] = [before, after].map((row) => classScores(representation(row), classes));
  const right = (scores: Float64Array) => Number(predictedClass(scores) === label);
  return {
    size: momentsOf([norm(indirectEffect(before, after))]),
    labelScore: momentsOf([ablated![label]! - clean![label]!]),
    accuracy: momentsOf([right(ablated!) - right(clean!)]),
  };
}

export const addIndirectEffects = (a: IndirectEffects, b: IndirectEffects): IndirectEffects => ({
  size: addMoments(a.size, b.size),
  labelScore: addMoments(a.labelScore, b.labelScore),
  accuracy: addMoments(a.accuracy, b.accuracy),
});

/**
 * Any vectors over an image set, [I, D], as effects: then norms, top set, direction and codes are had as for
 * second-order effects (`centredNorms`, `topSet`, `principalDirection`, `sparseCode`), which is how the paper
 * describes neurons by their indirect effects.
 */
export function vectorsAsEffects(rows: ArrayLike<number>, dim: number): CentredEffects {
  const images = rows.length / dim;
  const identity = new Float32Array(dim * dim);
  for (let d = 0; d < dim; d++) identity[d * dim + d] = 1;
  const nothing = centreShared(new Float64Array(images * dim), images, new Float64Array(0), dim);
  return centreEffects(rows, identity, nothing);
}
