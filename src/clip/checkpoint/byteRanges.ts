/** Bytes `begin` … `end` − 1 of a file. */
export type ByteRange = readonly [begin: number, end: number];

export const byteCount = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, [begin, end]) => sum + end - begin, 0);

/** The same bytes in order, each once; ranges with at most `gap` bytes between them become one, gap included. */
export function merged(ranges: readonly ByteRange[], gap = 0): ByteRange[] {
  const inOrder = ranges.filter(([begin, end]) => end > begin).sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [begin, end] of inOrder) {
    const last = out.at(-1);
    if (last && begin - last[1] <= gap) last[1] = Math.max(last[1], end);
    else out.push([begin, end]);
  }
  return out;
}

/** Bytes of `ranges` that are in none of `taken`. */
export function without(ranges: readonly ByteRange[], taken: readonly ByteRange[]): ByteRange[] {
  const holes = merged(taken);
  return merged(ranges).flatMap(([begin, end]) => {
    const left: ByteRange[] = [];
    let at = begin;
    for (const [from, to] of holes) {
      if (to <= at || from >= end) continue;
      if (from > at) left.push([at, from]);
      at = Math.max(at, to);
    }
    if (at < end) left.push([at, end]);
    return left;
  });
}
