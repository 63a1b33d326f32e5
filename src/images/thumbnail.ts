import { LensError } from '../errors.ts';
import { checkBlobBounds } from './bounds.ts';

/** Where a centred square of a picture lies: what CLIP's own resize-and-crop keeps. */
export function centreSquare(width: number, height: number): { x: number; y: number; side: number } {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

/**
 * A square WebP of `size` device pixels a side, cut from the middle as CLIP sees it.
 * @throws LensError `bad-file` or `unsupported` naming the picture
 */
export async function thumbnail(blob: Blob, name: string, size: number): Promise<Blob> {
  await checkBlobBounds(blob, name);
  const bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image' }).catch((cause: unknown) => {
    throw new LensError('bad-file', `${name} could not be decoded; the file is broken or incomplete.`, {
      cause,
    });
  });
  try {
    return await thumbnailOf(bitmap, size);
  } finally {
    bitmap.close();
  }
}

/** As {@link thumbnail}, of a picture already decoded; the bitmap stays the caller's to close. */
export async function thumbnailOf(bitmap: ImageBitmap, size: number): Promise<Blob> {
  const { x, y, side } = centreSquare(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d');
  if (!context)
    throw new LensError('out-of-memory', `The browser gave no canvas of ${size} × ${size} pixels.`);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, x, y, side, side, 0, 0, size, size);
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
}
