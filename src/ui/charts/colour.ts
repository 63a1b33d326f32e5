/**
 * The colour scales of maps and grids, written as a few control points in OKLCH and read through a
 * table. Sequential: dark violet to pale yellow, lightness rises all the way. Diverging: blue below
 * zero, orange above, lightness depends on |value| alone. Both keep their order under the common
 * colour-vision deficiencies, which test/ui/charts checks.
 */

export type Rgb = readonly [number, number, number];
/** Lightness 0…1, chroma, hue in degrees. */
type Oklch = readonly [number, number, number];

const ENTRIES = 256;

const SEQUENTIAL: readonly Oklch[] = [
  [0.2, 0.07, 290],
  [0.36, 0.15, 305],
  [0.52, 0.19, 350],
  [0.67, 0.18, 40],
  [0.83, 0.15, 75],
  [0.96, 0.09, 105],
];

/** From zero outwards; one list a sign. `paper`: a light middle for light surfaces, `ink` a dark one. */
const DIVERGING = {
  paper: {
    negative: [
      [0.965, 0.004, 250],
      [0.8, 0.085, 250],
      [0.62, 0.135, 254],
      [0.45, 0.135, 258],
    ],
    positive: [
      [0.965, 0.004, 70],
      [0.8, 0.115, 65],
      [0.62, 0.14, 52],
      [0.45, 0.115, 45],
    ],
  },
  ink: {
    negative: [
      [0.28, 0.012, 260],
      [0.46, 0.1, 256],
      [0.64, 0.14, 250],
      [0.82, 0.1, 235],
    ],
    positive: [
      [0.28, 0.012, 60],
      [0.46, 0.095, 52],
      [0.64, 0.14, 58],
      [0.82, 0.14, 75],
    ],
  },
} as const satisfies Record<string, Record<string, readonly Oklch[]>>;

export type Surface = keyof typeof DIVERGING;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function encodeSrgb(linear: number): number {
  const c = clamp(linear, 0, 1);
  return c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
}

function decodeSrgb(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}

/** OKLab (L, a, b) to 8-bit sRGB; colours outside the gamut are clipped. */
function oklabToRgb(L: number, a: number, b: number): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const [red, green, blue] = linear.map((channel) => Math.round(255 * encodeSrgb(channel)));
  return [red!, green!, blue!];
}

/** Piecewise-linear in OKLab between equally spaced control points; t in 0…1. */
function ramp(points: readonly Oklch[], t: number): Rgb {
  const at = clamp(t, 0, 1) * (points.length - 1);
  const index = Math.min(points.length - 2, Math.floor(at));
  const share = at - index;
  const [from, to] = [points[index]!, points[index + 1]!].map(([L, chroma, hue]) => {
    const angle = (hue * Math.PI) / 180;
    return [L, chroma * Math.cos(angle), chroma * Math.sin(angle)] as const;
  });
  const mix = (axis: 0 | 1 | 2): number => from![axis] * (1 - share) + to![axis] * share;
  return oklabToRgb(mix(0), mix(1), mix(2));
}

function table(points: readonly Oklch[]): readonly Rgb[] {
  return Array.from({ length: ENTRIES }, (_, i) => ramp(points, i / (ENTRIES - 1)));
}

const sequentialTable = table(SEQUENTIAL);
const divergingTables = {
  paper: { negative: table(DIVERGING.paper.negative), positive: table(DIVERGING.paper.positive) },
  ink: { negative: table(DIVERGING.ink.negative), positive: table(DIVERGING.ink.positive) },
};

const entry = (t: number): number => Math.round(clamp(Number.isNaN(t) ? 0 : t, 0, 1) * (ENTRIES - 1));

/** Sequential colour of t in 0…1. */
export const sequential = (t: number): Rgb => sequentialTable[entry(t)]!;

/** Diverging colour of t in −1…1, for a light (`paper`) or dark (`ink`) surface. */
export function diverging(t: number, surface: Surface): Rgb {
  const sides = divergingTables[surface];
  return (t < 0 ? sides.negative : sides.positive)[entry(Math.abs(t))]!;
}

/** Relative luminance, 0…1, as WCAG defines it. */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * decodeSrgb(red / 255) + 0.7152 * decodeSrgb(green / 255) + 0.0722 * decodeSrgb(blue / 255);
}

/** Black or white, whichever reads better on the colour. */
export const readableOn = (colour: Rgb): '#000' | '#fff' => (luminance(colour) > 0.18 ? '#000' : '#fff');

export const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;
