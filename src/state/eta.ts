/** The pace is taken over this long: the first images of a job, and a busy moment, mislead for no longer. */
const WINDOW_MS = 15_000;
/** Less than this says nothing yet. */
const LEAST_MS = 1500;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** How long a job still takes, from its pace of late. */
export interface Remaining {
  /** Tells how far the job is at time `at` (ms); gives the seconds left, undefined while nobody can know. */
  secondsLeft(at: number, done: number, total: number): number | undefined;
}

export function remaining(): Remaining {
  let samples: Sample[] = [];
  return {
    secondsLeft(at, done, total) {
      const last = samples.at(-1);
      if (last && done < last.done) samples = []; // a new stage counts from the start
      samples.push({ at, done });
      while (samples.length > 2 && at - samples[1]!.at > WINDOW_MS) samples.shift();
      if (done >= total && total > 0) return 0;
      const first = samples[0]!;
      const progress = done - first.done;
      const time = at - first.at;
      if (progress <= 0 || time < LEAST_MS || total <= 0) return undefined;
      return ((total - done) * time) / progress / 1000;
    },
  };
}
