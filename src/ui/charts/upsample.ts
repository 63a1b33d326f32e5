/** How a patch grid is drawn: `smooth` interpolates between patch centres, `cells` shows every patch. */
export type MapForm = 'smooth' | 'cells';

/** Which two patches a pixel lies between, and how far it is towards the second. */
interface Tap {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Pixel centres on an axis of `side` patch centres (align_corners = false); edges repeat. */
function taps(side: number, size: number): Tap[] {
  return Array.from({ length: size }, (_, pixel) => {
    const at = Math.max(0, Math.min(side - 1, ((pixel + 0.5) * side) / size - 0.5));
    const low = Math.floor(at);
    return { low, high: Math.min(side - 1, low + 1), share: at - low };
  });
}

/**
 * Values of a [side·side] patch grid at size·size pixels. Values are interpolated, never colours: a
 * colour between two patches is the colour of a value between theirs.
 */
export function upsample(map: Float32Array, side: number, size: number, form: MapForm): Float32Array {
  const out = new Float32Array(size * size);
  if (form === 'cells') {
    for (let y = 0; y < size; y++) {
      const row = Math.floor((y * side) / size) * side;
      for (let x = 0; x < size; x++) out[y * size + x] = map[row + Math.floor((x * side) / size)]!;
    }
    return out;
  }
  const axis = taps(side, size);
  for (let y = 0; y < size; y++) {
    const { low: top, high: bottom, share: down } = axis[y]!;
    for (let x = 0; x < size; x++) {
      const { low: left, high: right, share: across } = axis[x]!;
      const upper = map[top * side + left]! * (1 - across) + map[top * side + right]! * across;
      const lower = map[bottom * side + left]! * (1 - across) + map[bottom * side + right]! * across;
      out[y * size + x] = upper * (1 - down) + lower * down;
    }
  }
  return out;
}
