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
