import { LensError } from '../../../errors.ts';

/** What a canvas or a loaded picture shows, as a PNG in a data URL; undefined where there is nothing on it yet. */
export function rasterOf(source: HTMLCanvasElement | HTMLImageElement): string | undefined {
  const [width, height] =
    source instanceof HTMLCanvasElement
      ? [source.width, source.height]
      : [source.naturalWidth, source.naturalHeight];
  if (width === 0 || height === 0) return undefined;
  const filter = getComputedStyle(source).filter;
  if (source instanceof HTMLCanvasElement && filter === 'none') return asPng(source);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  if (filter !== 'none') context.filter = filter;
  context.drawImage(source, 0, 0);
  return asPng(canvas);
}

/** Where the browser cannot bake a filter into pixels, who draws the figure is asked to apply it. */
export function filterLeft(source: Element): string | undefined {
  const filter = getComputedStyle(source).filter;
  return filter === 'none' || 'filter' in CanvasRenderingContext2D.prototype ? undefined : filter;
}

function asPng(canvas: HTMLCanvasElement): string {
  try {
    return canvas.toDataURL('image/png');
  } catch (cause) {
    throw new LensError(
      'unavailable',
      'A picture here comes from a server that does not let pages copy it, so this figure cannot be saved.',
      { cause },
    );
  }
}
