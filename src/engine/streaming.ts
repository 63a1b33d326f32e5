import type { BlockState, StreamOptions } from '../lens/blockState.ts';
import type { BlockSummary } from '../lens/blockSummary.ts';
import type { JobOptions } from '../progress.ts';

/** Pictures for a sweep, which may be anywhere in a larger set and may be broken. */
export interface StreamSource {
  /** Places, sound pictures or not. */
  readonly count: number;
  /**
   * The sound pictures at places `from` … `from+size−1`. Called once for every range, in order; with
   * `spreadOrder` over a folder sorted by class, no stretch of the sweep is of one class.
   */
  read(from: number, size: number, signal?: AbortSignal): Promise<StreamBatch>;
}

export interface StreamBatch {
  /** [numbers.length, 3, S, S] */
  readonly pixels: Float32Array;
  /** Number in its set of every picture; no number twice in a sweep. Ties go to the lower number. */
  readonly numbers: ArrayLike<number>;
}

export interface StreamJob extends JobOptions {
  /** States to go on from, of the same blocks and source: as {@link StreamingEngine.stream} handed them out. */
  readonly from?: readonly BlockState[] | undefined;
  /**
   * Called, and waited for, where a sweep can be taken up again: every 32 pictures. States are live: encode them before
   * returning. A sweep taken up from any of them ends in the same bytes as one that never stopped.
   */
  readonly onCheckpoint?: ((states: readonly BlockState[]) => Promise<void> | void) | undefined;
}

/** What becomes of a state: see `BlockSummary`. */
export interface FinishOptions {
  readonly topK: number;
  /** Images listed at each end of the signed activation. */
  readonly listed: number;
  /** Bins of the activation histograms; `HISTOGRAM_BINS` unless told. */
  readonly bins?: number | undefined;
}

/**
 * Analyses whose memory does not grow with the number of images, in parts that may run on different machines:
 * `stream` → (`merge` of several) → `lookAgain` if exactness is asked for → `finish` → `ends` if they are to be of all images.
 */
export interface StreamingEngine {
  /**
   * Blocks that share a sweep, ascending: {@link stream} of all of them takes one group after another.
   * @throws LensError `bad-request` for a block without later heads
   */
  groups(blocks: readonly number[], options: StreamOptions): number[][];
  /**
   * States of blocks over pictures: one sweep of forward passes for all blocks whose states fit the budget together, else
   * one for each group of them. Progress counts pictures.
   * @returns a state a block, ascending, its pivot at its mean
   * @throws LensError `bad-request` for a block without later heads, a top set that does not fit, or `from` of another kind;
   * `cancelled`
   */
  stream(
    source: StreamSource,
    blocks: readonly number[],
    options: StreamOptions,
    job?: StreamJob,
  ): Promise<BlockState[]>;
  /**
   * The state of both one's images, which must be different ones: up to rounding the same in any order.
   * @throws LensError `bad-request` for states of different blocks, sizes or models; `cancelled`
   */
  merge(a: BlockState, b: BlockState, job?: JobOptions): Promise<BlockState>;
  /** Neurons whose top k images are not proven to be the strongest: images outside the state's might be among them. */
  uncertified(state: BlockState, topK: number): Int32Array;
  /**
   * Another sweep over all pictures of the states, measuring only {@link uncertified} neurons, about the mean now known: after
   * it, all are exact. Returns at once where all are certified.
   */
  lookAgain(
    source: StreamSource,
    states: readonly BlockState[],
    topK: number,
    job?: JobOptions,
  ): Promise<BlockState[]>;
  /** Top sets, directions and all that follows. Ends and histograms are of the kept images: `looked` says so. */
  finish(state: BlockState, options: FinishOptions, job?: JobOptions): Promise<BlockSummary>;
  /** A sweep over all pictures for both ends of the signed activation and its histogram: `looked: 'all'`. */
  ends(source: StreamSource, summaries: readonly BlockSummary[], job?: JobOptions): Promise<BlockSummary[]>;
}
