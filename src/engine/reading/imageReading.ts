import type { ChosenNeuron, NeuronOrder } from '../../lens/neuronChoice.ts';
import type { PatchWriter } from '../../lens/patchWriters.ts';
import type { MapSigns, NeuronMap } from '../../lens/segmentation.ts';
import type { JobOptions } from '../../progress.ts';

/** A block of an analysis, of a pack or a live one, that a picture is read against. */
export interface BlockReference {
  readonly block: number;
  /** [N, D] mean effects over the analysed set. */
  readonly means: Float32Array;
  /** [N, D] unit directions r_n. */
  readonly directions: Float32Array;
  /** [N] smallest norm of each neuron's top set. */
  readonly thresholds: Float32Array;
}

/** What a block's neurons do on a picture. */
export interface BlockReading {
  readonly block: number;
  /** x [N]: ⟨phi − mean, r⟩, signed, in units where the representation has length 100. */
  readonly activations: Float32Array;
  /** ‖phi − mean‖ [N] */
  readonly norms: Float32Array;
  /** [N] 1 where the norm exceeds the neuron's threshold, else 0. */
  readonly significant: Uint8Array;
}

/** Neurons of one block. */
export interface BlockSelection {
  readonly block: number;
  readonly neurons: Int32Array | 'all' | 'significant';
}

/** A picture with something of it taken away. */
export interface ImageWithout {
  /** [D] what is left, in units where the intact representation (100·embedding/‖embedding‖) has length 100. */
  readonly representation: Float32Array;
  /** Length of the change, in the same units. */
  readonly moved: number;
  /** How many different neurons were concerned. */
  readonly neurons: number;
}

/** A place on the patch grid, row by row from 0; or the CLS token, which has no place on it. */
export type Patch = number | 'cls';

/** A block's neurons that write most at a patch. */
export interface BlockWriters {
  readonly block: number;
  /** By size of what their firing there adds to the output along their own directions. */
  readonly byEffect: readonly PatchWriter[];
  /** By how much they fire there, largest first. */
  readonly byActivation: readonly PatchWriter[];
}

export interface TextMapOptions {
  /** Blocks to choose neurons from; all that were read unless told. */
  readonly blocks?: readonly number[] | undefined;
  /** How many neurons, over all blocks together. */
  readonly neurons: number;
  readonly order: NeuronOrder;
  /** Of a map of activations; a second-order map has signs of its own. */
  readonly signs: MapSigns;
  /** Of the order `random`; 0 unless told. */
  readonly seed?: number | undefined;
  readonly map: NeuronMap;
}

/** Numbers on the patch grid. */
export interface PatchMap {
  readonly gridSide: number;
  /**
   * [G·G] as it comes out of the formula. For a mask: `pixelMap` (its size is the caller's) and `maskOf` of
   * lens/segmentation.ts, which are quick enough to follow a threshold as it is dragged.
   */
  readonly map: Float32Array;
  /** True when the map is the same everywhere, and so says nothing. */
  readonly flat: boolean;
}

/** Where on a picture a text is. */
export interface TextMap extends PatchMap {
  /** Best first. */
  readonly chosen: readonly ChosenNeuron[];
}

/** Where the CLS token looks, whatever the text: the baselines of a segmentation. */
export interface AttentionMaps {
  readonly gridSide: number;
  /** [G·G] mean over the last block's heads. */
  readonly lastBlock: Float32Array;
}

/**
 * A picture that went through the model once, and what acting on it takes.
 *
 * Bytes kept, a block: activations 4·T·N, coefficients 4·R·N, what is written at every token 4·T·D, centred effects
 * 4·N·D while all blocks' together stay below 128 MB (else they are computed again when asked for). ViT-B/32,
 * block 9: 0.6 + 0.3 + 0.1 + 6.3 MB; ViT-L/14, block 21: 4.2 + 0.5 + 0.8 + 12.6 MB. The pixels, 0.6 MB, and once
 * a head text map was asked for, values of 1.8 and 25 MB. References (12.6 and 25 MB a block) are shared by all pictures read
 * against the same numbers.
 */
export interface ReadImage {
  /** r [D], not normalised. */
  readonly embedding: Float32Array;
  readonly gridSide: number;
  /** In the order asked for. */
  readonly blocks: readonly BlockReading[];
  /** Kept for this picture alone. */
  readonly bytes: number;

  /**
   * Replaces the second-order effects of any neurons by their means over the analysed set.
   * @throws LensError `bad-request` for a block that was not read or a neuron it does not have
   */
  ablate(selection: readonly BlockSelection[], job?: JobOptions): Promise<ImageWithout>;
  /**
   * The `count` neurons of every block that write most at a patch.
   * @throws LensError `bad-request` for a place that is not on the grid
   */
  writersAt(patch: number, count: number): readonly BlockWriters[];
  /**
   * Takes away what the neurons of the given blocks (all that were read unless told) write at one patch, as it
   * reaches the output through later heads: 100/(s‖r‖)·Σ_n p[i,n]·Σ_r a_r[i]/sd_r[i]·U_n[r]. Nothing is put in
   * its place: there is no mean of a place over a set. Over all places and CLS the parts add up to Σ_n (phi_n − e).
   * @throws LensError `bad-request` for a place that is not on the grid, or a block that was not read
   */
  withoutPatch(patch: Patch, blocks?: readonly number[]): ImageWithout;
  /**
   * Where on the picture a text is, by the neurons whose directions lie along it.
   * @param text [D], of any length but 0; or its contrast (lens/textContrast.ts)
   * @throws LensError `bad-request` for a text of another model, a block that was not read, no neurons
   */
  textMap(text: Float32Array, options: TextMapOptions, job?: JobOptions): Promise<TextMap>;
  /**
   * Where on the picture a text is, by the direct effects of the heads of all blocks, or of those given: the
   * text-span paper's heatmap (`directTextMap`). The first call takes a forward pass of its own.
   * @param text [D], of length 1, or its contrast, which that paper's script takes
   * @throws LensError `bad-request` for a text of another model or a block that is not there
   */
  headTextMap(text: Float32Array, blocks?: readonly number[], job?: JobOptions): Promise<PatchMap>;
  attentionMaps(): AttentionMaps;
}
