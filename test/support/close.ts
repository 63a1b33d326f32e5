/** Largest difference of two arrays, relative to the largest value of the second; NaN never passes. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values, not ${expected.length}`);
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs((actual[i] as number) - (expected[i] as number));
    if (Number.isNaN(gap)) return Number.NaN;
    difference = Math.max(difference, gap);
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return difference / scale;
}
