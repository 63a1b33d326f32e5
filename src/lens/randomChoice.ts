import { LensError } from '../errors.ts';

/** A repeatable source of numbers in [0, 1): mulberry32. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * `count` different numbers below `total`, all sets alike probable, in random order; the same for a seed.
 * @throws LensError `bad-request` when there are not that many.
 */
export function randomChoice(count: number, total: number, seed: number): Int32Array {
  if (!Number.isInteger(count) || count < 0 || count > total) {
    throw new LensError('bad-request', `Cannot choose ${count} of ${total}.`);
  }
  const next = uniforms(seed);
  const order = Int32Array.from({ length: total }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(next() * (total - i));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order.slice(0, count);
}
