import { paintOf } from './look.ts';
import { element, escapeXml } from './svg.ts';
import { fontOf } from './textRuns.ts';
import { withoutTools } from './tools.ts';
import { drawElement } from './walk.ts';
import { wrap } from './wrap.ts';

export interface Figure {
  /** A whole document: no fonts, pictures or styles are outside it. */
  readonly svg: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Around the panel, CSS pixels. */
const MARGIN = 16;
const CAPTION_SIZE = 12;
const CAPTION_LINE = 17;

export const SEEN_ONLY =
  'Lists that scroll show what was in sight; the table of this panel (CSV, JSON) has every row.';

/**
 * A panel as a figure, drawn as it stands on the page, in its colours and with its caption below.
 * @param caption sentences or facts, a line each before they are wrapped
 * @throws LensError `unavailable` where a picture may not be copied
 */
export const figureOf = (panel: Element, caption: readonly string[]): Figure =>
  withoutTools(panel, () => drawFigure(panel, caption));

function drawFigure(panel: Element, caption: readonly string[]): Figure {
  const { width: inner, height: innerHeight } = panel.getBoundingClientRect();
  const style = getComputedStyle(panel);
  const page = getComputedStyle(document.body);
  const { parts, cut } = drawElement(panel);
  const { measure } = fontOf(`${CAPTION_SIZE}px ${style.fontFamily}`);
  const lines = (cut ? [...caption, SEEN_ONLY] : caption).flatMap((line) => wrap(line, inner, measure));
  const width = Math.ceil(inner + 2 * MARGIN);
  const below = MARGIN + innerHeight + 4;
  const height = Math.ceil(below + lines.length * CAPTION_LINE + MARGIN);
  const ink = paintOf(style.color).colour;
  const svg = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` },
    [
      element('desc', {}, [escapeXml(caption.join('\n'))]),
      element('rect', { width, height, fill: paintOf(page.backgroundColor).colour }),
      element('g', { transform: `translate(${MARGIN} ${MARGIN})` }, parts),
      element(
        'g',
        { fill: ink, 'font-family': style.fontFamily, 'font-size': CAPTION_SIZE },
        lines.map((line, i) =>
          element('text', { x: MARGIN, y: below + (i + 1) * CAPTION_LINE }, [escapeXml(line)]),
        ),
      ),
    ],
  );
  return { svg, width, height };
}
