import { floats, matrix } from '../clip/values.ts';
import type { ClipWeights, Linear, Norm } from '../clip/weights.ts';
import { LensError } from '../errors.ts';

/** Gain and bias of a LayerNorm, each [W]. */
export interface NormValues {
  readonly gain: Float32Array;
  readonly bias: Float32Array;
}

/** A linear map x ↦ x·weight + bias with `weight` row-major [in, out], whatever the file's layout. */
export interface LinearValues {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/**
 * The numbers of an image tower that the method needs, decoded on demand: a block's arrays are read
 * only when a function below is called for it, so a large model is never decoded as a whole.
 */
export interface LensWeights {
  /** W */
  readonly width: number;
  /** L */
  readonly layers: number;
  /** H */
  readonly heads: number;
  /** N */
  readonly neurons: number;
  /** D */
  readonly dim: number;
  /** g_l, b_l: the LayerNorm in front of block l's attention. */
  norm1(block: number): NormValues;
  /** W_V [W, W], b_v [W]; columns h·d_h … (h+1)·d_h−1 belong to head h. */
  value(block: number): LinearValues;
  /** W_O [W, W], b_O [W]; rows h·d_h … (h+1)·d_h−1 belong to head h. */
  out(block: number): LinearValues;
  /** The MLP's output map [N, W], row n is w_n, and its bias b_mlp [W]. */
  write(block: number): LinearValues;
  /** g, b of the final LayerNorm. */
  finalNorm(): NormValues;
  /** P [W, D]. */
  projection(): Float32Array;
}

/**
 * The method's view of a checkpoint.
 * @throws LensError `unsupported` when the checkpoint has no image tower.
 */
export function lensWeights(weights: ClipWeights): LensWeights {
  const vision = weights.vision;
  const config = weights.config.vision;
  if (!vision || !config) {
    throw new LensError(
      'unsupported',
      'This checkpoint has no image tower: choose one with a ViT image encoder.',
    );
  }
  const norm = ({ gain, bias }: Norm) => ({ gain: floats(weights, gain), bias: floats(weights, bias) });
  const linear = ({ weight, bias }: Linear) => ({
    weight: matrix(weights, weight, 'in-out').data,
    bias: floats(weights, bias),
  });
  const block = (l: number) => {
    const found = vision.blocks[l];
    if (!found) throw new LensError('bad-request', `This model has no block ${l}.`);
    return found;
  };
  return {
    width: config.width,
    layers: config.layers,
    heads: config.heads,
    neurons: config.neurons,
    dim: weights.config.dim,
    norm1: (l) => norm(block(l).norm1),
    value: (l) => linear(block(l).value),
    out: (l) => linear(block(l).out),
    write: (l) => linear(block(l).fc2),
    finalNorm: () => norm(vision.postNorm),
    projection: () => matrix(weights, vision.projection, 'in-out').data,
  };
}
