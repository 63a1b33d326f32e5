import sharp from 'sharp';
import { LensError } from '../src/errors.ts';
import { checkPictureBounds, MAX_PICTURE_PIXELS } from '../src/images/bounds.ts';
import type { Picture } from '../src/images/picture.ts';
import { HEADER_BYTES } from '../src/images/sniff.ts';

/**
 * Decodes a picture file's bytes to straight RGBA as the browser half does: upright (EXIF), colour
 * profiles ignored, the first frame of an animation.
 * @throws LensError `bad-file` or `unsupported` naming the picture
 */
export async function decodeBytes(bytes: Uint8Array, name: string): Promise<Picture> {
  checkPictureBounds(name, bytes.length, bytes.subarray(0, HEADER_BYTES));
  try {
    const { data, info } = await sharp(bytes, {
      failOn: 'error', // a cut-off file fails; an odd PNG chunk does not
      limitInputPixels: MAX_PICTURE_PIXELS,
      autoOrient: true,
      ignoreIcc: true,
    })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength) };
  } catch (cause) {
    throw new LensError('bad-file', `${name} could not be decoded; the file is broken or incomplete.`, {
      cause,
    });
  }
}
