import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Line {
  readonly bytesPerSecond: number;
  /** Before the first byte of every answer. */
  readonly latencyMs: number;
}

/**
 * A line that all answers of a host share, whoever asks: the page, its workers, its service worker. What a browser slows
 * down by itself is the page alone.
 */
export function slowLine({ bytesPerSecond, latencyMs }: Line) {
  let free = 0;
  /** Resolves when so many bytes have gone through behind all that was sent before. */
  async function sent(bytes: number): Promise<void> {
    const now = performance.now();
    free = Math.max(now, free) + (1000 * bytes) / bytesPerSecond;
    await sleep(free - now);
  }
  return {
    latency: (): Promise<void> => sleep(latencyMs),
    through: () =>
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          void sent(chunk.length).then(() => done(null, chunk));
        },
      }),
  };
}
