import { LensError } from '../../../errors.ts';
import type { Figure } from './figure.ts';

/** Pixels a CSS pixel: print and fine screens. */
const FINE = 2;
/** The least of what browsers take for a side of a canvas, and for its area: phones take 16 million pixels. */
const MOST_SIDE = 8192;
const MOST_PIXELS = 16_000_000;

/** How finely a figure of that size can be drawn; undefined where it is too large even at the screen's own size. */
export function scaleFor(width: number, height: number): number | undefined {
  const most = Math.min(MOST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  return most < 1 ? undefined : Math.min(FINE, most);
}

const refused = (cause?: unknown) =>
  new LensError(
    'unavailable',
    'This browser could not turn the figure into a PNG. Take the SVG, or make the window smaller and try again.',
    { cause },
  );

/**
 * The figure in pixels, two for each of the screen's where there is room.
 * @throws LensError `unavailable` when it is too large, or when the browser refuses
 */
export async function pngOf({ svg, width, height }: Figure): Promise<Blob> {
  const scale = scaleFor(width, height);
  if (scale === undefined)
    throw new LensError(
      'unavailable',
      `The figure is ${width} × ${height} pixels, more than browsers draw. Take the SVG.`,
    );
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw refused();
  context.drawImage(await imageOf(svg), 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(refused())), 'image/png');
  });
}

async function imageOf(svg: string): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } catch (cause) {
    throw refused(cause);
  } finally {
    URL.revokeObjectURL(url);
  }
}
