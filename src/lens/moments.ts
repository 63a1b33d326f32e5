/** Count, mean and squared deviations of a sample: adds up over any parts (Chan, Golub and LeVeque 1979). */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Σ (x − mean)² */
  readonly squares: number;
}

export const EMPTY_MOMENTS: Moments = { count: 0, mean: 0, squares: 0 };

export const momentsOf = (values: Iterable<number>): Moments => {
  let sum = EMPTY_MOMENTS;
  for (const value of values) sum = addMoments(sum, { count: 1, mean: value, squares: 0 });
  return sum;
};

export function addMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (count === 0) return EMPTY_MOMENTS;
  const gap = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (gap * b.count) / count,
    squares: a.squares + b.squares + (gap * gap * a.count * b.count) / count,
  };
}

export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Of one value, with count − 1; undefined below two values. */
  readonly deviation: number | undefined;
  /** Of the mean: deviation/√count. */
  readonly standardError: number | undefined;
}

export function spreadOf({ count, mean, squares }: Moments): Spread {
  if (count < 2) return { count, mean, deviation: undefined, standardError: undefined };
  const deviation = Math.sqrt(squares / (count - 1));
  return { count, mean, deviation, standardError: deviation / Math.sqrt(count) };
}
