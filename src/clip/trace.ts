/**
 * What the instrumented image tower reports about a batch of B images, in names used by the graph's
 * outputs, the engine and the method alike. L blocks, H heads, N neurons a block, T tokens, D dims.
 * The notation is that of docs/method.md.
 */

/** Outputs every instrumented run has. */
export const OUTPUTS = {
  /** r [B, D]: the un-normalised image embedding. */
  embedding: 'embedding',
  /** [B, W]: what the projection reads, after the final LayerNorm (`pooler_output` in Hugging Face's words). */
  pooled: 'pooled',
  /** [B, T, W]: all tokens at the end of the tower (`last_hidden_state`): before the final LayerNorm in the
   * image tower, after it in the text tower. */
  hidden: 'hidden',
  /** m [B]: mean of the final LayerNorm's input at CLS. */
  finalMean: 'final_mean',
  /** 1/s [B]: reciprocal standard deviation of the final LayerNorm's input at CLS. */
  finalInvStd: 'final_inv_std',
  /** c [B, R, N]: second-order coefficients of block `block`; R = (L−1−block)·H later heads, block-major. */
  coefficients: (block: number) => `coefficients_${block}`,
  /** S1 [B, H] = Σ_i a/sd of block `block`. */
  attentionOverStd: (block: number) => `attention_over_std_${block}`,
  /** S2 [B, H] = Σ_i a·mu/sd of block `block`. */
  attentionMeanOverStd: (block: number) => `attention_mean_over_std_${block}`,
  /** p [B, T, N]: post-activations of block `block`. */
  activations: (block: number) => `activations_${block}`,
  /** a [B, H, T]: CLS row of the attention softmax of block `block`. */
  attentionRow: (block: number) => `attention_row_${block}`,
  /** v [B, T, W] of block `block`: the values of all heads side by side, bias included. */
  values: (block: number) => `values_${block}`,
  /** 1/sd [B, T] of block `block`'s first LayerNorm. */
  invStd: (block: number) => `inv_std_${block}`,
  /** Σ_images c/(s·‖r‖) [R, N] of block `block` over the batch. */
  coefficientSum: (block: number) => `coefficient_sum_${block}`,
  /** ĉ [B, N, R] = 100/(s·‖r‖)·c of block `block`, neuron by neuron. */
  scaledCoefficients: (block: number) => `scaled_coefficients_${block}`,
  /** [B, T, W]: what block `block`'s MLP reads, its second LayerNorm's output. */
  mlpInput: (block: number) => `mlp_input_${block}`,
  /** [B, T, W]: the residual stream after block `block`. */
  residual: (block: number) => `residual_${block}`,
  /** a/sd [B, R, T] of every head after the first block to be recalled, block-major. */
  readers: 'readers',
} as const;

/** Which extras the instrumented tower should report. */
export interface Instruments {
  /** Blocks whose second-order coefficients (and the later blocks' S1, S2) are wanted. */
  readonly coefficients?: readonly number[];
  /** Blocks whose post-activations are wanted. */
  readonly activations?: readonly number[];
  /** Blocks whose CLS attention row and 1/sd are wanted. */
  readonly attention?: readonly number[];
  /** Blocks whose attention's values are wanted: with the CLS row, the direct effects of heads. */
  readonly values?: readonly number[];
  /** Blocks, but the last, after which the residual stream is wanted: to run the rest of the tower again. */
  readonly residual?: readonly number[];
  /**
   * Blocks whose coefficients are summed over the batch, and can be had again without the model: they are
   * c = readers·activation(mlpInput). For that, `mlpInput`, `readers` and the later blocks' S1, S2 are reported.
   */
  readonly recall?: readonly number[];
  /** Blocks whose coefficients are wanted scaled and neuron by neuron, with the later blocks' S1, S2: to stream them. */
  readonly scaled?: readonly number[];
  /** Whether the end of the tower, `pooled` and `hidden`, is wanted: for the self-check. */
  readonly tail?: boolean;
}

/** A head that may carry a neuron's effect to the output. */
export interface Head {
  readonly block: number;
  readonly head: number;
}

/** The heads after `block`, in the order of the R axis of the coefficients: block-major. */
export function laterHeads(block: number, layers: number, heads: number): Head[] {
  const list: Head[] = [];
  for (let later = block + 1; later < layers; later++) {
    for (let head = 0; head < heads; head++) list.push({ block: later, head });
  }
  return list;
}
