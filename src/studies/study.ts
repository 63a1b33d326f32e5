import type { Engine } from '../engine/engine.ts';
import type { JobOptions } from '../progress.ts';
import { type Checkpoint, keptJson } from './checkpoint.ts';

/** What a study works with: where the model runs, and where what is done is kept. */
export interface Bench {
  readonly engine: Engine;
  readonly checkpoint: Checkpoint;
  readonly job: JobOptions;
}

/** The rows of one part of a set. */
export interface PartTable<R> {
  readonly name: string;
  readonly images: number;
  readonly rows: readonly R[];
}

/** Least time between two keepings of what is done, ms: what a kill may cost. */
const KEEP_EVERY_MS = 5000;

/** Keeps what is done of a table now and then; `now` in any case, also when the table is cut short. */
export function keeper(checkpoint: Checkpoint, name: string): { soon: Keep; now: Keep } {
  let last = Date.now();
  const now: Keep = async (state) => {
    last = Date.now();
    await checkpoint.put(name, JSON.stringify(state));
  };
  return { now, soon: async (state) => (Date.now() - last < KEEP_EVERY_MS ? undefined : now(state)) };
}

type Keep = (state: unknown) => Promise<void>;

/** What a table that is made step by step asks for. */
interface Steps<R, S extends { readonly done: number }> {
  /** The steps that are still to be made, `from` of them being done. */
  readonly after: (from: number) => AsyncIterable<S>;
  readonly merge: (rows: readonly R[], step: S) => R[];
  /** Called with the rows so far, those that were kept first. */
  readonly onRows: (rows: readonly R[]) => void;
}

/** Goes on with a table from where the checkpoint has it; it is kept as far as it is, also when it is cut short. */
export async function goOn<R, S extends { readonly done: number }>(
  checkpoint: Checkpoint,
  name: string,
  { after, merge, onRows }: Steps<R, S>,
): Promise<void> {
  let state = (await keptJson<{ done: number; rows: R[] }>(checkpoint, name)) ?? { done: 0, rows: [] };
  const keep = keeper(checkpoint, name);
  onRows(state.rows);
  try {
    for await (const step of after(state.done)) {
      state = { done: step.done, rows: merge(state.rows, step) };
      onRows(state.rows);
      await keep.soon(state);
    }
  } finally {
    await keep.now(state);
  }
}

/** The same job, with every stage named after a part of the set. */
export const partJob = ({ signal, onProgress }: JobOptions, part: string): JobOptions => ({
  ...(signal && { signal }),
  onProgress: (p) => onProgress?.({ ...p, stage: `${part}: ${p.stage}` }),
});
