/** Counts of values in equal bins from `low` to `high`. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: Int32Array;
}

/**
 * Counts values in `bins` equal bins between the smallest and the largest (or the given range; values
 * outside it are left out, the upper edge belongs to the last bin). NaN is left out. When all values are
 * equal, the range is widened by ½ on both sides.
 */
export function histogram(
  values: ArrayLike<number>,
  bins: number,
  range?: { readonly low: number; readonly high: number },
): Histogram {
  const { low, high } = range ?? extent(values);
  const counts = new Int32Array(bins);
  const perUnit = bins / (high - low);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor((value - low) * perUnit))]! += 1;
  }
  return { low, high, counts };
}

function extent(values: ArrayLike<number>): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < low) low = values[i]!;
    if (values[i]! > high) high = values[i]!;
  }
  if (low < high) return { low, high };
  const middle = low === high ? low : 0;
  return { low: middle - 0.5, high: middle + 0.5 };
}
