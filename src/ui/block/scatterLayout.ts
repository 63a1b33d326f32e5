import { extent } from 'd3-array';
import { type ScaleLinear, type ScaleLogarithmic, scaleLinear, scaleLog } from 'd3-scale';

export interface Margin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Where every neuron lies in the plot, in CSS pixels. */
export interface ScatterLayout {
  readonly width: number;
  readonly height: number;
  readonly margin: Margin;
  readonly x: ScaleLogarithmic<number, number>;
  readonly y: ScaleLinear<number, number>;
  readonly points: readonly Point[];
}

export interface Point {
  readonly neuron: number;
  readonly x: number;
  readonly y: number;
}

/** Effect sizes to the right on a log scale, variance shares upwards. Neurons without an effect lie at the left edge. */
export function scatterLayout(
  effects: Float32Array,
  shares: Float32Array,
  size: { readonly width: number; readonly height: number },
  margin: Margin,
): ScatterLayout {
  const positive = effects.filter((value) => value > 0 && Number.isFinite(value));
  const [low = 0.1, high = 1] = extent(positive);
  const x = scaleLog()
    .domain([low * 0.93, Math.max(high * 1.07, low * 1.2)])
    .range([margin.left, size.width - margin.right]);
  const [least = 0, most = 1] = extent(shares.filter(Number.isFinite));
  const y = scaleLinear()
    .domain([Math.max(0, least - 0.03), Math.min(1, most + 0.03)])
    .range([size.height - margin.bottom, margin.top]);
  const points = Array.from(effects, (effect, neuron) => ({
    neuron,
    x: effect > 0 ? x(effect) : margin.left,
    y: y(shares[neuron] ?? 0),
  }));
  return { ...size, margin, x, y, points };
}

/** Ticks of a log axis that do not collide: 1, 2, 5 of every decade, fewer where there are many. */
export function logTicks(domain: readonly number[], most: number): number[] {
  const [low = 1, high = 10] = domain;
  for (const digits of [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (const digit of digits) {
        const tick = Number((digit * 10 ** power).toPrecision(3));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length <= most) return ticks;
  }
  return [low];
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The nearest point in a direction: within 45° of it the closest counts, beyond that nothing does.
 * Undefined at the edge.
 */
export function nearestInDirection(
  points: readonly Point[],
  from: Point,
  direction: Direction,
): Point | undefined {
  let best: Point | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const point of points) {
    const dx = point.x - from.x;
    const dy = point.y - from.y;
    const [along, across] = alongAcross(dx, dy, direction);
    if (along <= 0 || across > along) continue;
    const distance = along * along + 2 * across * across;
    if (distance < bestDistance) {
      best = point;
      bestDistance = distance;
    }
  }
  return best;
}

function alongAcross(dx: number, dy: number, direction: Direction): [number, number] {
  switch (direction) {
    case 'right':
      return [dx, Math.abs(dy)];
    case 'left':
      return [-dx, Math.abs(dy)];
    case 'down':
      return [dy, Math.abs(dx)];
    case 'up':
      return [-dy, Math.abs(dx)];
  }
}
