/**
 * The attention baselines of the segmentation table: where the CLS token looks, whatever the text.
 */

/**
 * Raw attention: mean over heads of the CLS row of one block's attention softmax, patches only, [T−1]. The
 * paper's table takes the last block.
 * @param row a [H, T]
 */
export function rawAttention(row: ArrayLike<number>, heads: number): Float64Array {
  const tokens = row.length / heads;
  const map = new Float64Array(tokens - 1);
  for (let h = 0; h < heads; h++) {
    for (let i = 1; i < tokens; i++) map[i - 1]! += row[h * tokens + i]! / heads;
  }
  return map;
}

/** The same, averaged over blocks, [T−1]: no neuron and no text in it, but every block whose heads read patches. */
export function attentionOfBlocks(rows: readonly ArrayLike<number>[], heads: number): Float64Array {
  const maps = rows.map((row) => rawAttention(row, heads));
  return maps[0]!.map((_, i) => maps.reduce((sum, map) => sum + map[i]! / maps.length, 0));
}

/**
 * Attention rollout (Abnar and Zuidema 2020): the CLS row of Π_l (A_l + 1)/2, last block first, with A_l the mean over
 * heads of the whole attention, patches only, [T−1].
 * @param attention per block, first to last: [H, T, T]
 */
export function attentionRollout(attention: readonly ArrayLike<number>[], heads: number): Float64Array {
  const tokens = Math.round(Math.sqrt((attention[0]?.length ?? 0) / heads));
  let row = new Float64Array(tokens);
  row[0] = 1;
  for (const block of attention.toReversed()) {
    const next = row.map((x) => x / 2);
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < tokens; i++) {
        const at = (h * tokens + i) * tokens;
        const factor = row[i]! / (2 * heads);
        if (factor === 0) continue;
        for (let j = 0; j < tokens; j++) next[j]! += factor * block[at + j]!;
      }
    }
    row = next;
  }
  return row.slice(1);
}
