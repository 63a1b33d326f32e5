/**
 * What a sweep over some images leaves of one block, however many images there were: exact sums, and every neuron's
 * strongest effects so far with a proof of what the others cannot exceed. States of the same block over different images
 * merge (`mergeStates.ts`), are written to files (`stateFile.ts`), and become a `BlockSummary` when the model finishes them.
 * Sizes: N neurons, R later heads, D dims, K kept images, Q axes. Row-major; ĉ and e as in docs/method.md.
 */
export interface BlockState {
  readonly block: number;
  /** N */
  readonly neurons: number;
  /** R */
  readonly heads: number;
  /** D */
  readonly dim: number;
  /** K: images kept a neuron, more than the top set holds: what is proven about a top set, it is through these. */
  readonly kept: number;
  /** Pictures asked for so far, the broken ones too: where a sweep goes on. */
  readonly read: number;
  /** Images counted. */
  readonly images: number;
  /** Of how many images the pivot is the mean. */
  readonly pivotImages: number;
  /** [N, R] Σ ĉ */
  readonly sums: Float64Array;
  /** [D] Σ e */
  readonly sharedSum: Float64Array;
  /** [N, R] and [D]: the ĉ and the e from which distances are measured, near the mean but known before it is. */
  readonly pivot: Float32Array;
  readonly sharedPivot: Float32Array;
  /** [Q, D] orthonormal rows: nearly all that e varies by. Distances leave out what e has beside them. */
  readonly axes: Float32Array;
  /** The longest part that distances left out, of any image's e. */
  readonly leftOut: number;
  /** [N] Σ of squared distances from the pivot. */
  readonly squares: Float64Array;
  /** [N] the largest distance of any image that is not kept; −Infinity where none was ever let go. */
  readonly dropped: Float32Array;
  readonly candidates: Candidates;
}

/** Every neuron's kept images: the first `counts[n]` of its K places, in no order. */
export interface Candidates {
  /** [N] */
  readonly counts: Int32Array;
  /** [N, K] number of the image in its set. */
  readonly images: Int32Array;
  /** [N, K] its distance from the pivot. */
  readonly distances: Float32Array;
  /** [N, K, R] ĉ, as the device gave it: whatever the pivot. */
  readonly coefficients: Float32Array;
  /** [2R + 3] by image: what e(I) is made of, {@link SharedParts}. At least of every image kept by some neuron. */
  readonly shared: Map<number, Float32Array>;
}

/**
 * S1 [R], S2 [R], m, 1/s and ‖r‖ of one image in a row of 2R + 3 floats, from which `sharedPart` makes e(I) again.
 */
export type SharedParts = Float32Array;

/** What was chosen before a sweep. */
export interface StreamOptions {
  /** k: size of a neuron's top set. */
  readonly topK: number;
  /** K: images kept a neuron; {@link keptFor} k unless told. */
  readonly kept?: number | undefined;
}

/** Images kept for a top set of k: enough that a neuron whose top set is not proven is rare. */
export const keptFor = (topK: number): number => topK + Math.max(28, Math.ceil(topK / 2));
