import { type Around, meets, rectOf, type Walk } from './around.ts';
import { paintOf } from './look.ts';
import { coordinate, element, escapeXml } from './svg.ts';
import { fontName, fontOf, textRuns, withDots } from './textRuns.ts';

/** A text as text, each of its lines at its place. */
export function drawText(node: Text, style: CSSStyleDeclaration, walk: Walk, around: Around): string[] {
  const { colour, opacity } = paintOf(style.color);
  if (node.data.trim() === '' || style.visibility === 'hidden' || opacity === 0) return [];
  const { edge, seen, decoration } = around;
  const { ascent, descent, measure } = fontOf(fontName(style));
  const look = {
    fill: colour,
    'fill-opacity': opacity < 1 ? opacity : undefined,
    'font-family': style.fontFamily,
    'font-size': style.fontSize,
    'font-weight': unless('400', style.fontWeight),
    'font-style': unless('normal', style.fontStyle),
    'letter-spacing': unless('normal', style.letterSpacing),
    'text-decoration': decoration,
  };
  return textRuns(node).flatMap((found) => {
    if (edge !== undefined && found.left >= edge) return [];
    const run = edge === undefined ? found : withDots(found, edge, measure);
    const [width, height] = [run.right - run.left, run.bottom - run.top];
    const place = rectOf({ left: run.left, top: run.top, width, height }, walk);
    if (!meets(place, seen)) return [];
    // Another machine's font may be wider: the words still end where they ended.
    const fitted = run.text.length > 1 && { textLength: coordinate(width), lengthAdjust: 'spacingAndGlyphs' };
    const baseline = place.y + (height - ascent - descent) / 2 + ascent;
    const words = escapeXml(cased(run.text, style.textTransform));
    return [element('text', { x: place.x, y: baseline, ...fitted, ...look }, [words])];
  });
}

const unless = (usual: string, value: string): string | undefined => (value === usual ? undefined : value);

function cased(text: string, transform: string): string {
  if (transform === 'uppercase') return text.toUpperCase();
  return transform === 'lowercase' ? text.toLowerCase() : text;
}
