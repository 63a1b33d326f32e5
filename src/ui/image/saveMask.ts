import { maskOf, pixelMap } from '../../state/index.ts';
import { saveFile } from '../panel/saveFile.ts';

/** Pixels a side of a saved mask: CLIP's own input size. */
const SIDE = 224;

/** Gives the mask of a found text to the person as a PNG: white is inside. */
export function saveMask(text: string, map: Float32Array, threshold: number): void {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (!context) return;
  const mask = maskOf(pixelMap(map, SIDE), threshold);
  const pixels = context.createImageData(SIDE, SIDE);
  for (const [i, inside] of mask.entries()) {
    const shade = 255 * inside;
    pixels.data.set([shade, shade, shade, 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
  canvas.toBlob((blob) => {
    if (blob) saveFile(`mask-${text.replace(/[^\p{L}\p{N}]+/gu, '-')}.png`, blob);
  });
}
