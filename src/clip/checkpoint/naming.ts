import type { Activation, TextConfig, VisionConfig } from '../config.ts';
import type { TextWeights, VisionWeights } from '../weights.ts';
import type { TensorTable } from './tensorTable.ts';

/** How a family of checkpoints names and stores CLIP's tensors: what sizes are read from, and the map. */
export interface Naming {
  /** What comes before a block's number. */
  readonly visionBlocks: string;
  readonly textBlocks: string;
  readonly cls: string;
  readonly patch: string;
  readonly visionPosition: string;
  readonly token: string;
  readonly textPosition: string;
  /** Within a block; its weight is [N, W]. */
  readonly fc1: string;
  /** A projection into the joint space and the axis of its weight that counts D. */
  readonly visionProjection: { readonly name: string; readonly dimAxis: number };
  readonly textProjection: { readonly name: string; readonly dimAxis: number };
  /** What the family uses when no config says. */
  readonly defaultActivation: Activation;
  vision(table: TensorTable, config: VisionConfig, dim: number): VisionWeights;
  text(table: TensorTable, config: TextConfig, dim: number): TextWeights;
}
