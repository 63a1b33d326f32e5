import type { Head } from '../clip/trace.ts';

/** What was chosen before an analysis; with model and image set it determines every number in it. */
export interface AnalysisOptions {
  readonly block: number;
  /** k: size of a neuron's set of strongest images (by centred norm); the paper's 100 of about 5,000. */
  readonly topK: number;
  /** How many images to list at each end of the signed activation. */
  readonly listed: number;
}

/**
 * The second-order analysis of one block over an image set: I images, N neurons, D dims, R later heads.
 * Effects are scaled by 100/‖embedding‖ as in the released code. All arrays row-major.
 */
export interface BlockAnalysis {
  readonly options: AnalysisOptions;
  readonly images: number;
  readonly neurons: number;
  readonly dim: number;
  readonly laterHeads: readonly Head[];
  /** [I, D] un-normalised image embeddings. */
  readonly embeddings: Float32Array;
  /** [N, D] mean effect over the set. */
  readonly means: Float32Array;
  /** [I, N] norm of the centred effect. */
  readonly norms: Float32Array;
  /** [N] smallest of the top-k norms: an image is significant when its norm is strictly greater. */
  readonly thresholds: Float32Array;
  /** [N, k] image indices, largest norm first. */
  readonly topImages: Int32Array;
  /** [N, D] unit principal direction; sign: more than half of the top-k project positively. */
  readonly directions: Float32Array;
  /** [N] s1²/Σs² of the top-k effects. */
  readonly varianceShares: Float32Array;
  /** [I, N] signed activation x = ⟨phi − mean, direction⟩. */
  readonly activations: Float32Array;
  /**
   * [N, R] the fraction of the effect along the direction that each later head carries: mean over the
   * top-k images of sign(x)·(its term of x), over the mean |x|. Rows sum to 1 up to the shared part e.
   */
  readonly headShares: Float32Array;
}
