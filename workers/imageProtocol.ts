import type {
  AttentionMaps,
  BlockReading,
  BlockReference,
  BlockSelection,
  BlockWriters,
  ImageWithout,
  Patch,
  PatchMap,
  TextMap,
  TextMapOptions,
} from '../src/engine/reading/imageReading.ts';
import type { SetSource } from './protocol.ts';

export type * from '../src/engine/reading/imageReading.ts';

/** A picture as the model read it. What acting on it takes stays in the worker, under its number. */
export interface ImageReading {
  /** What the other methods are asked with. */
  readonly id: number;
  /** r [D], not normalised. */
  readonly embedding: Float32Array;
  /** G: patches a side. */
  readonly gridSide: number;
  /** In the order asked for. */
  readonly blocks: readonly BlockReading[];
}

/**
 * What the page may ask about one picture; part of `LensApi`. All but `readImage`
 * and the first `headTextMap` answer within milliseconds for
 * the models of the catalogue, and throw `bad-request` for a picture the worker does not keep.
 */
export interface ImageApi {
  /**
   * Reads a picture of a set, under a number; the last few are kept until another model is opened. Blocks may be
   * none: then there are its embedding and where it looks. `bad-request` for a picture that is not in the set,
   * means and directions of another model, a block without later heads.
   */
  readImage(
    id: number,
    set: SetSource,
    image: number,
    blocks: readonly BlockReference[],
    job: number,
  ): Promise<ImageReading>;
  /** The picture with the second-order effects of any neurons replaced by their means. */
  ablateImage(id: number, selection: readonly BlockSelection[], job: number): Promise<ImageWithout>;
  /** For every block read, the neurons that write most at a patch (0 … G²−1, row by row). */
  patchNeurons(id: number, patch: number, count: number, job: number): Promise<readonly BlockWriters[]>;
  /** The picture without what the read blocks' neurons (or some of the blocks') write at a patch. */
  ablatePatch(
    id: number,
    patch: Patch,
    blocks: readonly number[] | undefined,
    job: number,
  ): Promise<ImageWithout>;
  /** Where on the picture a text [D] is, by the neurons whose directions lie along it. */
  segmentImage(id: number, text: Float32Array, options: TextMapOptions, job: number): Promise<TextMap>;
  /**
   * Where on the picture a text [D] is, by the direct effects of the heads of all blocks (or of those given). The
   * first call takes a forward pass.
   */
  headTextMap(
    id: number,
    text: Float32Array,
    blocks: readonly number[] | undefined,
    job: number,
  ): Promise<PatchMap>;
  /** Where the model's CLS token looks. */
  attentionMaps(id: number, job: number): Promise<AttentionMaps>;
  /**
   * A picture from an address, as a file: whole, bounded, and known to be a picture by its head. The page may talk to
   * its own server only (index.html); this is the one way out for pictures, and only a person takes it.
   * @throws LensError `bad-request` for what is no address, `unavailable`, `bad-file`, `unsupported`, `cancelled`
   */
  pictureAt(address: string, job: number): Promise<Blob>;
}

/** What is said of a picture that the worker does not keep: read it again. */
export const FORGOTTEN_READING = 'This picture is no longer in the worker: read it again.';
