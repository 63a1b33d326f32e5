import type { Engine } from '../engine/engine.ts';
import type { JobOptions } from '../progress.ts';
import type { Checkpoint } from './checkpoint.ts';

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

/** The same job, with every stage named after a part of the set. */
export const partJob = ({ signal, onProgress }: JobOptions, part: string): JobOptions => ({
  ...(signal && { signal }),
  onProgress: (p) => onProgress?.({ ...p, stage: `${part}: ${p.stage}` }),
});
