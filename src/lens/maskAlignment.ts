import { LensError } from '../errors.ts';
import type { Form } from './form.ts';

/** A mask's value for pixels that nobody labelled. */
export const IGNORED = 255;

/** One byte a pixel, row-major: 0 background, 1 foreground, {@link IGNORED} neither. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * A picture's mask as the model sees the picture, [S, S], by nearest neighbour.
 * - `corrected`: shorter side to S and the middle cut out, as CLIP's pre-processing does with the picture.
 * - `as-released`: squashed to a square, so that in oblong pictures mask and picture do not meet.
 * @throws LensError `bad-file` for a mask without its pixels.
 */
export function alignMask(mask: Mask, size: number, form: Form): Uint8Array<ArrayBuffer> {
  const { width, height, data } = mask;
  if (width < 1 || height < 1 || data.length !== width * height) {
    throw new LensError('bad-file', `The mask has no ${width} × ${height} pixels.`);
  }
  const resized = form === 'corrected' ? keepShape(width, height, size) : { width: size, height: size };
  const columns = nearest(width, resized.width, size);
  const rows = nearest(height, resized.height, size);
  const aligned = new Uint8Array(size * size);
  rows.forEach((y, i) => {
    columns.forEach((x, j) => {
      aligned[i * size + j] = data[y * width + x]!;
    });
  });
  return aligned;
}

/** The longer side is cut to whole pixels, as the pre-processing of pictures does. */
const keepShape = (width: number, height: number, edge: number) =>
  width <= height
    ? { width: edge, height: Math.trunc((edge * height) / width) }
    : { width: Math.trunc((edge * width) / height), height: edge };

/** Which of `from` pixels lie nearest to the middle `count` of `to`. */
const nearest = (from: number, to: number, count: number): number[] => {
  const first = Math.floor((to - count) / 2);
  return Array.from({ length: count }, (_, i) => Math.floor(((first + i + 0.5) * from) / to));
};
