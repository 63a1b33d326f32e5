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
  for (let y = 0; y < size; y++) {
    const { low, high, part: down } = taps[y]!;
    for (let x = 0; x < size; x++) {
      const { low: left, high: right, part: across } = taps[x]!;
      const above = (1 - across) * map[low * side + left]! + across * map[low * side + right]!;
      const below = (1 - across) * map[high * side + left]! + across * map[high * side + right]!;
      result[y * size + x] = (1 - down) * above + down * below;
    }
  }
  return result;
}
