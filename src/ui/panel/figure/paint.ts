/** A colour as every reader of SVG knows it. */
export interface Paint {
  /** #rrggbb */
  readonly colour: string;
  /** 0…1 */
  readonly opacity: number;
}

const CHANNEL = String.raw`(-?[\d.]+(?:e-?\d+)?)(%?)`;
const GAP = String.raw`[\s,]+`;
const ALPHA = String.raw`(?:\s*[,/]\s*${CHANNEL})?`;
const RGB = new RegExp(`^rgba?\\(\\s*${CHANNEL}${GAP}${CHANNEL}${GAP}${CHANNEL}${ALPHA}\\s*\\)$`, 'i');
const SRGB = new RegExp(`^color\\(srgb ${CHANNEL}${GAP}${CHANNEL}${GAP}${CHANNEL}${ALPHA}\\s*\\)$`, 'i');

/** A computed colour: rgb(), rgba(), color(srgb …) or transparent. Undefined for other spaces. */
export function parsePaint(css: string): Paint | undefined {
  if (css === 'transparent' || css === 'none') return { colour: '#000000', opacity: 0 };
  const rgb = RGB.exec(css);
  if (rgb) return paintOf(rgb, 255);
  const srgb = SRGB.exec(css);
  return srgb ? paintOf(srgb, 1) : undefined;
}

/** @param most what stands for a full channel */
function paintOf(match: RegExpExecArray, most: number): Paint {
  const share = (at: number, full: number): number => {
    const value = Number(match[at]) / (match[at + 1] === '%' ? 100 : full);
    return Math.min(1, Math.max(0, value));
  };
  const hex = [1, 3, 5].map((at) =>
    Math.round(255 * share(at, most))
      .toString(16)
      .padStart(2, '0'),
  );
  return { colour: `#${hex.join('')}`, opacity: match[7] === undefined ? 1 : share(7, 1) };
}

export interface Gradient {
  /** Where it runs, in shares of the box. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly stops: readonly (Paint & { readonly at: number })[];
}

const SIDES: Readonly<
  Record<string, readonly [from: readonly [number, number], to: readonly [number, number]]>
> = {
  'to right': [
    [0, 0],
    [1, 0],
  ],
  '90deg': [
    [0, 0],
    [1, 0],
  ],
  'to left': [
    [1, 0],
    [0, 0],
  ],
  '270deg': [
    [1, 0],
    [0, 0],
  ],
  'to bottom': [
    [0, 0],
    [0, 1],
  ],
  '180deg': [
    [0, 0],
    [0, 1],
  ],
  'to top': [
    [0, 1],
    [0, 0],
  ],
  '0deg': [
    [0, 1],
    [0, 0],
  ],
};

/** A computed linear-gradient() along a side; undefined for any other image. */
export function parseGradient(css: string): Gradient | undefined {
  const inside = /^linear-gradient\((.*)\)$/s.exec(css)?.[1];
  if (inside === undefined) return undefined;
  const parts = splitTop(inside);
  const side = SIDES[parts[0]!];
  const written = side ? parts.slice(1) : parts;
  const stops = written.map((part) => {
    const at = /\s([\d.]+)%$/.exec(part);
    return {
      paint: parsePaint(at ? part.slice(0, at.index) : part),
      at: at ? Number(at[1]) / 100 : undefined,
    };
  });
  if (stops.length < 2 || stops.some(({ paint }) => !paint)) return undefined;
  const [from, to] = side ?? SIDES['to bottom']!;
  return {
    from,
    to,
    stops: stops.map(({ paint, at }, i) => ({ ...paint!, at: at ?? i / (stops.length - 1) })),
  };
}

/** At commas that stand in no brackets. */
function splitTop(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}
