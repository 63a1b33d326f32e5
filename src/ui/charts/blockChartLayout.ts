import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';

export interface ChartPoint {
  readonly block: number;
  readonly value: number;
  readonly error: number | undefined;
}

export interface ChartLine {
  readonly id: string;
  readonly points: readonly ChartPoint[];
}

export interface PlacedPoint extends ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the error bar; undefined without an error. */
  readonly bar: readonly [number, number] | undefined;
}

export interface BlockChartLayout {
  readonly lines: readonly { readonly id: string; readonly path: string; readonly points: PlacedPoint[] }[];
  readonly blocks: readonly { readonly block: number; readonly x: number }[];
  readonly ticks: readonly { readonly value: number; readonly y: number }[];
  readonly y: (value: number) => number;
}

export interface ChartBox {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Share of the room between two blocks over which the lines' points are spread, so that bars do not hide one another. */
const SPREAD = 0.5;
const TICKS = 5;

/** Of a ramp's colour in its faintest line: fainter would not stand out from the paper. */
const FAINTEST = 0.7;

/** How much of the ramp's colour a line has, by its step from 0; the rest is paper. */
export const rampShare = (step: number, of: number): number =>
  of > 1 ? FAINTEST + (1 - FAINTEST) * (step / (of - 1)) : 1;

/** Smallest and largest of values with their errors, over any lines; undefined without any. */
export function rangeOf(
  lines: readonly ChartLine[],
  also: readonly number[] = [],
): readonly [number, number] | undefined {
  const ends = lines.flatMap(({ points }) =>
    points.flatMap(({ value, error = 0 }) => [value - error, value + error]),
  );
  const [low, high] = extent([...ends, ...also]);
  return low === undefined || high === undefined ? undefined : [low, high];
}

/**
 * Places lines over blocks: blocks at equal distances in their order, the points of a block side by side in the
 * order of the lines.
 * @param range of values, made to end on round numbers
 */
export function blockChartLayout(
  lines: readonly ChartLine[],
  range: readonly [number, number],
  box: ChartBox,
): BlockChartLayout {
  const blocks = [...new Set(lines.flatMap(({ points }) => points.map(({ block }) => block)))].sort(
    (a, b) => a - b,
  );
  const room = (box.width - box.left - box.right) / Math.max(1, blocks.length);
  const middle = (block: number): number => box.left + room * (blocks.indexOf(block) + 0.5);
  const wide = range[0] === range[1] ? [range[0] - 1, range[1] + 1] : range;
  const y = scaleLinear()
    .domain(wide)
    .range([box.height - box.bottom, box.top])
    .nice(TICKS);
  const shift = (line: number): number =>
    lines.length < 2 ? 0 : room * SPREAD * (line / (lines.length - 1) - 0.5);
  return {
    blocks: blocks.map((block) => ({ block, x: middle(block) })),
    ticks: y.ticks(TICKS).map((value) => ({ value, y: y(value) })),
    y,
    lines: lines.map(({ id, points }, line) => {
      const placed = points.map((point): PlacedPoint => {
        const { value, error } = point;
        const bar = error === undefined ? undefined : ([y(value - error), y(value + error)] as const);
        return { ...point, x: middle(point.block) + shift(line), y: y(value), bar };
      });
      return {
        id,
        points: placed,
        path: placed.map(({ x, y: at }, i) => `${i ? 'L' : 'M'}${x},${at}`).join(''),
      };
    }),
  };
}
