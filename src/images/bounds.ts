import { LensError } from '../errors.ts';
import { HEADER_BYTES, type PictureHeader, pictureFormat, sniffPicture } from './sniff.ts';

/** Larger files are refused unread. */
export const MAX_PICTURE_BYTES = 100_000_000;
/** Larger pictures are refused undecoded: 100 megapixels are 400 MB of RGBA. */
export const MAX_PICTURE_PIXELS = 100_000_000;

const million = (count: number) => Math.round(count / 1e6).toLocaleString('en');

/**
 * Refuses a picture whose decoding could exhaust memory, by its header alone.
 * @param bytes size of the whole file
 * @param head its first {@link HEADER_BYTES} (or all of it)
 * @throws LensError `bad-file` (too large, no size in the header) or `unsupported` (not a known format)
 */
export function checkPictureBounds(name: string, bytes: number, head: Uint8Array): PictureHeader {
  if (bytes > MAX_PICTURE_BYTES) {
    throw new LensError('bad-file', `${name} is ${million(bytes)} MB; pictures may have at most 100 MB.`);
  }
  if (bytes === 0) throw new LensError('bad-file', `${name} is empty.`);
  if (!pictureFormat(head)) {
    throw new LensError('unsupported', `${name} is not a PNG, JPEG, WebP, GIF, BMP or AVIF picture.`);
  }
  const header = sniffPicture(head);
  if (!header || header.width === 0 || header.height === 0) {
    throw new LensError('bad-file', `${name} is broken: its header does not say how large the picture is.`);
  }
  const pixels = header.width * header.height;
  if (pixels > MAX_PICTURE_PIXELS) {
    throw new LensError(
      'bad-file',
      `${name} is ${header.width} × ${header.height}, ${million(pixels)} megapixels; pictures may have at most 100.`,
    );
  }
  return header;
}

/** {@link checkPictureBounds} for a Blob; reads only its head. */
export async function checkBlobBounds(blob: Blob, name: string): Promise<PictureHeader> {
  const head = await blob.slice(0, HEADER_BYTES).arrayBuffer();
  return checkPictureBounds(name, blob.size, new Uint8Array(head));
}
