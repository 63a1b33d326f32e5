import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkPictureBounds } from '../../src/images/bounds.ts';
import { pictureFormat, sniffPicture } from '../../src/images/sniff.ts';

const blank = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 30, b: 90, alpha: 0.5 } } });

/** A 24-bit BMP header; sharp writes no BMP. A negative height is a picture stored top-down. */
function bmpHeader(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(54);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  return bytes;
}

function pngHeader(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.set([0x49, 0x48, 0x44, 0x52], 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

describe('sniffPicture', () => {
  const kinds = [
    ['png', 'png', blank(123, 45).png()],
    ['jpeg', 'jpeg', blank(123, 45).jpeg()],
    [
      'progressive jpeg with EXIF',
      'jpeg',
      blank(123, 45).withMetadata({ orientation: 6 }).jpeg({ progressive: true }),
    ],
    ['lossy webp', 'webp', blank(123, 45).webp()],
    ['lossless webp', 'webp', blank(123, 45).webp({ lossless: true })],
    ['webp with alpha', 'webp', blank(123, 45, 4).webp()],
    ['gif', 'gif', blank(123, 45).gif()],
    ['avif', 'avif', blank(123, 45).avif({ effort: 0 })],
  ] as const;
  it.each(kinds)('reads the size of a %s', async (_, format, encoder) => {
    expect(sniffPicture(await encoder.toBuffer())).toEqual({ format, width: 123, height: 45 });
  });

  it('reads the size of a BMP, also one stored top-down', () => {
    expect(sniffPicture(bmpHeader(7, 5))).toEqual({ format: 'bmp', width: 7, height: 5 });
    expect(sniffPicture(bmpHeader(7, -5))).toEqual({ format: 'bmp', width: 7, height: 5 });
  });

  it('never throws, whatever the bytes', () => {
    const starts = [
      [0x89, 0x50, 0x4e, 0x47],
      [0xff, 0xd8, 0xff],
      [0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50],
      [0x42, 0x4d],
      [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), (start, rest) => {
        sniffPicture(Uint8Array.from([...start, ...rest]));
        sniffPicture(rest);
      }),
    );
  });

  it('knows nothing of other files', () => {
    expect(pictureFormat(new TextEncoder().encode('<svg xmlns='))).toBeUndefined();
    expect(pictureFormat(new Uint8Array(0))).toBeUndefined();
  });
});

describe('checkPictureBounds', () => {
  it('refuses, before decoding, more than 100 megapixels', () => {
    const bomb = pngHeader(60_000, 60_000);
    expect(() => checkPictureBounds('bomb.png', bomb.length, bomb)).toThrow(
      'bomb.png is 60000 × 60000, 3,600 megapixels; pictures may have at most 100.',
    );
    expect(checkPictureBounds('fine.png', 1, pngHeader(10_000, 10_000)).width).toBe(10_000);
  });

  it('refuses more than 100 MB, empty files, other files and headers without a size', () => {
    const header = pngHeader(1, 1);
    expect(() => checkPictureBounds('a.png', 100_000_001, header)).toThrow('at most 100 MB');
    expect(() => checkPictureBounds('a.png', 0, new Uint8Array(0))).toThrow('a.png is empty.');
    expect(() => checkPictureBounds('a.png', 9, new TextEncoder().encode('not a pic'))).toThrow(
      'not a PNG, JPEG',
    );
    expect(() => checkPictureBounds('a.png', 20, header.subarray(0, 20))).toThrow('does not say how large');
    expect(() => checkPictureBounds('a.png', 33, pngHeader(0, 4))).toThrow('does not say how large');
  });
});
