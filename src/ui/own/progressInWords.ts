import type { Progress } from '../../progress.ts';
import { bytes, duration } from '../charts/format.ts';

/** "12 of 80, about 40 s left" */
export function progressInWords(progress: Progress, secondsLeft: number | undefined): string {
  const inWords = (value: number): string => (progress.unit === 'bytes' ? bytes(value) : String(value));
  const place = `${inWords(progress.done)} of ${inWords(progress.total)}`;
  return secondsLeft === undefined || progress.done === progress.total
    ? place
    : `${place}, ${duration(secondsLeft)} left`;
}
