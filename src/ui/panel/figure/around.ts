import { type BoxLook, outlineOf, type Rect } from './box.ts';
import { element } from './svg.ts';

/** What is the same wherever the walk through a panel is. */
export interface Walk {
  /** Of the window, at the figure's top left. */
  readonly origin: { readonly left: number; readonly top: number };
  readonly newId: (kind: string) => string;
  /** Called where a list goes on out of sight. */
  readonly onCut: () => void;
}

/** Where something stands: what its ancestors do to it. */
export interface Around {
  /** What of the figure is not hidden there. */
  readonly seen: Rect;
  /** Where a text that does not fit ends in dots, in the window. */
  readonly edge: number | undefined;
  readonly decoration: 'underline' | 'line-through' | undefined;
}

export const rectOf = (
  box: Pick<DOMRect, 'left' | 'top' | 'width' | 'height'>,
  { origin }: Pick<Walk, 'origin'>,
): Rect => ({ x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height });

export const grown = ({ x, y, width, height }: Rect, by: number): Rect => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** What is in both; of no size where they do not meet. */
export function common(a: Rect, b: Rect): Rect {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x),
    height: Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y),
  };
}

export function meets(a: Rect, b: Rect): boolean {
  const { width, height } = common(a, b);
  return width > 0 && height > 0;
}

/** Parts of which nothing shows beyond the rectangle. */
export function inClip(
  rect: Rect,
  radii: BoxLook['radii'],
  { newId }: Walk,
  parts: readonly string[],
): string[] {
  if (parts.length === 0) return [];
  const id = newId('clip');
  return [
    element('clipPath', { id }, [element('path', { d: outlineOf(rect, radii) })]),
    element('g', { 'clip-path': `url(#${id})` }, parts),
  ];
}
