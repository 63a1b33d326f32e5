import { diverging, type Rgb, sequential } from './colour.ts';

/** What a map's colour means: which values the ends of the scale stand for, and which scale it is. */
export interface MapScale {
  readonly kind: 'sequential' | 'diverging';
  readonly min: number;
  readonly max: number;
  /** The largest value there is, by size, where the scale ends before it. */
  readonly beyond?: number;
}

/** Opacity of the strongest colour over a picture. */
const STRONGEST = 0.88;

/**
 * Share of the values that lie within the scale. The few beyond take the colour of its end: one patch
 * that outshines all others would otherwise leave every other picture blank.
 */
const WITHIN = 0.995;

/** Smallest and largest finite value of all maps together; undefined when there is none. */
export function extent(maps: Iterable<Float32Array>): readonly [number, number] | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const map of maps) {
    for (const value of map) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? [min, max] : undefined;
}

/**
 * One scale for all maps shown together, so that equal colours mean equal values on every picture.
 * Diverging scales are symmetric about zero; sequential ones begin at zero, or lower where there are
 * values below it. The upper end is the value that all but a few stay within; `beyond` tells how far
 * those few go.
 */
export function sharedScale(kind: MapScale['kind'], maps: readonly Float32Array[]): MapScale | undefined {
  const range = extent(maps);
  if (!range) return undefined;
  const [min, max] = range;
  const low = kind === 'diverging' ? 0 : Math.min(0, min);
  const furthest = kind === 'diverging' ? Math.max(Math.abs(min), Math.abs(max)) : max;
  const end = sizeWithin(maps, kind === 'diverging');
  const reach = end > low ? end : furthest > low ? furthest : low + 1;
  const beyond = furthest > reach ? { beyond: furthest } : {};
  return { kind, min: kind === 'diverging' ? -reach : low, max: reach, ...beyond };
}

/** The value below which all but a few lie; by size where both signs count. */
function sizeWithin(maps: Iterable<Float32Array>, bySize: boolean): number {
  const values = [...maps].flatMap((map) => Array.from(map).filter(Number.isFinite));
  const sorted = Float32Array.from(values, (value) => (bySize ? Math.abs(value) : value)).sort();
  return sorted[Math.ceil(WITHIN * sorted.length) - 1] ?? 0;
}

/** Where a value lies on its scale: 0…1 (sequential) or −1…1 (diverging), clipped. */
export function position(value: number, scale: MapScale): number {
  if (!Number.isFinite(value)) return 0;
  if (scale.kind === 'diverging') return Math.max(-1, Math.min(1, value / scale.max));
  return Math.max(0, Math.min(1, (value - scale.min) / (scale.max - scale.min)));
}

/** Colour of a value laid over a picture, and how opaque it is: what is near zero lets the picture through. */
export function overlay(value: number, scale: MapScale): { readonly rgb: Rgb; readonly alpha: number } {
  const at = position(value, scale);
  // Opacity already says how far from zero; the colour starts bright enough to tell the signs apart.
  const rgb =
    scale.kind === 'diverging'
      ? diverging(Math.sign(at) * (0.5 + 0.5 * Math.abs(at)), 'ink')
      : sequential(at);
  return { rgb, alpha: STRONGEST * Math.abs(at) ** 0.65 };
}
