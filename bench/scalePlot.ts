import type { Scaled } from './scale.ts';

const WIDTH = 380;
const HEIGHT = 240;
const MARGIN = { left: 56, right: 32, top: 30, bottom: 40 };

/** A panel: points over numbers of images, and lines through them. */
interface Panel {
  readonly title: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly lines: readonly {
    readonly of: (x: number) => number;
    readonly dashed: boolean;
    readonly name: string;
  }[];
}

/** Time and memory over the number of images, as an SVG that reads in light and dark. */
export function scalePlot(
  runs: readonly Scaled[],
  { each, fixed }: { readonly each: number; readonly fixed: number },
  keptWhole: (images: number) => number,
): string {
  const panels: Panel[] = [
    {
      title: 'Seconds',
      points: runs.map(({ images, seconds }) => [images, seconds]),
      lines: [
        { of: (x) => fixed + each * x, dashed: false, name: `${(1000 * each).toFixed(1)} ms an image` },
      ],
    },
    {
      title: 'Peak memory, MB',
      points: runs.map(({ images, peak }) => [images, peak / 1e6]),
      lines: [
        { of: (x) => keptWhole(x) / 1e6, dashed: true, name: 'what images would take, were they kept' },
      ],
    },
  ];
  const body = panels.map((panel, i) => `<g transform="translate(${i * WIDTH} 0)">${panelOf(panel)}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panels.length * WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    '<title>Time and memory of bake over the number of pictures</title>',
    '<style>svg{background:#fff;color:#222}@media (prefers-color-scheme:dark){svg{background:#16181c;color:#ddd}}text{fill:currentColor}</style>',
    ...body,
    '</svg>\n',
  ].join('\n');
}

function panelOf({ title, points, lines }: Panel): string {
  const mostX = Math.max(...points.map(([x]) => x));
  const mostY = nice(1.1 * Math.max(...points.map(([, y]) => y)));
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = (value: number) => MARGIN.left + ((right - MARGIN.left) * value) / mostX;
  const y = (value: number) => bottom - ((bottom - MARGIN.top) * value) / mostY;
  const text = (at: [number, number], anchor: string, words: string) =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
  const parts = [
    `<path d="M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}" fill="none" stroke="currentColor"/>`,
    text([MARGIN.left, MARGIN.top - 12], 'start', title),
    text([right, HEIGHT - 6], 'end', 'images'),
    ...[0, mostY / 2, mostY].map((value) => text([MARGIN.left - 6, y(value) + 4], 'end', format(value))),
    ...points.map(([value]) => text([x(value), bottom + 16], 'middle', format(value))),
  ];
  for (const [i, { of, dashed, name }] of lines.entries()) {
    const ends = clipped(of, mostX, mostY);
    const [a, b] = ends.map((value) => `${x(value).toFixed(1)} ${y(of(value)).toFixed(1)}`);
    parts.push(
      `<path d="M${a}L${b}" fill="none" stroke="#3b82c4" stroke-width="1.5"${dashed ? ' stroke-dasharray="5 4"' : ''}/>`,
      `<g opacity="0.75">${text([right, MARGIN.top - 12 + 16 * i], 'end', `${dashed ? '– – ' : '— '}${name}`)}</g>`,
    );
  }
  parts.push(
    ...points.map(
      ([px, py]) => `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="4" fill="#c4553b"/>`,
    ),
  );
  return parts.join('\n');
}

/** The part of a rising line that lies within the panel. */
function clipped(of: (x: number) => number, mostX: number, mostY: number): [number, number] {
  const slope = of(1) - of(0);
  const end = slope > 0 ? (mostY - of(0)) / slope : mostX;
  return [0, Math.min(mostX, end)];
}

/** The next of 1, 2, 5, 10, … */
function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((step) => step * power >= value)!;
}

const format = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');
