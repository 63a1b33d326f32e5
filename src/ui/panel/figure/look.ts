import type { BoxLook, Rect, Side } from './box.ts';
import { type Paint, parseGradient, parsePaint } from './paint.ts';

/** What the style sheet made of an element, in the terms of a figure. */

const NOTHING: Paint = { colour: '#000000', opacity: 0 };
let one: CanvasRenderingContext2D | null | undefined;

/** Any colour that the browser can paint: what the parser does not know is painted and read back. */
export function paintOf(css: string): Paint {
  const known = parsePaint(css);
  if (known) return known;
  one ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!one) return NOTHING;
  one.clearRect(0, 0, 1, 1);
  one.fillStyle = css;
  one.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = one.getImageData(0, 0, 1, 1).data;
  return { ...parsePaint(`rgb(${r}, ${g}, ${b})`)!, opacity: a! / 255 };
}

export const pixels = (css: string): number => Number.parseFloat(css) || 0;

/** A computed radius, of which a share is one of the box. */
const radiusOf = (css: string, { width }: Rect): number =>
  css.includes('%') ? (pixels(css) / 100) * width : pixels(css);

export const radiiOf = (style: CSSStyleDeclaration, rect: Rect): BoxLook['radii'] => [
  radiusOf(style.borderTopLeftRadius, rect),
  radiusOf(style.borderTopRightRadius, rect),
  radiusOf(style.borderBottomRightRadius, rect),
  radiusOf(style.borderBottomLeftRadius, rect),
];

const side = (width: string, look: string, colour: string): Side => ({
  ...(look === 'none' || look === 'hidden' ? NOTHING : paintOf(colour)),
  width: pixels(width),
  dashed: look === 'dashed' || look === 'dotted',
});

export function boxLookOf(style: CSSStyleDeclaration, rect: Rect): BoxLook {
  return {
    rect,
    background: paintOf(style.backgroundColor),
    gradient: parseGradient(style.backgroundImage),
    sides: [
      side(style.borderTopWidth, style.borderTopStyle, style.borderTopColor),
      side(style.borderRightWidth, style.borderRightStyle, style.borderRightColor),
      side(style.borderBottomWidth, style.borderBottomStyle, style.borderBottomColor),
      side(style.borderLeftWidth, style.borderLeftStyle, style.borderLeftColor),
    ],
    radii: radiiOf(style, rect),
  };
}

/** The line around an element that takes no room: marks of what was chosen are made of it. */
export const outlineSide = (style: CSSStyleDeclaration): Side =>
  side(style.outlineWidth, style.outlineStyle, style.outlineColor);
