import { describe, expect, it } from 'vitest';
import { diverging, luminance, readableOn, sequential } from '../../../src/ui/charts/colour.ts';
import { distance, SIGHTS, seenWith } from '../../support/colour.ts';

const steps = Array.from({ length: 101 }, (_, i) => i / 100);

const rises = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value >= values[i - 1]! - 1e-3) && values.at(-1)! - values[0]! > 0.3;

describe('the sequential scale', () => {
  it('rises in luminance from end to end', () => {
    expect(rises(steps.map((t) => luminance(sequential(t))))).toBe(true);
  });

  it.each(SIGHTS)('keeps its order under %s', (sight) => {
    expect(rises(steps.map((t) => luminance(seenWith(sight, sequential(t)))))).toBe(true);
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

  it.each(SIGHTS)('keeps the signs apart under %s', (sight) => {
    for (const t of [0.3, 0.6, 1]) {
      const apart = distance(seenWith(sight, diverging(t, surface)), seenWith(sight, diverging(-t, surface)));
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
