import { norm } from './vectors.ts';

/** Unit vectors [count, dim], uniform on the sphere (Box and Muller's normals, xorshift32), the same for a seed. */
export function randomDirections(count: number, dim: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 1) | 0 || 1;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  const directions = new Float32Array(count * dim);
  for (let i = 0; i < directions.length; i++) {
    directions[i] = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  for (let row = 0; row < count; row++) {
    const vector = directions.subarray(row * dim, (row + 1) * dim);
    const length = norm(vector);
    for (let d = 0; d < dim; d++) vector[d]! /= length;
  }
  return directions;
}

/** How many of them tell what R² is chance. */
export const CHANCE_DIRECTIONS = 64;
