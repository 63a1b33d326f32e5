import { describe, expect, it } from 'vitest';
import { diverging, luminance, type Rgb, readableOn, sequential } from '../../../src/ui/charts/colour.ts';

const steps = Array.from({ length: 101 }, (_, i) => i / 100);

/** Machado, Oliveira & Fernandes 2009, severity 1, on linear sRGB. */
const DEFICIENCIES = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

const decode = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const encode = (c: number): number => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

function seenWith(matrix: readonly number[], colour: Rgb): Rgb {
  const linear = colour.map((c) => decode(c / 255));
  const [r, g, b] = [0, 1, 2].map((row) => {
    const value = [0, 1, 2].reduce((sum, i) => sum + matrix[3 * row + i]! * linear[i]!, 0);
    return 255 * encode(Math.min(1, Math.max(0, value)));
  });
  return [r!, g!, b!];
}

/** Distance in OKLab, where 0.02 is just noticeable. */
function distance(a: Rgb, b: Rgb): number {
  const lab = (colour: Rgb): number[] => {
    const [r, g, bl] = colour.map((c) => decode(c / 255)) as [number, number, number];
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * bl);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * bl);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * bl);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(...p.map((value, i) => value - q[i]!));
}

const rises = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value >= values[i - 1]! - 1e-3) && values.at(-1)! - values[0]! > 0.3;

describe('the sequential scale', () => {
  it('rises in luminance from end to end', () => {
    expect(rises(steps.map((t) => luminance(sequential(t))))).toBe(true);
  });

  it.each(Object.entries(DEFICIENCIES))('keeps its order under %s', (_, matrix) => {
    expect(rises(steps.map((t) => luminance(seenWith(matrix, sequential(t)))))).toBe(true);
  });

  it('clips what lies outside and takes NaN for nothing', () => {
    expect(sequential(-3)).toEqual(sequential(0));
    expect(sequential(7)).toEqual(sequential(1));
    expect(sequential(Number.NaN)).toEqual(sequential(0));
  });
});

describe.each(['paper', 'ink'] as const)('the diverging scale on %s', (surface) => {
  const direction = surface === 'paper' ? -1 : 1;

  it.each([-1, 1])('changes luminance one way from zero outwards (sign %i)', (sign) => {
    const values = steps.map((t) => direction * luminance(diverging(sign * t, surface)));
    expect(rises(values)).toBe(true);
  });

  it('treats both signs alike: equal distance from zero, nearly equal lightness', () => {
    for (const t of steps)
      expect(Math.abs(luminance(diverging(t, surface)) - luminance(diverging(-t, surface)))).toBeLessThan(
        0.06,
      );
  });

  it.each(Object.entries(DEFICIENCIES))('keeps the signs apart under %s', (_, matrix) => {
    for (const t of [0.3, 0.6, 1]) {
      const apart = distance(
        seenWith(matrix, diverging(t, surface)),
        seenWith(matrix, diverging(-t, surface)),
      );
      expect(apart).toBeGreaterThan(0.08);
    }
  });

  it('carries readable text at every value', () => {
    for (const t of steps.flatMap((step) => [step, -step])) {
      const back = luminance(diverging(t, surface));
      const text = readableOn(diverging(t, surface)) === '#000' ? 0 : 1;
      expect((Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05)).toBeGreaterThan(4.5);
    }
  });
});
