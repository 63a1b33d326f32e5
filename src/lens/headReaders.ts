import type { LensWeights } from './lensWeights.ts';
import { outputMap } from './paths.ts';
import { dot, timesColumn } from './vectors.ts';

/**
 * A_r·(B_r·v) [W] of every head of the given blocks, block by block: what a write into the stream must point along
 * for that head to pass it on along v. So ⟨U_n[r], v⟩ = ⟨w_n, reader r⟩ for the neurons of *any* earlier block, without
 * the block's paths: 2·W² multiplications a block of heads.
 * @param vector v [D]
 */
export function headReaders(
  weights: LensWeights,
  blocks: readonly number[],
  vector: ArrayLike<number>,
): Float64Array[] {
  const { width, heads, dim } = weights;
  const size = width / heads;
  const wanted = timesColumn(outputMap(weights), vector, width, dim); // diag(g)·P·v
  return blocks.flatMap((block) => {
    const seen = timesColumn(weights.out(block).weight, wanted, width, width);
    const { weight } = weights.value(block);
    const { gain } = weights.norm1(block);
    return Array.from({ length: heads }, (_, h) =>
      Float64Array.from(
        { length: width },
        (_, w) => gain[w]! * dot(weight, seen, size, w * width + h * size, h * size),
      ),
    );
  });
}
