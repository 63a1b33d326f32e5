import type { PatchMap } from './imageReading.ts';

/** A map [G·G] as it crosses to the page. */
export function patchMap(values: ArrayLike<number>, gridSide: number): PatchMap {
  const map = Float32Array.from(values);
  return { gridSide, map, flat: map.every((x) => x === map[0]) };
}
