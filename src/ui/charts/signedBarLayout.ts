export interface Bar {
  /** Left edge and length as shares of the track. */
  readonly start: number;
  readonly length: number;
}

export interface BarLayout {
  /** Where zero lies on the track, 0…1. */
  readonly zero: number;
  readonly bars: readonly Bar[];
}

/** Bars to the left of zero for negative values, to the right for positive, all on one scale that fills the track. */
export function barLayout(values: readonly number[]): BarLayout {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const reach = high - low || 1;
  const zero = (0 - low) / reach;
  return {
    zero,
    bars: values.map((value) => {
      const length = Math.abs(value) / reach;
      return { start: value < 0 ? zero - length : zero, length };
    }),
  };
}
