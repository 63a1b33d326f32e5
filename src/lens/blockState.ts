/**
 * What a sweep over some images leaves of one block, however many images there were: exact sums, and every neuron's
 * strongest effects so far with a proof of what the others cannot exceed. States of the same block over different images
 * merge (`mergeStates.ts`), are written to files (`stateFile.ts`), and become a `BlockSummary` when the model finishes them.
 * Sizes: N neurons, R later heads, D dims, K kept images, Q axes. Row-major; ĉ and e as in docs/method.md.
 */
export interface BlockState extends StateSizes {
  /** Places of the source asked for so far, sound pictures or not: where a sweep goes on. */
  readonly read: number;
  /** Images counted. */
  readonly images: number;
  /** [N, R] Σ ĉ */
  readonly sums: Float64Array;
  /** [D] Σ e */
  readonly sharedSum: Float64Array;
  /** [N] Σ of squared distances from the pivot; from the mean, once settled. */
  readonly squares: Float64Array;
  /** [N] no image that is not kept is farther from the pivot (the mean); −Infinity where none was ever let go. */
  readonly dropped: Float64Array;
  /** [N] 1 where all images were measured about the mean itself, so that those kept are the farthest: see `secondLook.ts`. */
  readonly exact: Uint8Array;
  readonly candidates: Candidates;
  /** What only a sweep under way needs. Without it the state is settled: distances are exact norms about the mean. */
  readonly sweep: SweepState | undefined;
}

export interface StateSizes {
  readonly block: number;
  /** N */
  readonly neurons: number;
  /** R */
  readonly heads: number;
  /** D */
  readonly dim: number;
  /** K: images kept a neuron, more than the top set holds: what is proven about a top set, it is through these. */
  readonly kept: number;
}

/** From where a sweep measures distances, since the mean is known only after it. */
export interface SweepState {
  /** Of how many images the pivot is the mean. */
  readonly pivotImages: number;
  /** [N, R] ĉ and [D] e of the pivot. */
  readonly pivot: Float32Array;
  readonly sharedPivot: Float32Array;
  /** [Q, D] orthonormal rows: nearly all that e varies by. Distances leave out what e has beside them. */
  readonly axes: Float32Array;
  /** The longest part of any image's e, less the pivot's, that distances left out. */
  readonly leftOut: number;
}

/** Every neuron's kept images: the first `counts[n]` of its K places, in no order. */
export interface Candidates {
  /** [N] */
  readonly counts: Int32Array;
  /** [N, K] number of the image in its set. */
  readonly images: Int32Array;
  /** [N, K] its distance from the pivot (the mean). */
  readonly distances: Float32Array;
  /** [N, K, R] ĉ, as the device gave it: whatever the pivot. */
  readonly coefficients: Float32Array;
  /** By image, what its e is made of: of every image kept by some neuron, and perhaps of more. */
  readonly shared: Map<number, SharedParts>;
}

/** No images kept, of N neurons, K places each. */
export const noCandidates = ({ neurons, kept, heads }: Omit<StateSizes, 'block' | 'dim'>): Candidates => ({
  counts: new Int32Array(neurons),
  images: new Int32Array(neurons * kept),
  distances: new Float32Array(neurons * kept),
  coefficients: new Float32Array(neurons * kept * heads),
  shared: new Map(),
});

/** S1 [R], S2 [R], m, 1/s and ‖r‖ of one image, 2R + 3 floats: `sharedOf` makes its e of them. */
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

/** A state of no images, its sweep not begun. */
export function emptyState(sizes: StateSizes): BlockState {
  const { block, neurons, heads, dim, kept } = sizes;
  return {
    block,
    neurons,
    heads,
    dim,
    kept,
    read: 0,
    images: 0,
    sums: new Float64Array(neurons * heads),
    sharedSum: new Float64Array(dim),
    squares: new Float64Array(neurons),
    dropped: new Float64Array(neurons).fill(Number.NEGATIVE_INFINITY),
    exact: new Uint8Array(neurons),
    candidates: noCandidates({ neurons, kept, heads }),
    sweep: undefined,
  };
}

/** Bytes that a state of these sizes takes, but for the images' shared parts. */
export const stateBytes = ({ neurons, heads, kept }: Omit<StateSizes, 'block' | 'dim'>): number =>
  neurons * (12 * heads + kept * (8 + 4 * heads));

/** Mean ĉ [N, R] and mean e [D] of the images counted. */
export function meanOf(state: BlockState): { coefficients: Float64Array; shared: Float64Array } {
  const share = (sum: number): number => sum / state.images;
  return { coefficients: state.sums.map(share), shared: state.sharedSum.map(share) };
}
