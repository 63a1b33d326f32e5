/** How colours look, in numbers: contrast as WCAG counts it, distance in OKLab, and what the colour-blind see. */

/** 8-bit sRGB. */
export type Rgb = readonly [number, number, number];
/** With opacity, 0…1. */
export type Rgba = readonly [number, number, number, number];

const decode = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const encode = (c: number): number => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);
const linear = (colour: Rgb): number[] => colour.map((channel) => decode(channel / 255));

/** Relative luminance, 0…1, as WCAG 2 defines it. */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Contrast of two opaque colours, 1…21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** A colour laid over another. */
export function over([red, green, blue, alpha]: Rgba, below: Rgb): Rgb {
  const mix = (top: number, under: number): number => alpha * top + (1 - alpha) * under;
  return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2])];
}

/** L, a, b. */
function oklab(colour: Rgb): readonly number[] {
  const [red, green, blue] = linear(colour) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** As CSS mixes in OKLab: `share` of the first, the rest of the second. */
export function mixed(a: Rgb, b: Rgb, share: number): Rgb {
  const [p, q] = [oklab(a), oklab(b)];
  const [L, m, n] = p.map((value, i) => share * value + (1 - share) * q[i]!) as [number, number, number];
  const long = (L + 0.3963377774 * m + 0.2158037573 * n) ** 3;
  const middle = (L - 0.1055613458 * m - 0.0638541728 * n) ** 3;
  const short = (L - 0.0894841775 * m - 1.291485548 * n) ** 3;
  const channel = (x: number, y: number, z: number): number =>
    255 * encode(Math.min(1, Math.max(0, x * long + y * middle + z * short)));
  return [
    channel(4.0767416621, -3.3077115913, 0.2309699292),
    channel(-1.2684380046, 2.6097574011, -0.3413193965),
    channel(-0.0041960863, -0.7034186147, 1.707614701),
  ];
}

/** OKLab's lightness, 0…1. */
export const lightness = (colour: Rgb): number => oklab(colour)[0]!;

/** Distance in OKLab, where about 0.02 is just noticeable. */
export function distance(a: Rgb, b: Rgb): number {
  const [p, q] = [oklab(a), oklab(b)];
  return Math.hypot(...p.map((value, i) => value - q[i]!));
}

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear sRGB, row by row. */
const MATRICES = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

export type Sight = 'full' | keyof typeof MATRICES;
export const SIGHTS: readonly Sight[] = ['full', 'protanopia', 'deuteranopia', 'tritanopia'];

/** A colour as somebody sees it. */
export function seenWith(sight: Sight, colour: Rgb): Rgb {
  if (sight === 'full') return colour;
  const matrix = MATRICES[sight];
  const from = linear(colour);
  const row = (at: number): number => {
    const value = from.reduce((sum, channel, i) => sum + matrix[3 * at + i]! * channel, 0);
    return 255 * encode(Math.min(1, Math.max(0, value)));
  };
  return [row(0), row(1), row(2)];
}
