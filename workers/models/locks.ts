import { LensError } from '../../src/errors.ts';
import { inUse } from './memoryDisk.ts';

/**
 * Runs `work` while nobody else, in any tab, holds the name; calls `onWait` when that means waiting. With
 * `ifFree` it does not wait, but rejects with `unavailable`.
 */
export type Lock = <T>(
  name: string,
  work: () => Promise<T>,
  options?: {
    readonly signal?: AbortSignal | undefined;
    readonly onWait?: () => void;
    readonly ifFree?: boolean;
  },
) => Promise<T>;

/** The browser's locks where it has them; else only this worker's own calls are kept apart. */
export const lockFor = (): Lock => (typeof navigator !== 'undefined' && navigator.locks ? webLock : queue());

const webLock: Lock = async (name, work, { signal, onWait, ifFree } = {}) => {
  const full = `neuronlens-model-${name}`;
  const tried = await navigator.locks.request(full, { ifAvailable: true }, async (lock) =>
    lock ? { done: await work() } : undefined,
  );
  if (tried) return tried.done;
  if (ifFree) throw inUse();
  onWait?.();
  try {
    return await navigator.locks.request(full, signal ? { signal } : {}, work);
  } catch (error) {
    throw signal?.aborted ? new LensError('cancelled', 'Cancelled.') : error;
  }
};

function queue(): Lock {
  const last = new Map<string, Promise<unknown>>();
  return (name, work, { ifFree, onWait } = {}) => {
    if (last.has(name) && ifFree) return Promise.reject(inUse());
    if (last.has(name)) onWait?.();
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work);
    const settled = turn
      .catch(() => {})
      .then(() => {
        if (last.get(name) === settled) last.delete(name);
      });
    last.set(name, settled);
    return turn;
  };
}
