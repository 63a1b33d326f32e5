/** Below this share of the work a guess would be worth nothing. */
const SMALLEST_SHARE = 0.02;

/** Seconds still to go, from how long `done` of `total` took; undefined while nobody can know. */
export function secondsLeft(elapsedMs: number, done: number, total: number): number | undefined {
  if (done <= 0 || total <= 0 || done / total < SMALLEST_SHARE) return undefined;
  return Math.max(0, (elapsedMs / 1000) * (total / done - 1));
}
