import type { BlockPaths } from './paths.ts';
import { dot, timesColumn } from './vectors.ts';

/**
 * ⟨U_n[r], v⟩ = w_n·(A_r·(B_r·v)) of some neurons of a block, for one vector v such as a text: [N, R], 0 for the
 * others. No U is formed: W·(D+W) multiplications a later block, and W·R a neuron.
 * @param vector [D]
 */
export function alongVector(
  { heads, headSize, width, neurons, dim, writes, reads, projections }: BlockPaths,
  vector: ArrayLike<number>,
  asked: Iterable<number>,
): Float32Array {
  const readers = reads.flatMap((read, l) => {
    const seen = timesColumn(projections[l]!, vector, width, dim); // B_r·v of the block's heads, side by side
    return Array.from({ length: width / headSize }, (_, h) =>
      Float64Array.from({ length: width }, (_, w) =>
        dot(read, seen, headSize, w * width + h * headSize, h * headSize),
      ),
    );
  });
  const along = new Float32Array(neurons * heads.length);
  for (const n of asked) {
    readers.forEach((reader, r) => {
      along[n * heads.length + r] = dot(writes, reader, width, n * width);
    });
  }
  return along;
}
