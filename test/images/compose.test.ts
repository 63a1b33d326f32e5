import { describe, expect, it } from 'vitest';
import { composePicture, cutObject } from '../../src/images/compose.ts';
import type { Picture } from '../../src/images/picture.ts';

const grey = (width: number, values: readonly number[]): Picture => ({
  width,
  height: values.length / width,
  data: Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255])),
});

describe('cutting out', () => {
  const scene = grey(4, [9, 9, 9, 9, 9, 50, 60, 9, 9, 70, 9, 9, 9, 9, 9, 9]);
  const mask = grey(4, [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 2, 0, 0, 0, 0, 0]);

  it('takes what the mask says, as tight as it is', () => {
    const cut = cutObject(scene, mask, 1)!;
    expect([cut.width, cut.height]).toEqual([2, 2]);
    const alpha = [3, 7, 11, 15].map((at) => cut.data[at]);
    expect(alpha).toEqual([255, 255, 255, 0]);
    expect([cut.data[0], cut.data[4], cut.data[8]]).toEqual([50, 60, 70]);
  });

  it('knows masks of a lower resolution, and objects that are not there', () => {
    const half = cutObject(scene, grey(2, [0, 1, 0, 0]), 1)!;
    expect([half.width, half.height]).toEqual([2, 2]);
    expect(cutObject(scene, mask, 3)).toBeUndefined();
  });
});

it('composing puts cut-outs over the ground where they are wanted, scaled, and leaves the rest', () => {
  const sprite = grey(2, [100, 100, 100, 100]);
  sprite.data[15] = 0; // its last pixel is transparent
  const { data } = composePicture(8, [200, 210, 220], [{ sprite, x: 4, y: 4, side: 4 }]);
  const at = (x: number, y: number) => Array.from(data.subarray(4 * (8 * y + x), 4 * (8 * y + x) + 4));
  expect(at(2, 2)).toEqual([100, 100, 100, 255]);
  expect(at(5, 3)).toEqual([100, 100, 100, 255]);
  expect(at(5, 5)).toEqual([200, 210, 220, 255]);
  expect(at(1, 1)).toEqual([200, 210, 220, 255]);
  const beyond = composePicture(8, [0, 0, 0], [{ sprite, x: 0, y: 0, side: 4 }]);
  expect(beyond.data[3]).toBe(255);
});
