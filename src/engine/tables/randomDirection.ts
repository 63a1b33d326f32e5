import { uniforms } from '../../lens/randomChoice.ts';
import { norm } from '../../lens/vectors.ts';

/** A direction of length 1, [D], all alike likely; the same for the same key of whole numbers. */
export function randomDirection(dim: number, key: readonly number[]): Float64Array {
  const next = uniforms(key.reduce((hash, part) => Math.imul(hash ^ (part + 1), 0x9e3779b1), 0x811c9dc5));
  const row = Float64Array.from({ length: dim }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  });
  const length = norm(row);
  return row.map((x) => x / length);
}
