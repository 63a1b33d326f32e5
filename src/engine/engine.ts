import type { ClipConfig } from '../clip/config.ts';
import type { AnalysisOptions, BlockAnalysis } from '../lens/analysis.ts';
import type { Atoms, FindStrongest, SparseCodeOptions } from '../lens/sparseCode.ts';
import type { JobOptions } from '../progress.ts';
import type { BackendInfo } from './backend.ts';
import type { Exactness, SelfCheck } from './checks/selfCheck.ts';
import type { BlockReference, ReadImage } from './reading/imageReading.ts';
import type { StreamingEngine } from './stream/streaming.ts';
import type { AblationRequest, AblationStep } from './tables/ablationTable.ts';
import type { IndirectOnImage, IndirectRequest } from './tables/indirectEffects.ts';
import type { SegmentationRequest, SegmentationStep } from './tables/segmentationTable.ts';
import type { ChanceR2, SparseCodes } from './words/sparseCodes.ts';

/** Pre-processed pictures, a batch at a time: `count` images of 3·S·S floats, channel-major. */
export interface PixelSource {
  readonly count: number;
  /** Pixels of images `from` … `from+size-1`, [size, 3, S, S]; may be called again for the same range. */
  read(from: number, size: number, signal?: AbortSignal): Promise<Float32Array>;
}

/** Heatmaps of one neuron over a batch of B images on the patch grid of G·G cells. */
export interface Heatmaps {
  readonly gridSide: number;
  /** [B, G·G] post-activation p of the neuron at every patch. */
  readonly activation: Float32Array;
  /** [B, G·G] second-order heatmap: what every patch adds to the effect along the direction. */
  readonly secondOrder: Float32Array;
  /** [B] the CLS token's own term, which with the map (and e) sums to the effect along the direction. */
  readonly clsTerm: Float32Array;
}

/**
 * A loaded model on a backend: everything the product asks of CLIP and the method, in one place.
 * Calls may overlap; the engine runs them one at a time, short ones (heatmaps, texts) ahead of the
 * next batch of a long one.
 */
export interface Engine extends StreamingEngine {
  readonly config: ClipConfig;
  readonly backend: BackendInfo;
  /** Second-order analysis of one block. Progress counts images, then neurons. */
  analyse(pixels: PixelSource, options: AnalysisOptions, job?: JobOptions): Promise<BlockAnalysis>;
  /**
   * Analyses of several blocks, ascending, each as soon as it is done: they share forward passes as far as
   * memory goes. Hold on to none that is not needed: ViT-B/32 on 2,000 images takes 62 MB a block.
   */
  analyseBlocks(
    pixels: PixelSource,
    blocks: readonly number[],
    options: Omit<AnalysisOptions, 'block'>,
    job?: JobOptions,
  ): AsyncGenerator<BlockAnalysis>;
  /** Signed activations [I, N] of new images against given means [N, D] and directions [N, D], and their norms. */
  project(
    pixels: PixelSource,
    block: number,
    reference: { means: Float32Array; directions: Float32Array },
    job?: JobOptions,
  ): Promise<{ activations: Float32Array; norms: Float32Array; embeddings: Float32Array }>;
  /** Effects phi [n images, N, D] as they are, for exports and checks: only for a handful of images. */
  effects(pixels: PixelSource, block: number, job?: JobOptions): Promise<Float32Array>;
  heatmaps(
    pixels: PixelSource,
    block: number,
    neuron: number,
    direction: Float32Array,
    job?: JobOptions,
  ): Promise<Heatmaps>;
  /** Reads the one image of `pixels` and keeps what acting on it takes: see {@link ReadImage}. */
  readImage(pixels: PixelSource, blocks: readonly BlockReference[], job?: JobOptions): Promise<ReadImage>;
  /** The ablation table of some blocks from one sweep of forward passes, step by step: see `ablationTable.ts`. */
  ablations(pixels: PixelSource, request: AblationRequest, job?: JobOptions): AsyncGenerator<AblationStep>;
  /** The segmentation table from one sweep of forward passes, step by step: see `segmentationTable.ts`. */
  segmentations(
    pixels: PixelSource,
    request: SegmentationRequest,
    job?: JobOptions,
  ): AsyncGenerator<SegmentationStep>;
  /** Mean activations [T, N] of each block over a set, which indirect effects put in the place of activations. */
  meanActivations(pixels: PixelSource, blocks: readonly number[], job?: JobOptions): Promise<Float64Array[]>;
  /** Mean-ablates neurons one at a time and runs the rest of the tower again, image by image: see `indirectEffects.ts`. */
  indirectEffects(
    pixels: PixelSource,
    request: IndirectRequest,
    job?: JobOptions,
  ): AsyncGenerator<IndirectOnImage>;
  /** Un-normalised image embeddings [I, D]. */
  embedImages(pixels: PixelSource, job?: JobOptions): Promise<Float32Array>;
  /** Unit text embeddings [texts, D]. Throws `unavailable` when the model has no text tower. */
  embedTexts(texts: readonly string[], job?: JobOptions): Promise<Float32Array>;
  /** What decides a text's embedding, as a hash: the key under which embeddings may be kept. */
  textIdentity(job?: JobOptions): Promise<string>;
  /** Codes of directions [N, D] over a pool, with the products on the device. Progress counts directions. */
  sparseCodes(
    directions: Float32Array,
    atoms: Atoms,
    options: SparseCodeOptions,
    job?: JobOptions,
  ): Promise<SparseCodes>;
  /** The heavy step of such codes on the device, for whoever takes the others himself. */
  strongestTexts(signal?: AbortSignal): FindStrongest;
  /** The R² that random directions reach with such codes over that pool. */
  chanceR2(atoms: Atoms, options: SparseCodeOptions, job?: JobOptions): Promise<ChanceR2>;
  /**
   * Holds the loaded towers against the published outputs of `model` (a name of the catalogue; undefined for a
   * file of unknown origin), on this backend. Builds sessions of its own: before the first picture, both fit.
   * @param exactness where the weights were rounded more than their type now tells
   */
  selfCheck(model: string | undefined, exactness?: Exactness): Promise<SelfCheck>;
  dispose(): Promise<void>;
}
