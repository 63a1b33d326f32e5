/** Runs only the newest of many requests: an older one is aborted, also while it waits its turn. */
export interface NewestWins {
  /** Starts `work` after `delay` ms unless a newer request comes first; before it returns where there is no delay. */
  run(delay: number, work: (signal: AbortSignal) => Promise<void>): void;
  cancel(): void;
}

export function newestWins(): NewestWins {
  let controller: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => {
    clearTimeout(timer);
    controller?.abort();
    controller = undefined;
  };
  return {
    run(delay, work) {
      cancel();
      const own = new AbortController();
      controller = own;
      if (delay > 0) timer = setTimeout(() => void work(own.signal), delay);
      else void work(own.signal);
    },
    cancel,
  };
}
