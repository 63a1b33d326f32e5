import { type Around, inClip, meets, type Walk } from './around.ts';
import type { Rect } from './box.ts';
import { radiiOf } from './look.ts';
import { filterLeft, rasterOf } from './raster.ts';
import { element } from './svg.ts';

const FITS: Readonly<Record<string, string>> = { contain: 'xMidYMid meet', cover: 'xMidYMid slice' };

/** A picture or a canvas with its pixels in it. */
export function drawRaster(
  part: HTMLCanvasElement | HTMLImageElement,
  style: CSSStyleDeclaration,
  rect: Rect,
  walk: Walk,
  { seen }: Around,
): string[] {
  if (style.visibility === 'hidden' || !meets(rect, seen)) return [];
  const href = rasterOf(part);
  if (!href) return [];
  const image = element('image', {
    ...rect,
    href,
    preserveAspectRatio: FITS[style.objectFit] ?? 'none',
    filter: filterLeft(part),
  });
  const radii = radiiOf(style, rect);
  return radii.some((radius) => radius > 0) ? inClip(rect, radii, walk, [image]) : [image];
}
