import type { BlockState, StreamOptions } from '../../lens/blockState.ts';
import type { BlockSummary } from '../../lens/blockSummary.ts';
import type { Findings, Question } from '../../lens/laterLook.ts';
import type { JobOptions } from '../../progress.ts';

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

export interface LaterJob extends JobOptions {
  /** Findings to go on from, of the same questions and source: as {@link StreamingEngine.lookLater} handed them out. */
  readonly from?: readonly Findings[] | undefined;
  /** As of {@link StreamJob}. */
  readonly onCheckpoint?: ((found: readonly Findings[]) => Promise<void> | void) | undefined;
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
 * `stream` → (`merge` of several) → `finish` → `questionOf` → `lookLater` (`joinedFindings` of several) → `settle`; the last three
 * again while anything is open, which is rare. Functions are of `lens/laterLook.ts` and `settle.ts`.
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
  /** Top sets, directions and all that follows. Ends and histograms are of the kept images: `looked` says so. */
  finish(state: BlockState, options: FinishOptions, job?: JobOptions): Promise<BlockSummary>;
  /**
   * What is found for questions among pictures, which are all of the questions' images or some: one sweep for all blocks that fit
   * the budget together. Returns at once where nothing is open.
   * @returns findings a question, in their order
   * @throws LensError `bad-request` for a question about another model; `cancelled`
   */
  lookLater(source: StreamSource, questions: readonly Question[], job?: LaterJob): Promise<Findings[]>;
}
