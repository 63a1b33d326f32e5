import { cancelled } from './scheduler.ts';

/** Work of ours between two looks at the message queue, in ms: a cancel is heard this soon. */
const SLICE_MS = 25;

/** Returns a function to await inside long loops: now and then it lets messages through, and a cancel end it. */
export function breather(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE_MS) return;
    await new Promise((resume) => setTimeout(resume, 0));
    last = performance.now();
    if (signal?.aborted) throw cancelled();
  };
}

/** Runs a job that yields between its slices, breathing as {@link breather} does. */
export async function inSlices<T>(slices: Generator<void, T>, signal: AbortSignal | undefined): Promise<T> {
  const breathe = breather(signal);
  for (;;) {
    const slice = slices.next();
    if (slice.done) return slice.value;
    await breathe();
  }
}

/** `job`, or `cancelled` as soon as the signal fires: the job itself goes on, for others who wait for it too. */
export function orCancelled<T>(job: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return job;
  if (signal.aborted) return Promise.reject(cancelled());
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(cancelled());
    signal.addEventListener('abort', leave, { once: true });
    job.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
