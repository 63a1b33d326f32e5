import { scaleLinear, scaleLog } from 'd3-scale';

/** Counts between consecutive edges: edges has one entry more than counts. */
export interface Bins {
  readonly edges: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

export type CountAxis = 'linear' | 'log';

export interface Box {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface HistogramBar {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface HistogramLayout {
  readonly bars: readonly HistogramBar[];
  readonly x: (value: number) => number;
  readonly xTicks: readonly { readonly value: number; readonly text: string }[];
  readonly yTicks: readonly { readonly value: number; readonly y: number }[];
}

/** On a log axis a single image still has a visible bar: the axis starts at half an image. */
const LOG_FLOOR = 0.5;

/** 1, 10, 100, … up to the largest count; with the fives in between while there is room. */
function logTicks(max: number): number[] {
  const decades = Array.from({ length: Math.floor(Math.log10(Math.max(1, max))) + 1 }, (_, i) => 10 ** i);
  return decades.length > 2 ? decades : decades.flatMap((d) => [d, 5 * d]).filter((tick) => tick <= max);
}

/** Bars and ticks in pixels inside a box with margins; the axis reaches over `include` as well. */
export function histogramLayout(
  bins: Bins,
  axis: CountAxis,
  box: Box,
  include: readonly number[] = [],
): HistogramLayout {
  const counts = Array.from(bins.counts);
  const edges = Array.from(bins.edges);
  const max = Math.max(1, ...counts);
  const floor = box.height - box.bottom;
  const ends = [edges[0] ?? 0, edges.at(-1) ?? 1, ...include];
  const x = scaleLinear([Math.min(...ends), Math.max(...ends)], [box.left, box.width - box.right]);
  const y =
    axis === 'log'
      ? scaleLog([LOG_FLOOR, max], [floor, box.top])
      : scaleLinear([0, max], [floor, box.top]).nice(4);
  const bars = counts.map((count, index): HistogramBar => {
    const [from, to] = [edges[index]!, edges[index + 1]!];
    const top = count === 0 ? floor : y(count);
    const gap = x(to) - x(from) > 4 ? 1 : 0;
    return {
      index,
      from,
      to,
      count,
      x: x(from),
      y: top,
      width: Math.max(0.5, x(to) - x(from) - gap),
      height: floor - top,
    };
  });
  const wanted = Math.max(3, Math.floor((box.width - box.left - box.right) / 70));
  const print = x.tickFormat(wanted);
  const wholeTicks = scaleLinear([0, max], [0, 1])
    .ticks(4)
    .filter((tick) => Number.isInteger(tick));
  return {
    bars,
    x: (value) => x(value),
    xTicks: x.ticks(wanted).map((value) => ({ value, text: print(value) })),
    yTicks: (axis === 'log' ? logTicks(max) : wholeTicks).map((value) => ({ value, y: y(value) })),
  };
}

/** Whether a bin lies beyond ±threshold, wholly (`outside`), not at all (`inside`), or in part. */
export function beyond(from: number, to: number, threshold: number): 'inside' | 'outside' | 'across' {
  if (from >= threshold || to <= -threshold) return 'outside';
  return to <= threshold && from >= -threshold ? 'inside' : 'across';
}
