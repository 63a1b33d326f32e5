import type { Progress } from '../../progress.ts';
import { bytes, duration } from '../charts/format.ts';

/** Fewer steps than this say nothing about the rest. */
const ENOUGH = 2;

/** Seconds left at the pace so far; undefined while nothing can be said. */
export function secondsLeft(progress: Progress, elapsedSeconds: number): number | undefined {
  if (progress.done < ENOUGH || progress.done > progress.total || elapsedSeconds <= 0) return undefined;
  return (elapsedSeconds * (progress.total - progress.done)) / progress.done;
}

/** "12 of 80, about 40 s left" */
export function progressInWords(progress: Progress, elapsedSeconds: number): string {
  const left = secondsLeft(progress, elapsedSeconds);
  const inWords = (value: number): string => (progress.unit === 'bytes' ? bytes(value) : String(value));
  const place = `${inWords(progress.done)} of ${inWords(progress.total)}`;
  return left === undefined || progress.done === progress.total ? place : `${place}, ${duration(left)} left`;
}
