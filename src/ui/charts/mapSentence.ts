import { percent, signed } from './format.ts';

/** A patch of a map, counted from 0, and its value. */
interface Peak {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

const ROWS = ['top', 'middle', 'bottom'] as const;
const COLUMNS = ['left', 'middle', 'right'] as const;
const third = (at: number, side: number): 0 | 1 | 2 => {
  const share = (at + 0.5) / side;
  return share < 1 / 3 ? 0 : share > 2 / 3 ? 2 : 1;
};

/** In which ninth of the picture a patch lies: 'top left', 'middle', 'bottom'. */
export function regionOf(row: number, column: number, side: number): string {
  const [down, across] = [ROWS[third(row, side)]!, COLUMNS[third(column, side)]!];
  if (across === 'middle') return down;
  return down === 'middle' ? across : `${down} ${across}`;
}

function peakOf(map: ArrayLike<number>, side: number, sign: 1 | -1): Peak | undefined {
  let best = -1;
  for (let i = 0; i < side * side; i++) {
    const value = map[i]!;
    if (Number.isFinite(value) && (best < 0 || sign * value > sign * map[best]!)) best = i;
  }
  return best < 0 ? undefined : { row: Math.floor(best / side), column: best % side, value: map[best]! };
}

const placeOf = ({ row, column }: Peak, side: number): string =>
  `row ${row + 1}, column ${column + 1} of ${side} × ${side}, ${regionOf(row, column, side)}`;

/**
 * Where a map is strongest, for who cannot see it, from its own values: the largest patch, and where there are values
 * of the other sign, the most negative one. Rows and columns count from 1 at the top left.
 * @param map [side·side] row-major
 * @param print how a value is written
 */
export function mapSentence(
  map: ArrayLike<number>,
  side: number,
  print: (value: number) => string = signed,
): string {
  const high = peakOf(map, side, 1);
  const low = peakOf(map, side, -1);
  if (!high || !low) return 'The map holds no numbers.';
  if (high.value === low.value) return `The map is ${print(high.value)} everywhere.`;
  const most = `Most in ${placeOf(high, side)}: ${print(high.value)}.`;
  return low.value < 0 ? `${most} Least in ${placeOf(low, side)}: ${print(low.value)}.` : most;
}

/**
 * What a mask holds, in words: its share of the picture, and around which part of it.
 * @param mask [side·side] row-major, inside where not zero
 */
export function maskSentence(mask: ArrayLike<number>, side: number): string {
  let [inside, rows, columns] = [0, 0, 0];
  for (let i = 0; i < side * side; i++) {
    if (!mask[i]) continue;
    inside++;
    rows += Math.floor(i / side);
    columns += i % side;
  }
  if (inside === 0) return 'The outline holds nothing.';
  const region = regionOf(rows / inside, columns / inside, side);
  return `The outline holds ${percent(inside / (side * side), 0)} of the picture, around the ${region}.`;
}
