import { END, TOKENS, textTowerGraph } from '../../clip/graph/textTower.ts';
import { type Tokenizer, tokenBatch } from '../../clip/tokenizer.ts';
import { OUTPUTS } from '../../clip/trace.ts';
import type { ClipWeights } from '../../clip/weights.ts';
import { norm } from '../../lens/vectors.ts';
import type { JobOptions } from '../../progress.ts';
import type { Backend } from '../backend.ts';
import { bindable } from '../checks/plan.ts';
import { breather } from '../running/breathe.ts';
import type { Scheduler } from '../running/scheduler.ts';
import type { Sessions } from '../running/sessions.ts';

/** Tokens a batch: as much work as a batch of some ten full-length texts, or of 300 single words. */
const BATCH_TOKENS = 1024;
/** So few texts go ahead of a long job's next batch. */
const SHORT = 64;

/** The text tower on a device. */
export class TextTower {
  readonly #weights: ClipWeights;
  readonly #tokenizer: Tokenizer;
  readonly #backend: Backend;
  readonly #sessions: Sessions;
  readonly #scheduler: Scheduler;

  constructor(
    weights: ClipWeights,
    tokenizer: Tokenizer,
    backend: Backend,
    sessions: Sessions,
    scheduler: Scheduler,
  ) {
    this.#weights = weights;
    this.#tokenizer = tokenizer;
    this.#backend = backend;
    this.#sessions = sessions;
    this.#scheduler = scheduler;
  }

  /**
   * Unit embeddings [texts, D]. The tower is causal and read at end-of-text, so padding changes nothing but the
   * time: texts of one length go together, and a batch is no longer than its longest.
   */
  async embed(texts: readonly string[], job: JobOptions): Promise<Float32Array> {
    const { dim } = this.#weights.config;
    const embeddings = new Float32Array(texts.length * dim);
    const rows = await this.#encode(texts, job.signal);
    const priority = texts.length <= SHORT ? 'short' : 'long';
    let done = 0;
    for (const batch of batchesByLength(rows)) {
      const run = () => this.#run(batch.map((i) => rows[i]!));
      const results = await this.#scheduler.run(priority, run, job.signal);
      batch.forEach((text, i) => {
        embeddings.set(unit(results.subarray(i * dim, (i + 1) * dim)), text * dim);
      });
      done += batch.length;
      job.onProgress?.({ stage: 'Reading texts', done, total: texts.length });
    }
    return embeddings;
  }

  async #encode(texts: readonly string[], signal: AbortSignal | undefined): Promise<number[][]> {
    const breathe = breather(signal);
    const rows: number[][] = [];
    for (const text of texts) {
      rows.push(this.#tokenizer.encode(text).ids);
      await breathe();
    }
    return rows;
  }

  async #run(rows: readonly (readonly number[])[]): Promise<Float32Array> {
    const largestBytes = this.#backend.limits && bindable(this.#backend.limits);
    const graph = () => textTowerGraph(this.#weights, { largestBytes });
    const session = await this.#sessions.get({ key: 'text', graph });
    const { tokens, ends, length } = tokenBatch(rows);
    const results = await session.run({
      [TOKENS]: this.#backend.tensor('int64', tokens, [rows.length, length]),
      [END]: this.#backend.tensor('int64', ends, [rows.length]),
    });
    return results[OUTPUTS.embedding]!.data as Float32Array;
  }
}

/** Indices of rows, short ones first, in batches of at most {@link BATCH_TOKENS} (or one row) when padded. */
export function batchesByLength(
  rows: readonly (readonly number[])[],
  budget: number = BATCH_TOKENS,
): number[][] {
  const order = [...rows.keys()].sort((i, j) => rows[i]!.length - rows[j]!.length);
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const index of order) {
    if ((batch.length + 1) * rows[index]!.length > budget && batch.length > 0) {
      batches.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

function unit(row: Float32Array): Float32Array {
  const length = norm(row);
  return row.map((x) => x / length);
}
