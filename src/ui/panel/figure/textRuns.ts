/** Some text on one line, where the browser put it; in CSS pixels of the window. */
export interface TextRun {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Open {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A text node line by line, as laid out; spaces that the layout swallowed are left out. */
export function textRuns(node: Text): TextRun[] {
  const runs: Open[] = [];
  const range = document.createRange();
  let at = 0;
  for (const character of node.data) {
    range.setStart(node, at);
    at += character.length;
    range.setEnd(node, at);
    const box = range.getClientRects()[0];
    const space = /\s/.test(character);
    if (!box || (box.width === 0 && space)) continue;
    const run = runs.at(-1);
    if (run && box.top < (run.top + run.bottom) / 2 && box.bottom > (run.top + run.bottom) / 2) {
      run.text += space ? ' ' : character;
      run.left = Math.min(run.left, box.left);
      if (!space) run.right = Math.max(run.right, box.right);
    } else if (!space) {
      runs.push({ text: character, left: box.left, right: box.right, top: box.top, bottom: box.bottom });
    }
  }
  for (const run of runs) run.text = run.text.trimEnd();
  return runs;
}

/** The run cut before `edge`, with the dots that say so. */
export function withDots(run: TextRun, edge: number, measure: (text: string) => number): TextRun {
  if (run.right <= edge + 0.5) return run;
  let text = run.text;
  while (text.length > 0 && run.left + measure(`${text}…`) > edge) text = text.slice(0, -1);
  return { ...run, text: `${text.trimEnd()}…`, right: run.left + measure(`${text.trimEnd()}…`) };
}

let ruler: CanvasRenderingContext2D | null | undefined;

export interface FontRuler {
  readonly measure: (text: string) => number;
  /** Above and below the line that letters stand on. */
  readonly ascent: number;
  readonly descent: number;
}

export const fontName = (style: CSSStyleDeclaration): string =>
  `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;

/** How wide and how high texts in a font are. @param font as in CSS, "12px serif" */
export function fontOf(font: string): FontRuler {
  ruler ??= document.createElement('canvas').getContext('2d');
  const own = ruler;
  if (!own) return { measure: () => 0, ascent: 0, descent: 0 };
  own.font = font;
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = own.measureText('x');
  const measure = (text: string): number => {
    own.font = font;
    return own.measureText(text).width;
  };
  return { measure, ascent, descent };
}
