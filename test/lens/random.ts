import type { LinearValues, NormValues } from '../../src/lens/lensWeights.ts';
import type { OracleTower } from './oracle.ts';

/** A repeatable source of standard normal numbers (mulberry32 and Box–Muller). */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** `size` normal numbers with the given spread. */
export function randomArray(next: () => number, size: number, spread = 1): Float32Array {
  return Float32Array.from({ length: size }, () => spread * next());
}

/** A tiny random image tower, every bias and gain non-trivial. */
export function randomTower(seed: number, sizes: Partial<OracleTower> = {}): OracleTower {
  const next = normals(seed);
  const base = {
    width: 12,
    layers: 4,
    heads: 3,
    neurons: 10,
    dim: 7,
    imageSize: 6,
    patchSize: 2,
    eps: 1e-5,
    ...sizes,
  };
  const { width: W, neurons: N, dim: D, patchSize: p } = base;
  const T = (base.imageSize / p) ** 2 + 1;
  const linear = (inner: number, outer: number): LinearValues => ({
    weight: randomArray(next, inner * outer, 1.5 / Math.sqrt(inner)),
    bias: randomArray(next, outer, 0.3),
  });
  const norm = (): NormValues => ({
    gain: randomArray(next, W, 0.3).map((x) => 1 + x),
    bias: randomArray(next, W, 0.3),
  });
  return {
    ...base,
    patch: randomArray(next, W * 3 * p * p, 0.4),
    cls: randomArray(next, W),
    position: randomArray(next, T * W, 0.5),
    preNorm: norm(),
    blocks: Array.from({ length: base.layers }, () => ({
      norm1: norm(),
      query: linear(W, W),
      key: linear(W, W),
      value: linear(W, W),
      out: linear(W, W),
      norm2: norm(),
      fc1: linear(W, N),
      fc2: linear(N, W),
    })),
    postNorm: norm(),
    projection: randomArray(next, W * D, 1 / Math.sqrt(W)),
  };
}

/** Random pictures for a tower, already pre-processed. */
export function randomPictures(seed: number, tower: OracleTower, count: number): Float32Array[] {
  const next = normals(seed);
  return Array.from({ length: count }, () => randomArray(next, 3 * tower.imageSize ** 2));
}
