import type { Picture } from './picture.ts';

/** A colour, 0…255 each. */
export type Colour = readonly [number, number, number];

/** Where a cut-out goes: its middle and its longer side, in pixels. */
export interface Placement {
  readonly sprite: Picture;
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * One object cut out of a scene along its mask, as tight as it is: transparent where the mask says otherwise.
 * @param mask grey, at the scene's resolution or a lower one; 0 background, k the k-th object
 * @returns undefined when nothing of the object can be seen
 */
export function cutObject(scene: Picture, mask: Picture, object: number): Picture | undefined {
  const at = (x: number, y: number): boolean => {
    const row = Math.floor((y * mask.height) / scene.height);
    const column = Math.floor((x * mask.width) / scene.width);
    return mask.data[4 * (row * mask.width + column)] === object;
  };
  let [left, top, right, bottom] = [scene.width, scene.height, -1, -1];
  for (let y = 0; y < scene.height; y++) {
    for (let x = 0; x < scene.width; x++) {
      if (!at(x, y)) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return undefined;
  const [width, height] = [right - left + 1, bottom - top + 1];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!at(left + x, top + y)) continue;
      const from = 4 * ((top + y) * scene.width + left + x);
      const to = 4 * (y * width + x);
      data.set(scene.data.subarray(from, from + 3), to);
      data[to + 3] = 255;
    }
  }
  return { width, height, data };
}

/** Samples a pixel of the canvas takes along each side, so that edges of smaller cut-outs are smooth. */
const SAMPLES = 3;

/** Cut-outs over a plain ground, the later over the earlier. */
export function composePicture(size: number, ground: Colour, placements: readonly Placement[]): Picture {
  const data = new Uint8ClampedArray(4 * size * size);
  for (let at = 0; at < data.length; at += 4) data.set([...ground, 255], at);
  for (const placement of placements) draw(data, size, placement);
  return { width: size, height: size, data };
}

function draw(data: Uint8ClampedArray, size: number, { sprite, x, y, side }: Placement): void {
  const scale = Math.max(sprite.width, sprite.height) / side;
  const [left, top] = [x - sprite.width / scale / 2, y - sprite.height / scale / 2];
  const span = (start: number, length: number) =>
    [Math.max(0, Math.floor(start)), Math.min(size, Math.ceil(start + length / scale))] as const;
  const [fromX, toX] = span(left, sprite.width);
  const [fromY, toY] = span(top, sprite.height);
  for (let py = fromY; py < toY; py++) {
    for (let px = fromX; px < toX; px++) {
      const [red, green, blue, part] = pixelOf(sprite, (px - left) * scale, (py - top) * scale, scale);
      const to = 4 * (py * size + px);
      data[to] = (1 - part) * data[to]! + red;
      data[to + 1] = (1 - part) * data[to + 1]! + green;
      data[to + 2] = (1 - part) * data[to + 2]! + blue;
    }
  }
}

/** A square of a cut-out from (u, v): its colour times the part of it that is covered, and that part. */
function pixelOf(sprite: Picture, u: number, v: number, side: number): [number, number, number, number] {
  const sum: [number, number, number, number] = [0, 0, 0, 0];
  for (let s = 0; s < SAMPLES ** 2; s++) {
    const column = Math.floor(u + (((s % SAMPLES) + 0.5) / SAMPLES) * side);
    const row = Math.floor(v + ((Math.floor(s / SAMPLES) + 0.5) / SAMPLES) * side);
    if (column < 0 || row < 0 || column >= sprite.width || row >= sprite.height) continue;
    const from = 4 * (row * sprite.width + column);
    if (sprite.data[from + 3] === 0) continue;
    for (let c = 0; c < 3; c++) sum[c]! += sprite.data[from + c]! / SAMPLES ** 2;
    sum[3] += 1 / SAMPLES ** 2;
  }
  return sum;
}
