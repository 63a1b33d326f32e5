const scratch = new DataView(new ArrayBuffer(4));

/** The nearest IEEE half of a float32, as its 16 bits; ties go to the even one, overflow to infinity. */
export function halfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and above
  if (magnitude >= 0x38800000) {
    // Normal: drop 13 bits of the fraction; a carry runs into the exponent, and past 65519 into infinity.
    return sign | roundedShift(magnitude - 0x38000000, 13);
  }
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return sign; // below half of the smallest subnormal
  return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
}

/** `value >>> shift`, rounded to nearest, ties to even. */
function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const dropped = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return dropped > half || (dropped === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The value of a half given its 16 bits; exact. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export const toHalf = (values: Float32Array): Uint16Array<ArrayBuffer> => Uint16Array.from(values, halfBits);
export const fromHalf = (bits: Uint16Array): Float32Array<ArrayBuffer> => Float32Array.from(bits, halfValue);
