import { LensError } from '../errors.ts';
import { checkBlobBounds } from './bounds.ts';
import type { Picture } from './picture.ts';

/** Throws `cancelled` when the signal has fired. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
}

/**
 * Decodes an encoded picture in a page or worker to straight RGBA: upright (EXIF), without colour
 * management (CLIP's own pre-processing ignores colour profiles, and so do we).
 * @throws LensError `bad-file` or `unsupported` naming the picture; `cancelled`
 */
export async function decodePicture(blob: Blob, name: string, signal?: AbortSignal): Promise<Picture> {
  throwIfCancelled(signal);
  await checkBlobBounds(blob, name);
  const bitmap = await createImageBitmap(blob, {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'from-image',
  }).catch((cause: unknown) => {
    throw new LensError('bad-file', `${name} could not be decoded; the file is broken or incomplete.`, {
      cause,
    });
  });
  try {
    throwIfCancelled(signal);
    return readBitmap(bitmap);
  } finally {
    bitmap.close();
  }
}

function readBitmap(bitmap: ImageBitmap): Picture {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) {
    throw new LensError('out-of-memory', `The browser gave no canvas of ${width} × ${height} pixels.`);
  }
  // A 2D canvas stores premultiplied colour: exact where alpha is 255, rounded where it is not.
  context.drawImage(bitmap, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

/**
 * Fetches and decodes a picture.
 * @throws LensError `unavailable` when the server does not give it; else as {@link decodePicture}
 */
export async function fetchPicture(url: string, signal?: AbortSignal): Promise<Picture> {
  throwIfCancelled(signal);
  const unreachable = (cause: unknown): never => {
    throwIfCancelled(signal);
    throw new LensError('unavailable', `${url} could not be reached.`, { cause });
  };
  const response = await fetch(url, signal ? { signal } : {}).catch(unreachable);
  if (!response.ok) {
    throw new LensError('unavailable', `${url} is not there (the server answered ${response.status}).`);
  }
  return decodePicture(await response.blob().catch(unreachable), url, signal);
}
