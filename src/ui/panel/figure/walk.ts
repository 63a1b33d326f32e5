import { type Around, common, grown, inClip, rectOf, type Walk } from './around.ts';
import { drawBox, frame, type Rect } from './box.ts';
import { drawRaster } from './drawRaster.ts';
import { drawText } from './drawText.ts';
import { boxLookOf, outlineSide, pixels, radiiOf } from './look.ts';
import { group } from './svg.ts';
import { isTool } from './tools.ts';
import { drawVector } from './vector.ts';

/** The inside of a figure, and whether parts of its lists were out of sight. */
export interface Drawn {
  readonly parts: readonly string[];
  readonly cut: boolean;
}

/** Draws what an element shows, as it is laid out now, in the order of the document. */
export function drawElement(root: Element): Drawn {
  const { left, top, width, height } = root.getBoundingClientRect();
  let ids = 0;
  let cut = false;
  const walk: Walk = {
    origin: { left, top },
    newId: (kind) => `${kind}${++ids}`,
    onCut: () => {
      cut = true;
    },
  };
  const seen = { x: 0, y: 0, width, height };
  const parts = draw(root, walk, { seen, edge: undefined, decoration: undefined });
  return { parts, cut };
}

function draw(part: Element, walk: Walk, around: Around): string[] {
  const style = getComputedStyle(part);
  if (isLeftOut(part, style)) return [];
  const rect = rectOf(part.getBoundingClientRect(), walk);
  const parts = [...drawOwn(part, style, rect, walk), ...drawInside(part, style, rect, walk, around)];
  return Number(style.opacity) < 1 ? group({ opacity: style.opacity }, parts) : parts;
}

const isLeftOut = (part: Element, style: CSSStyleDeclaration): boolean =>
  style.display === 'none' ||
  isTool(part) ||
  style.clipPath.startsWith('inset(50%') || // heard, not seen
  part.checkVisibility?.() === false;

/** The element's own box: ground, frame, and the line around it unless that is the mark of the focus. */
function drawOwn(part: Element, style: CSSStyleDeclaration, rect: Rect, walk: Walk): string[] {
  const boxless = part instanceof SVGSVGElement || style.display === 'contents';
  if (boxless || style.visibility === 'hidden') return [];
  const box = drawBox(boxLookOf(style, rect), walk.newId('gradient'));
  const line = outlineSide(style);
  if (line.width === 0 || line.opacity === 0 || part.matches(':focus')) return box;
  return [...box, frame(grown(rect, line.width + pixels(style.outlineOffset)), line, radiiOf(style, rect))];
}

function drawInside(
  part: Element,
  style: CSSStyleDeclaration,
  rect: Rect,
  walk: Walk,
  around: Around,
): string[] {
  if (part instanceof SVGSVGElement) return [drawVector(part, rect)];
  if (part instanceof HTMLCanvasElement || part instanceof HTMLImageElement)
    return drawRaster(part, style, rect, walk, around);
  const window = windowOf(part, style, rect, walk);
  const within: Around = {
    seen: window ? common(window, around.seen) : around.seen,
    edge: edgeOf(part, style) ?? around.edge,
    decoration: decorationOf(part, style) ?? around.decoration,
  };
  const parts = [...part.childNodes].flatMap((node) => {
    if (node instanceof Text) return drawText(node, style, walk, within);
    return node instanceof Element ? draw(node, walk, within) : [];
  });
  return window ? inClip(window, radiiOf(style, rect), walk, parts) : parts;
}

/** What shows of an element's inside, where it hides what hangs over its edge. */
function windowOf(part: Element, style: CSSStyleDeclaration, rect: Rect, walk: Walk): Rect | undefined {
  const flow = `${style.overflowX} ${style.overflowY}`;
  if (flow === 'visible visible') return undefined;
  const more = part.scrollHeight > part.clientHeight + 2 || part.scrollWidth > part.clientWidth + 2;
  if (more && /auto|scroll/.test(flow)) walk.onCut();
  const room = style.overflowX === 'clip' ? pixels(style.getPropertyValue('overflow-clip-margin')) : 0;
  return grown(rect, room);
}

/** Where texts end in dots, if they do not fit. */
const edgeOf = (part: Element, style: CSSStyleDeclaration): number | undefined =>
  style.textOverflow === 'ellipsis' && part.scrollWidth > part.clientWidth
    ? part.getBoundingClientRect().right - pixels(style.paddingRight)
    : undefined;

/** Words that explain themselves are underlined on the page only. */
function decorationOf(part: Element, { textDecorationLine }: CSSStyleDeclaration): Around['decoration'] {
  if (textDecorationLine.includes('line-through')) return 'line-through';
  return textDecorationLine.includes('underline') && part instanceof HTMLAnchorElement
    ? 'underline'
    : undefined;
}
