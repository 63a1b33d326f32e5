import { describe, expect, it } from 'vitest';
import { rampShare } from '../../../src/ui/charts/blockChartLayout.ts';
import { type MapScale, overlay } from '../../../src/ui/charts/mapScale.ts';
import {
  contrast,
  distance,
  lightness,
  mixed,
  over,
  type Rgb,
  SIGHTS,
  type Sight,
  seenWith,
} from '../../support/colour.ts';
import { allRules, colourTokens, opaque, THEMES } from '../../support/styleSheets.ts';

/**
 * What the colour-blind see of charts and maps. Distances are OKLab's: 0.02 is just noticeable, and two colours
 * 0.1 apart are told apart at a glance. What comes closer must differ in shape or words too.
 */
const GLANCE = 0.1;
const rules = allRules();
const tokens = colourTokens(rules);

describe.each(THEMES)('charts in the %s theme', (theme) => {
  const seen = (sight: Sight, name: string): Rgb => seenWith(sight, opaque(tokens, theme, name));

  it.each(SIGHTS)('tell the two signs apart (%s)', (sight) => {
    expect(distance(seen(sight, '--positive'), seen(sight, '--negative'))).toBeGreaterThan(GLANCE);
  });

  it.each(SIGHTS)('tell a value beyond the threshold from a quiet one (%s)', (sight) => {
    for (const sign of ['--positive', '--negative'])
      expect(distance(seen(sight, sign), seen(sight, '--line-strong')), sign).toBeGreaterThan(GLANCE);
  });

  it.each(SIGHTS)('draw every line so that it stands out from the paper (%s)', (sight) => {
    for (const tone of ['--positive', '--negative', '--ink-soft', '--accent', '--violet'])
      expect(contrast(seen(sight, tone), seen(sight, '--surface')), tone).toBeGreaterThan(3);
  });

  it('draw the faintest step of a ramp of lines so that it stands out', () => {
    const [violet, surface] = [opaque(tokens, theme, '--violet'), opaque(tokens, theme, '--surface')];
    expect(contrast(mixed(violet, surface, rampShare(0, 5)), surface)).toBeGreaterThan(3);
  });
});

const diverging: MapScale = { kind: 'diverging', min: -1, max: 1 };
const sequential: MapScale = { kind: 'sequential', min: 0, max: 1 };
/** Greys a picture can have under a map, after the filter its style sheet lays on it. */
const GREYS = Array.from({ length: 11 }, (_, i): Rgb => {
  const grey = 255 * filtered(i / 10);
  return [grey, grey, grey];
});

/** What `grayscale(1) contrast(c) brightness(b)` makes of a grey, 0…1. */
function filtered(grey: number): number {
  const rule = rules.find(({ selector }) => selector === '.picture[data-grey]');
  const [, c, b] = /^grayscale\(1\) contrast\(([\d.]+)\) brightness\(([\d.]+)\)$/.exec(
    rule!.declarations.get('filter')!,
  )!;
  return Number(b) * ((grey - 0.5) * Number(c) + 0.5);
}

const laid = (value: number, scale: MapScale, grey: Rgb): Rgb => {
  const { rgb, alpha } = overlay(value, scale);
  return over([...rgb, alpha], grey);
};

describe.each(SIGHTS)('maps over pictures (%s)', (sight) => {
  const seen = (value: number, scale: MapScale, grey: Rgb): Rgb => seenWith(sight, laid(value, scale, grey));

  it('keep the sign: along and against are told apart wherever the map is strong', () => {
    for (const grey of GREYS)
      for (const value of [0.5, 1])
        expect(distance(seen(value, diverging, grey), seen(-value, diverging, grey))).toBeGreaterThan(GLANCE);
  });

  it('never let what is strongest look like nothing', () => {
    for (const grey of GREYS)
      for (const scale of [sequential, diverging])
        for (const value of scale.kind === 'diverging' ? [-1, 1] : [1])
          expect(distance(seen(value, scale, grey), grey), `${value} on ${grey[0]}`).toBeGreaterThan(GLANCE);
  });

  it('rise in lightness from a third of the scale on, over any grey', () => {
    for (const grey of GREYS) {
      const steps = [0.35, 0.5, 0.65, 0.8, 1].map((value) => lightness(seen(value, sequential, grey)));
      for (const [i, step] of steps.entries()) if (i > 0) expect(step).toBeGreaterThan(steps[i - 1]!);
    }
  });
});
