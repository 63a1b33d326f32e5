import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rgb, Rgba } from './colour.ts';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** A rule of a style sheet, innermost selectors only. */
export interface Rule {
  /** Of the file, below src/ui. */
  readonly file: string;
  readonly selector: string;
  readonly declarations: ReadonlyMap<string, string>;
}

const ROOT = 'src/ui';

/** Every rule of every style sheet of the page, at-rules opened. */
export function allRules(): readonly Rule[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.css'))
    .sort()
    .flatMap((name) => rulesOf(name, readFileSync(join(ROOT, name), 'utf8')));
}

function rulesOf(file: string, text: string): Rule[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector, body]) => ({
    file,
    selector: selector!.replace(/\s+/g, ' ').trim(),
    declarations: declarationsOf(body!),
  }));
}

const declarationsOf = (body: string): ReadonlyMap<string, string> =>
  new Map(
    body
      .split(';')
      .map((line) => line.trim())
      .filter((line) => line.includes(':'))
      .map((line) => {
        const cut = line.indexOf(':');
        return [
          line.slice(0, cut).trim(),
          line
            .slice(cut + 1)
            .trim()
            .replace(/\s+/g, ' '),
        ] as const;
      }),
  );

/** What `light-dark(#…, #…)` is in each theme, by the name of the property. */
export type Tokens = Readonly<Record<Theme, ReadonlyMap<string, Rgba>>>;

/** Colours that a style sheet names once for both themes: every `--name: light-dark(a, b)` of its `:root`. */
export function colourTokens(rules: readonly Rule[], file = 'app/theme.css'): Tokens {
  const tokens = { light: new Map<string, Rgba>(), dark: new Map<string, Rgba>() };
  for (const rule of rules) {
    if (rule.file !== file) continue;
    for (const [name, value] of rule.declarations) {
      const pair = /^light-dark\((.+), (#.+|rgb.+)\)$/.exec(value);
      if (!name.startsWith('--') || !pair) continue;
      if (tokens.light.has(name)) throw new Error(`${name} stands twice in ${file}`);
      tokens.light.set(name, parseColour(pair[1]!));
      tokens.dark.set(name, parseColour(pair[2]!));
    }
  }
  return tokens;
}

/** `#rgb`, `#rrggbb` or `rgb(r g b / a)`. */
export function parseColour(text: string): Rgba {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : hex.match(/../g)!;
    const [red, green, blue] = digits.map((pair) => Number.parseInt(pair, 16));
    return [red!, green!, blue!, 1];
  }
  const parts = /^rgb\((\d+) (\d+) (\d+)(?: \/ ([\d.]+))?\)$/.exec(text);
  if (!parts) throw new Error(`${text} is no colour this test reads`);
  return [Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4] ?? 1)];
}

/** An opaque token. */
export function opaque(tokens: Tokens, theme: Theme, name: string): Rgb {
  const colour = tokens[theme].get(name);
  if (!colour) throw new Error(`There is no colour ${name} in the style sheet`);
  if (colour[3] !== 1) throw new Error(`${name} is not opaque`);
  return [colour[0], colour[1], colour[2]];
}
