import type { Gradient, Paint } from './paint.ts';
import { element, coordinate as n } from './svg.ts';

/** In CSS pixels, from the figure's top left. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Side extends Paint {
  readonly width: number;
  readonly dashed: boolean;
}

/** How a box is painted: what is behind, its frame, its corners. */
export interface BoxLook {
  readonly rect: Rect;
  readonly background: Paint;
  readonly gradient?: Gradient | undefined;
  /** Top, right, bottom, left. */
  readonly sides: readonly [Side, Side, Side, Side];
  /** Top left, top right, bottom right, bottom left. */
  readonly radii: readonly [number, number, number, number];
}

/** Outline of a rectangle with round corners; corners that would meet are made smaller, as in CSS. */
export function outlineOf({ x, y, width, height }: Rect, radii: BoxLook['radii']): string {
  const [tl, tr, br, bl] = radii;
  const fit = Math.min(
    1,
    ...[width / (tl + tr), width / (bl + br), height / (tl + bl), height / (tr + br)].filter(Number.isFinite),
  );
  const [a, b, c, d] = radii.map((radius) => radius * fit) as [number, number, number, number];
  const arc = (radius: number, toX: number, toY: number): string =>
    radius > 0 ? `A${n(radius)} ${n(radius)} 0 0 1 ${n(toX)} ${n(toY)}` : '';
  return [
    `M${n(x + a)} ${n(y)}H${n(x + width - b)}${arc(b, x + width, y + b)}`,
    `V${n(y + height - c)}${arc(c, x + width - c, y + height)}`,
    `H${n(x + d)}${arc(d, x, y + height - d)}V${n(y + a)}${arc(a, x + a, y)}Z`,
  ].join('');
}

/** @param gradientId under which a gradient may be written */
export function drawBox({ rect, background, gradient, sides, radii }: BoxLook, gradientId: string): string[] {
  const d = outlineOf(rect, radii);
  return [
    ...(background.opacity > 0 ? [element('path', { d, ...filled(background) })] : []),
    ...(gradient
      ? [drawGradient(gradient, gradientId), element('path', { d, fill: `url(#${gradientId})` })]
      : []),
    ...drawSides(rect, sides, radii),
  ];
}

const filled = ({ colour, opacity }: Paint) => ({
  fill: colour,
  'fill-opacity': opacity < 1 ? opacity : undefined,
});

const drawGradient = ({ from, to, stops }: Gradient, id: string): string =>
  element(
    'linearGradient',
    { id, x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
    stops.map(({ at, colour, opacity }) =>
      element('stop', {
        offset: String(at),
        'stop-color': colour,
        'stop-opacity': opacity < 1 ? opacity : undefined,
      }),
    ),
  );

const isSeen = ({ width, opacity }: Side): boolean => width > 0 && opacity > 0;
const same = (a: Side, b: Side): boolean =>
  a.width === b.width && a.colour === b.colour && a.opacity === b.opacity && a.dashed === b.dashed;

function drawSides(rect: Rect, sides: BoxLook['sides'], radii: BoxLook['radii']): string[] {
  const [top, right, bottom, left] = sides;
  if (!sides.some(isSeen)) return [];
  if (sides.every((side) => same(side, top))) return [frame(rect, top, radii)];
  const { x, y, width, height } = rect;
  const [x2, y2] = [x + width, y + height];
  const lines: readonly [Side, number, number, number, number][] = [
    [top, x, y + top.width / 2, x2, y + top.width / 2],
    [right, x2 - right.width / 2, y, x2 - right.width / 2, y2],
    [bottom, x, y2 - bottom.width / 2, x2, y2 - bottom.width / 2],
    [left, x + left.width / 2, y, x + left.width / 2, y2],
  ];
  return lines
    .filter(([side]) => isSeen(side))
    .map(([side, x1, y1, toX, toY]) => element('line', { x1, y1, x2: toX, y2: toY, ...stroked(side) }));
}

/** A frame that is the same all around, drawn along its middle. */
export function frame(rect: Rect, side: Side, radii: BoxLook['radii']): string {
  const half = side.width / 2;
  const middle = {
    x: rect.x + half,
    y: rect.y + half,
    width: Math.max(0, rect.width - side.width),
    height: Math.max(0, rect.height - side.width),
  };
  const inner = radii.map((radius) => Math.max(0, radius - half)) as unknown as BoxLook['radii'];
  return element('path', { d: outlineOf(middle, inner), fill: 'none', ...stroked(side) });
}

const stroked = ({ colour, opacity, width, dashed }: Side) => ({
  stroke: colour,
  'stroke-opacity': opacity < 1 ? opacity : undefined,
  'stroke-width': width,
  'stroke-dasharray': dashed ? `${n(3 * width)} ${n(2 * width)}` : undefined,
});
