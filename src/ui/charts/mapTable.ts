/**
 * The values of a map patch by patch, as the picture lies: rows from the top, columns from the left, both from 1.
 * @param map [side·side] row-major
 * @param print how a value is written
 */
export function mapTable(map: ArrayLike<number>, side: number, print: (value: number) => string): string[][] {
  const numbers = mapNumbers(side);
  return numbers.map((row) => [
    String(row + 1),
    ...numbers.map((column) => print(map[row * side + column]!)),
  ]);
}

/** Heads of the columns of that table. */
export const mapColumns = (side: number): string[] => [
  'row',
  ...mapNumbers(side).map((column) => (column === 0 ? 'column 1' : String(column + 1))),
];

const mapNumbers = (side: number): number[] => Array.from({ length: side }, (_, i) => i);
