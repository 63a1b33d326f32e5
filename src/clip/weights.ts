import type { ClipConfig } from './config.ts';

/** Element type of a stored tensor. BF16 is widened to F32 when it is read: ORT cannot use it in place. */
export type DType = 'F32' | 'F16';

/** A tensor as it lies in a weight file: nothing is copied until a graph or a reader asks for it. */
export interface Tensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Key into {@link ClipWeights.files}. */
  readonly file: string;
  /** Byte range in that file. */
  readonly offset: number;
  readonly length: number;
}

/** A matrix with its storage order: HF stores `[out, in]`, OpenCLIP's projections are `[in, out]`. */
export interface Matrix extends Tensor {
  readonly layout: 'out-in' | 'in-out';
}

export interface Linear {
  readonly weight: Matrix;
  readonly bias: Tensor;
}

export interface Norm {
  readonly gain: Tensor;
  readonly bias: Tensor;
}

/** One transformer block, pre-LN: x += attention(norm1(x)); x += mlp(norm2(x)). */
export interface BlockWeights {
  readonly norm1: Norm;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly out: Linear;
  readonly norm2: Norm;
  /** W → N, followed by the activation. */
  readonly fc1: Linear;
  /** N → W: neuron n writes column n of this map, w_n, into the residual stream. */
  readonly fc2: Linear;
}

export interface VisionWeights {
  /** Patch convolution [W, 3, p, p], no bias. */
  readonly patch: Tensor;
  /** CLS embedding [W]. */
  readonly cls: Tensor;
  /** Position table [T, W]. */
  readonly position: Tensor;
  readonly preNorm: Norm;
  readonly blocks: readonly BlockWeights[];
  readonly postNorm: Norm;
  /** P: W → D, no bias. */
  readonly projection: Matrix;
}

export interface TextWeights {
  /** Token table [vocabulary, W]. */
  readonly token: Tensor;
  /** Position table [context, W]. */
  readonly position: Tensor;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: Norm;
  readonly projection: Matrix;
}

/**
 * How a model's activation is known: `stated` by its config or its graph, or `assumed` from the library
 * whose names it uses, since weights alone do not tell quick_gelu from gelu.
 */
export type ActivationBasis = 'stated' | 'assumed';

/** A CLIP checkpoint, whatever file it came from. Either tower may be absent, never both. */
export interface ClipWeights {
  readonly config: ClipConfig;
  readonly vision?: VisionWeights;
  readonly text?: TextWeights;
  /** `assumed` when it is for any of the towers. */
  readonly activationBasis: ActivationBasis;
  /** exp(logit_scale), 100 for OpenAI's models; undefined when the file has none. */
  readonly temperature?: number;
  /** The files themselves; tensors are byte ranges of them, and so are the graphs' external data. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}
