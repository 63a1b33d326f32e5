import { LensError } from '../../errors.ts';

/** `short` calls (a heatmap, a handful of texts) go ahead of the next step of a `long` one. */
export type Priority = 'short' | 'long';

interface Waiting {
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Runs one step at a time, in order of arrival, short ones first. A long job submits every batch as a
 * step of its own, so that a short call waits for one batch and not for the job.
 */
export class Scheduler {
  readonly #waiting: Record<Priority, Waiting[]> = { short: [], long: [] };
  #running: Waiting | undefined;
  #closed: Error | undefined;

  /**
   * Runs `step` when its turn comes.
   * @throws LensError `cancelled` when the signal fires before that; what `step` throws; the error given to `close`
   */
  run<T>(priority: Priority, step: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (signal?.aborted) return Promise.reject(cancelled());
    return new Promise<T>((resolve, reject) => {
      const queue = this.#waiting[priority];
      const leave = (): void => {
        queue.splice(queue.indexOf(entry), 1);
        reject(cancelled());
      };
      const entry: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', leave);
          this.#running = entry;
          step()
            .then(resolve, reject)
            .finally(() => {
              this.#running = undefined;
              this.#next();
            });
        },
        fail: reject,
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(entry);
      this.#next();
    });
  }

  /** Fails what runs, what waits and what is to come with `error`: a lost device may never answer. */
  close(error: Error): void {
    this.#closed = error;
    this.#running?.fail(error);
    for (const queue of Object.values(this.#waiting)) {
      for (const entry of queue.splice(0)) entry.fail(error);
    }
  }

  #next(): void {
    if (this.#running) return;
    (this.#waiting.short.shift() ?? this.#waiting.long.shift())?.start();
  }
}

export const cancelled = (): LensError => new LensError('cancelled', 'Cancelled.');
