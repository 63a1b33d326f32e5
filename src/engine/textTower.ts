import { END, TOKENS, textTowerGraph } from '../clip/graph/textTower.ts';
import type { Tokenizer } from '../clip/tokenizer.ts';
import { OUTPUTS } from '../clip/trace.ts';
import type { ClipWeights } from '../clip/weights.ts';
import type { JobOptions } from '../progress.ts';
import type { Backend } from './backend.ts';
import type { Scheduler } from './scheduler.ts';
import type { Sessions } from './sessions.ts';

const BATCH = 32;
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

  /** Unit embeddings [texts, D]. A batch costs as much as its longest text: like goes with like. */
  async embed(texts: readonly string[], job: JobOptions): Promise<Float32Array> {
    const { dim } = this.#weights.config;
    const embeddings = new Float32Array(texts.length * dim);
    const byLength = [...texts.keys()].sort((i, j) => texts[i]!.length - texts[j]!.length);
    const priority = texts.length <= SHORT ? 'short' : 'long';
    for (let from = 0; from < texts.length; from += BATCH) {
      const batch = byLength.slice(from, from + BATCH);
      const run = () => this.#run(batch.map((i) => texts[i]!));
      const rows = await this.#scheduler.run(priority, run, job.signal);
      batch.forEach((text, i) => {
        embeddings.set(unit(rows.subarray(i * dim, (i + 1) * dim)), text * dim);
      });
      job.onProgress?.({ stage: 'Reading texts', done: from + batch.length, total: texts.length });
    }
    return embeddings;
  }

  async #run(texts: readonly string[]): Promise<Float32Array> {
    const session = await this.#sessions.get({ key: 'text', graph: () => textTowerGraph(this.#weights) });
    const { tokens, ends, length } = this.#tokenizer.encodeBatch(texts);
    const results = await session.run({
      [TOKENS]: this.#backend.tensor('int64', tokens, [texts.length, length]),
      [END]: this.#backend.tensor('int64', ends, [texts.length]),
    });
    return results[OUTPUTS.embedding]!.data as Float32Array;
  }
}

function unit(row: Float32Array): Float32Array {
  const length = Math.hypot(...row);
  return row.map((x) => x / length);
}
