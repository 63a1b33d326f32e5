import { LensError } from '../../../errors.ts';

/** A byte range of the file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One field of a message: a number for varints, a range for everything that has a length. */
export interface Field extends Range {
  readonly number: number;
  readonly wire: number;
  readonly value: number;
}

export const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** Fields and packed numbers read of one file; a ViT-bigG has a tenth of it. */
const MAX_FIELDS = 2_000_000;

export const damaged = (what: string): LensError =>
  new LensError('bad-file', `This ONNX file is damaged or incomplete: ${what}.`);

/**
 * Reads protobuf messages inside `bytes`, checking every length against what encloses it. It does not
 * recurse: the caller asks for the messages it knows, so that no file can make it go deep.
 */
export class ProtobufReader {
  private left = MAX_FIELDS;
  private at = 0;

  constructor(readonly bytes: Uint8Array) {}

  /**
   * Calls `visit` with every field of the message in `range`, in the file's order.
   * @throws LensError `bad-file` for a field that does not fit in the message, and for absurdly many.
   */
  each(range: Range, visit: (field: Field) => void): void {
    let at = range.start;
    while (at < range.end) {
      this.at = at;
      const tag = this.varint(range.end);
      const field = this.field(Math.floor(tag / 8), tag % 8, range.end);
      at = field.end;
      visit(field);
    }
  }

  /** Repeated whole numbers, packed or one a field; appended to `to`. */
  ints(field: Field, to: number[]): void {
    if (field.wire === VARINT) {
      to.push(field.value);
      return;
    }
    this.at = field.start;
    while (this.at < field.end) {
      this.spend();
      to.push(this.varint(field.end));
    }
  }

  /** Exactly `count` packed varints, as many as a tensor has elements. */
  packed(range: Range, count: number): Float64Array {
    if (count > range.end - range.start) throw damaged('a tensor has too few elements');
    const values = new Float64Array(count);
    this.at = range.start;
    for (let i = 0; i < count; i++) values[i] = this.varint(range.end);
    if (this.at !== range.end) throw damaged('a tensor has too many elements');
    return values;
  }

  text({ start, end }: Range): string {
    if (end - start > 4096) throw damaged('a name is longer than 4,096 bytes');
    return new TextDecoder().decode(this.bytes.subarray(start, end));
  }

  float({ start }: Range): number {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + start, 4).getFloat32(0, true);
  }

  private field(number: number, wire: number, end: number): Field {
    this.spend();
    if (number < 1) throw damaged('a field has no number');
    if (wire === VARINT) {
      const value = this.varint(end);
      return { number, wire, value, start: this.at, end: this.at };
    }
    const length = wire === BYTES ? this.varint(end) : wire === FIXED64 ? 8 : wire === FIXED32 ? 4 : -1;
    if (length < 0) throw damaged('a field is of no known kind');
    if (length > end - this.at) throw damaged('a field reaches beyond what encloses it');
    return { number, wire, value: 0, start: this.at, end: this.at + length };
  }

  private spend(): void {
    this.left--;
    if (this.left < 0) throw damaged(`it has more than ${MAX_FIELDS} fields`);
  }

  /** A 64-bit two's complement number; inexact beyond 2^53, where none is meant to be exact. */
  private varint(end: number): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.at >= end) throw damaged('a number reaches beyond what encloses it');
      const byte = this.bytes[this.at++] as number;
      const bits = byte & 127;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 128) return high * 2 ** 32 + (low >>> 0);
    }
    throw damaged('a number has more than 64 bits');
  }
}
