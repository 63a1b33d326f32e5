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
  data.set([...ground, 255]);
  for (let done = 4; done < data.length; done *= 2) data.copyWithin(done, 0, done);
  for (const placement of placements) draw(data, size, placement);
  return { width: size, height: size, data };
}

function draw(data: Uint8ClampedArray, size: number, { sprite, x, y, side }: Placement): void {
  const scale = Math.max(sprite.width, sprite.height) / side;
  const across = samples(x, sprite.width, scale, size);
  const down = samples(y, sprite.height, scale, size);
  for (let py = 0; py < down.pixels; py++) {
    for (let px = 0; px < across.pixels; px++) {
      let [red, green, blue, part] = [0, 0, 0, 0];
      for (let s = 0; s < SAMPLES ** 2; s++) {
        const column = across.places[px * SAMPLES + (s % SAMPLES)]!;
        const row = down.places[py * SAMPLES + Math.floor(s / SAMPLES)]!;
        const from = 4 * (row * sprite.width + column);
        if (row < 0 || column < 0 || sprite.data[from + 3] === 0) continue;
        red += sprite.data[from]! / SAMPLES ** 2;
        green += sprite.data[from + 1]! / SAMPLES ** 2;
        blue += sprite.data[from + 2]! / SAMPLES ** 2;
        part += 1 / SAMPLES ** 2;
      }
      const to = 4 * ((down.from + py) * size + across.from + px);
      data[to] = (1 - part) * data[to]! + red;
      data[to + 1] = (1 - part) * data[to + 1]! + green;
      data[to + 2] = (1 - part) * data[to + 2]! + blue;
    }
  }
}

/** Along one axis: the pixels that a cut-out of `length` about `middle` touches, and where each samples it. */
function samples(middle: number, length: number, scale: number, size: number) {
  const start = middle - length / scale / 2;
  const from = Math.max(0, Math.floor(start));
  const pixels = Math.max(0, Math.min(size, Math.ceil(start + length / scale)) - from);
  const places = Int32Array.from({ length: pixels * SAMPLES }, (_, i) => {
    const pixel = from + Math.floor(i / SAMPLES);
    const place = Math.floor((pixel - start + ((i % SAMPLES) + 0.5) / SAMPLES) * scale);
    return place < length ? place : -1; // −1: beside the cut-out
  });
  return { from, pixels, places };
}
