/** Runs only the newest of many requests: an older one is aborted, also while it waits its turn. */
export interface NewestWins {
  /** Starts `work` after `delay` ms unless a newer request comes first. */
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
      timer = setTimeout(() => void work(own.signal), delay);
    },
    cancel,
  };
}
