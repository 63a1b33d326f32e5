import type { Rect } from './box.ts';
import { paintOf } from './look.ts';
import { type Attributes, element, escapeXml } from './svg.ts';

/** Attributes that say what is where, which a style sheet does not. */
const GEOMETRY = [
  'd',
  'x',
  'y',
  'x1',
  'y1',
  'x2',
  'y2',
  'cx',
  'cy',
  'r',
  'rx',
  'ry',
  'dx',
  'dy',
  'width',
  'height',
  'points',
  'transform',
  'viewBox',
  'preserveAspectRatio',
] as const;
const OF_TEXT = [
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'letter-spacing',
] as const;
const OF_STROKES = ['stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin'] as const;

/** A drawing of the page as one of the figure: what the style sheet gave it stands in its attributes. */
export function drawVector(svg: SVGSVGElement, { x, y, width, height }: Rect): string {
  const box = svg.getAttribute('viewBox') ?? undefined;
  const overflow = getComputedStyle(svg).overflow === 'visible' ? 'visible' : 'hidden';
  return element('svg', { x, y, width, height, viewBox: box, overflow }, childrenOf(svg));
}

const childrenOf = (parent: Element): string[] =>
  [...parent.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return [escapeXml(node.textContent ?? '')];
    return node instanceof SVGElement ? drawPart(node) : [];
  });

function drawPart(part: SVGElement): string[] {
  const style = getComputedStyle(part);
  if (style.display === 'none' || style.visibility === 'hidden') return [];
  if (part instanceof SVGTitleElement || part instanceof SVGDescElement) return [];
  const geometry = Object.fromEntries(GEOMETRY.map((name) => [name, part.getAttribute(name) ?? undefined]));
  return [element(part.tagName, { ...geometry, ...lookOf(part, style) }, childrenOf(part))];
}

function lookOf(part: SVGElement, style: CSSStyleDeclaration): Attributes {
  const read = (names: readonly string[]): Attributes =>
    Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name)]));
  const opacity = Number(style.opacity) < 1 ? style.opacity : undefined;
  if (!(part instanceof SVGGraphicsElement) || part instanceof SVGGElement) return { opacity };
  const stroked = style.stroke !== 'none';
  return {
    opacity,
    ...paintAs('fill', style.fill, Number(style.fillOpacity)),
    ...(stroked
      ? { ...paintAs('stroke', style.stroke, Number(style.strokeOpacity)), ...read(OF_STROKES) }
      : {}),
    ...(part instanceof SVGTextContentElement ? read(OF_TEXT) : {}),
  };
}

function paintAs(name: 'fill' | 'stroke', css: string, share: number): Attributes {
  if (css === 'none') return { [name]: 'none' };
  const { colour, opacity } = paintOf(css);
  const whole = opacity * share;
  return { [name]: colour, [`${name}-opacity`]: whole < 1 ? String(whole) : undefined };
}
