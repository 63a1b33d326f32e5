/** Sizes of a CLIP model. Names follow the papers; Hugging Face's and OpenCLIP's are mapped on reading. */

/** The non-linearity of an MLP: `quick_gelu(x) = x·sigmoid(1.702 x)`; `gelu` is the exact erf form. */
export type Activation = 'quick_gelu' | 'gelu';

export interface TowerConfig {
  /** W: width of the residual stream. */
  readonly width: number;
  /** L: number of blocks. */
  readonly layers: number;
  /** H: attention heads a block; each of size W/H. */
  readonly heads: number;
  /** N: neurons of a block's MLP. */
  readonly neurons: number;
  readonly activation: Activation;
  readonly layerNormEps: number;
}

export interface VisionConfig extends TowerConfig {
  /** Side of the square input in pixels. */
  readonly imageSize: number;
  /** Side of a patch in pixels; the patch grid is (imageSize / patchSize) squared. */
  readonly patchSize: number;
}

export interface TextConfig extends TowerConfig {
  readonly vocabularySize: number;
  /** Longest token sequence, 77 for OpenAI's models. */
  readonly contextLength: number;
}

export interface ClipConfig {
  readonly vision?: VisionConfig;
  readonly text?: TextConfig;
  /** D: dimension of the joint image-text space. */
  readonly dim: number;
}

/** Side of the patch grid. */
export const gridSide = (vision: VisionConfig): number => vision.imageSize / vision.patchSize;
/** T: number of tokens, the CLS token (index 0) included. */
export const tokenCount = (vision: VisionConfig): number => gridSide(vision) ** 2 + 1;
