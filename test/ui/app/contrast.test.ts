import { describe, expect, it } from 'vitest';
import { contrast, over, type Rgb } from '../../support/colour.ts';
import { allRules, colourTokens, opaque, type Rule, THEMES, type Theme } from '../../support/styleSheets.ts';

/**
 * WCAG 2.2 AA, computed from the style sheets themselves: text 4.5:1 (1.4.3), edges of controls, focus rings and
 * marks of charts 3:1 (1.4.11). No pair is skipped for being large text: type grows and shrinks with the window.
 */
const rules = allRules();
const tokens = colourTokens(rules);
const colour = (theme: Theme, name: string): Rgb => opaque(tokens, theme, name);

const TEXT = 4.5;
const PARTS = 3;

/** What text stands on where a rule says nothing else. */
const SURFACES = ['--paper', '--surface', '--sunken'];
/** What lies under a row that is pointed at, a chip, a choice: text of the page stands on it too. */
const TINTED = ['--accent-soft', '--danger-soft', '--positive-soft', '--negative-soft'];
/** Colours that text may have on any surface of the page. */
const TEXTS = [
  '--ink',
  '--ink-soft',
  '--ink-faint',
  '--accent',
  '--accent-strong',
  '--positive',
  '--negative',
  '--danger',
];
/** Colours of text that stand on their own colour alone, which the same rule must name. */
const ON_THEIR_OWN = ['--on-accent', '--paper', '--surface'];
/** Filled without text on it: bars, tracks, lines between cells, what lies behind a dialog. */
const WITHOUT_TEXT = [
  '--line',
  '--line-strong',
  '--positive',
  '--negative',
  '--veil',
  '--accent',
  '--tone',
  '--ink',
  '--danger',
];
/** Dots and knobs drawn by the style sheet. */
const WORDLESS = /::(before|after)$/;
const NO_COLOUR = /^(inherit|currentcolor|transparent|none|unset)$/i;

const tokenOf = (value: string | undefined): string | undefined =>
  /^var\((--[\w-]+)\)$/.exec(value ?? '')?.[1];
const backgroundOf = ({ declarations }: Rule): string | undefined =>
  declarations.get('background') ?? declarations.get('background-color');
const named = ({ file, selector }: Rule): string => `${file} { ${selector} }`;

describe.each(THEMES)('contrast in the %s theme', (theme) => {
  it.each(TEXTS)('%s can be read on every surface of the page', (text) => {
    for (const surface of SURFACES) {
      expect(
        contrast(colour(theme, text), colour(theme, surface)),
        `${text} on ${surface}`,
      ).toBeGreaterThanOrEqual(TEXT);
    }
  });

  it.each(TINTED)('the text of the page can be read on %s', (surface) => {
    for (const text of ['--ink', '--ink-soft']) {
      expect(
        contrast(colour(theme, text), colour(theme, surface)),
        `${text} on ${surface}`,
      ).toBeGreaterThanOrEqual(TEXT);
    }
  });

  it('words with a sign can be read in a row that is pointed at', () => {
    for (const text of ['--positive', '--negative', '--accent', '--accent-strong', '--ink-faint']) {
      expect(contrast(colour(theme, text), colour(theme, '--accent-soft')), text).toBeGreaterThanOrEqual(
        TEXT,
      );
    }
    expect(contrast(colour(theme, '--danger'), colour(theme, '--danger-soft'))).toBeGreaterThanOrEqual(TEXT);
  });

  it('every rule that names its ground and its text, itself or in the rule it refines, names two that go together', () => {
    let pairs = 0;
    for (const rule of rules) {
      const [text, back] = [tokenOf(textOf(rule)), tokenOf(backgroundOf(rule))];
      if (WORDLESS.test(rule.selector)) continue;
      if (!text || !back || !tokens[theme].has(text) || !tokens[theme].has(back)) continue;
      pairs++;
      expect(contrast(colour(theme, text), colour(theme, back)), named(rule)).toBeGreaterThanOrEqual(TEXT);
    }
    expect(pairs).toBeGreaterThan(10);
  });

  it('edges of controls, focus rings and marks of charts stand out', () => {
    for (const part of ['--line-strong', '--focus', '--accent', '--positive', '--negative', '--danger']) {
      for (const surface of [...SURFACES, '--accent-soft']) {
        // A control on a tinted row is told by its words; only the ring must be seen there.
        if (surface === '--accent-soft' && part !== '--focus') continue;
        expect(
          contrast(colour(theme, part), colour(theme, surface)),
          `${part} on ${surface}`,
        ).toBeGreaterThanOrEqual(PARTS);
      }
    }
  });

  it('the quieter part of an explanation can be read through its opacity', () => {
    const faded = rules.find(
      ({ file, selector }) => file === 'app/explain.module.css' && selector === '.more',
    );
    const opacity = Number(faded?.declarations.get('opacity') ?? 1);
    const back = colour(theme, '--ink');
    expect(contrast(over([...colour(theme, '--paper'), opacity], back), back)).toBeGreaterThanOrEqual(TEXT);
  });
});

describe('style sheets', () => {
  it('give text only colours that were measured', () => {
    const strangers = rules
      .filter(({ declarations }) => declarations.has('color'))
      .filter((rule) => {
        const value = rule.declarations.get('color')!;
        const token = tokenOf(value);
        if (NO_COLOUR.test(value) || (token && TEXTS.includes(token))) return false;
        return !(token && ON_THEIR_OWN.includes(token) && refined(rule).some(backgroundOf));
      });
    expect(strangers.map(named)).toEqual([]);
  });

  it('lay text only on grounds that were measured', () => {
    const strangers = rules.filter((rule) => {
      const token = tokenOf(backgroundOf(rule));
      if (!token || textOf(rule) !== undefined || WORDLESS.test(rule.selector)) return false;
      return ![...SURFACES, ...TINTED, ...WITHOUT_TEXT].includes(token);
    });
    expect(strangers.map(named)).toEqual([]);
  });

  it('keep the ground of what stands on the accent where the system forces colours', () => {
    const kept = rules
      .filter(({ file, declarations }) => file === 'app/theme.css' && declarations.has('forced-color-adjust'))
      .flatMap(({ selector }) => selector.split(', '));
    const lost = rules.filter(
      ({ selector, declarations }) =>
        declarations.get('color') === 'var(--on-accent)' &&
        !declarations.has('forced-color-adjust') &&
        !selector.split(', ').every((one) => kept.some((attribute) => one.includes(attribute))),
    );
    expect(lost.map(named)).toEqual([]);
  });

  it('name every colour once, for both themes', () => {
    const literal = /#[0-9a-f]{3,8}\b|\brgb\(/i;
    /** White and black over pictures, which have no theme; a pointer over whatever there is. */
    const overPictures = /^(image\/image|neuron\/images|present\/present)\.module\.css$/;
    const strangers = rules.filter(({ file, declarations }) => {
      if (file === 'app/theme.css' || overPictures.test(file)) return false;
      return [...declarations].some(([property, value]) => property !== 'box-shadow' && literal.test(value));
    });
    expect(strangers.map(named)).toEqual([]);
  });
});

/** A rule and those of its file for the same element, the most particular first: `.a[data-b]:hover` refines `.a`. */
const refined = (rule: Rule): readonly Rule[] =>
  [
    rule,
    ...rules.filter(
      ({ file, selector }) =>
        file === rule.file &&
        rule.selector.startsWith(selector) &&
        /^[[:.][^\s>+~]*$/.test(rule.selector.slice(selector.length)),
    ),
  ].sort((a, b) => b.selector.length - a.selector.length);

function textOf(rule: Rule): string | undefined {
  return refined(rule)
    .map(({ declarations }) => declarations.get('color'))
    .find((colour) => colour !== undefined);
}
