/**
 * Bilinear enlargement of a square map [G, G] to [S, S], pixel centres aligned (torch's `interpolate`
 * with `align_corners=False`): flat beyond the outermost centres.
 */
export function upsample(map: ArrayLike<number>, side: number, size: number): Float32Array<ArrayBuffer> {
  const taps = Array.from({ length: size }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * side) / size - 0.5);
    const low = Math.min(Math.floor(at), side - 1);
    return { low, high: Math.min(low + 1, side - 1), part: at - low };
  });
  const result = new Float32Array(size * size);
  taps.forEach((row, y) => {
    taps.forEach((column, x) => {
      const across = (line: number) =>
        (1 - column.part) * map[line * side + column.low]! + column.part * map[line * side + column.high]!;
      result[y * size + x] = (1 - row.part) * across(row.low) + row.part * across(row.high);
    });
  });
  return result;
}
