/** Formats a browser and sharp both decode. */
export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'bmp' | 'avif';

export interface PictureHeader {
  readonly format: PictureFormat;
  /** Size in pixels as stored, before any EXIF rotation. */
  readonly width: number;
  readonly height: number;
}

/** How many leading bytes {@link sniffPicture} may need: JPEGs carry EXIF and colour profiles before their size. */
export const HEADER_BYTES = 1 << 20;

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function png(bytes: Uint8Array): PictureHeader | undefined {
  if (bytes.length < 24 || ascii(bytes, 12, 4) !== 'IHDR') return undefined;
  const view = viewOf(bytes);
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
}

/** SOF0…SOF15 carry the frame size, except DHT (C4), JPG (C8) and DAC (CC). */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
/** Markers that stand alone: TEM, RSTn, SOI. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

function jpeg(bytes: Uint8Array): PictureHeader | undefined {
  const view = viewOf(bytes);
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // padding between segments
    } else if (isBare(marker)) {
      at += 2;
    } else if (isFrame(marker)) {
      if (at + 9 > bytes.length) return undefined;
      return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else {
      if (marker === 0xda || marker === 0xd9) return undefined; // the scan began, or the file ended, without a frame
      at += 2 + Math.max(2, view.getUint16(at + 2));
    }
  }
  return undefined;
}

function webp(bytes: Uint8Array): PictureHeader | undefined {
  if (bytes.length < 30) return undefined;
  const view = viewOf(bytes);
  const chunk = ascii(bytes, 12, 4);
  if (chunk === 'VP8X') {
    const width = 1 + (view.getUint32(24, true) & 0xffffff);
    const height = 1 + (view.getUint16(27, true) | (bytes[29]! << 16));
    return { format: 'webp', width, height };
  }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { format: 'webp', width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (chunk === 'VP8 ') {
    const width = view.getUint16(26, true) & 0x3fff;
    return { format: 'webp', width, height: view.getUint16(28, true) & 0x3fff };
  }
  return undefined;
}

function gif(bytes: Uint8Array): PictureHeader | undefined {
  if (bytes.length < 10) return undefined;
  const view = viewOf(bytes);
  return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function bmp(bytes: Uint8Array): PictureHeader | undefined {
  if (bytes.length < 26) return undefined;
  const view = viewOf(bytes);
  // BITMAPCOREHEADER (12 bytes) has 16-bit sizes; later headers have signed 32-bit ones, negative when stored top-down.
  if (view.getUint32(14, true) === 12) {
    return { format: 'bmp', width: view.getUint16(18, true), height: view.getUint16(20, true) };
  }
  const width = Math.abs(view.getInt32(18, true));
  return { format: 'bmp', width, height: Math.abs(view.getInt32(22, true)) };
}

/** AVIF keeps sizes in `ispe` boxes, one an item (thumbnails and tiles too); the largest bounds the picture. */
function avif(bytes: Uint8Array): PictureHeader | undefined {
  const view = viewOf(bytes);
  let largest: PictureHeader | undefined;
  const end = Math.min(bytes.length, 1 << 16) - 16;
  for (let at = 0; at <= end; at++) {
    if (bytes[at] !== 0x69 || ascii(bytes, at, 4) !== 'ispe') continue;
    const width = view.getUint32(at + 8);
    const height = view.getUint32(at + 12);
    if (!largest || width * height > largest.width * largest.height) {
      largest = { format: 'avif', width, height };
    }
  }
  return largest;
}

/** Which format the first bytes announce, without asking whether the rest keeps the promise. */
export function pictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  if (bytes.length >= 8 && bytes[0] === 0x89 && ascii(bytes, 1, 3) === 'PNG') return 'png';
  if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'webp';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
  if (ascii(bytes, 0, 2) === 'BM') return 'bmp';
  if (ascii(bytes, 4, 4) === 'ftyp' && /avi[fs]/.test(ascii(bytes, 8, 32))) return 'avif';
  return undefined;
}

const readers: Record<PictureFormat, (bytes: Uint8Array) => PictureHeader | undefined> = {
  png,
  jpeg,
  webp,
  gif,
  bmp,
  avif,
};

/**
 * Format and stored size of a picture from its first bytes (give it {@link HEADER_BYTES} or the whole
 * file). Undefined when the bytes are of no format we know, or end before the size is said.
 */
export function sniffPicture(bytes: Uint8Array): PictureHeader | undefined {
  const format = pictureFormat(bytes);
  return format && readers[format](bytes);
}
