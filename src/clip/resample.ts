/**
 * Pillow's bicubic resize with antialiasing, to the integer: two passes, 8 bits between them, and
 * coefficients in fixed point. CLIP was trained on pictures made this way, and a plain canvas
 * resize differs by tens of grey levels. The pass across comes first, as in Pillow up to 12; Pillow 13
 * goes down first where the height shrinks more, which can change a grey level beside hard edges.
 */

/** Three 8-bit channels, row-major, 3·width·height bytes. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Part of one axis of the resized picture. */
export interface Span {
  readonly first: number;
  readonly count: number;
}

/** Pillow's PRECISION_BITS: 32 bits less 8 for the value and 2 for overshoot. */
const PRECISION = 22;
/** Half-width of the bicubic kernel in source pixels when enlarging. */
const SUPPORT = 2;

/** Keys' cubic with a = −0.5, as Pillow has it. */
function bicubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** For one output position: which inputs count, from `first` on, and how much, in fixed point. */
interface Taps {
  readonly first: number;
  readonly weights: Int32Array;
}

function taps(inputSize: number, outputSize: number, { first, count }: Span): Taps[] {
  const scale = inputSize / outputSize;
  const stretch = Math.max(scale, 1);
  const support = SUPPORT * stretch;
  return Array.from({ length: count }, (_, i) => {
    const center = (first + i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inputSize, Math.trunc(center + support + 0.5));
    const weights = Array.from({ length: end - begin }, (_, x) =>
      bicubic((x + begin - center + 0.5) * (1 / stretch)),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first: begin, weights: Int32Array.from(weights, (w) => fixedPoint(w / sum)) };
  });
}

/** Rounds half away from zero, like C's cast after adding ±0.5. */
const fixedPoint = (weight: number): number =>
  Math.trunc(weight * (1 << PRECISION) + (weight < 0 ? -0.5 : 0.5));

const clip8 = (value: number): number => Math.min(255, Math.max(0, value >> PRECISION));

/**
 * Resizes to `width` × `height` and returns only the part `columns` × `rows` of the result, the same
 * bytes as resizing wholly and cropping. All sizes are at least 1 and the spans lie within them.
 */
export function resample(
  image: RgbImage,
  { width, height }: { readonly width: number; readonly height: number },
  columns: Span = { first: 0, count: width },
  rows: Span = { first: 0, count: height },
): Uint8Array {
  const across = taps(image.width, width, columns);
  const down = taps(image.height, height, rows);
  const firstRow = Math.min(...down.map(({ first }) => first));
  const endRow = Math.max(...down.map(({ first, weights }) => first + weights.length));
  const narrow = horizontal(image, across, firstRow, endRow);
  return vertical(narrow, columns.count, down, firstRow);
}

function horizontal(image: RgbImage, columns: readonly Taps[], firstRow: number, endRow: number): Uint8Array {
  const { data, width } = image;
  const out = new Uint8Array((endRow - firstRow) * columns.length * 3);
  let to = 0;
  for (let row = firstRow; row < endRow; row++) {
    for (const { first, weights } of columns) {
      let from = (row * width + first) * 3;
      let red = 1 << (PRECISION - 1);
      let green = red;
      let blue = red;
      for (const weight of weights) {
        red += (data[from++] as number) * weight;
        green += (data[from++] as number) * weight;
        blue += (data[from++] as number) * weight;
      }
      out[to++] = clip8(red);
      out[to++] = clip8(green);
      out[to++] = clip8(blue);
    }
  }
  return out;
}

function vertical(data: Uint8Array, width: number, rows: readonly Taps[], firstRow: number): Uint8Array {
  const stride = width * 3;
  const out = new Uint8Array(rows.length * stride);
  for (const [row, { first, weights }] of rows.entries()) {
    const top = (first - firstRow) * stride;
    for (let x = 0; x < stride; x++) {
      let sum = 1 << (PRECISION - 1);
      for (let i = 0; i < weights.length; i++) {
        sum += (data[top + i * stride + x] as number) * (weights[i] as number);
      }
      out[row * stride + x] = clip8(sum);
    }
  }
  return out;
}
