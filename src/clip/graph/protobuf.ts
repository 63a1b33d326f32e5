const encoder = new TextEncoder();

/** Wire types of the protobuf encoding. */
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/**
 * A protobuf message being written, field by field. Just what ONNX files need: integers, floats,
 * strings, bytes and nested messages. Methods return the message, so that fields can be chained.
 */
export class Message {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** Field `field` as a varint; negative numbers are written as 64-bit two's complement. */
  int(field: number, value: number | bigint): this {
    this.tag(field, VARINT);
    this.varint(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  float(field: number, value: number): this {
    this.tag(field, FIXED32);
    this.reserve(4);
    new DataView(this.bytes.buffer).setFloat32(this.length, value, true);
    this.length += 4;
    return this;
  }

  string(field: number, value: string): this {
    return this.raw(field, encoder.encode(value));
  }

  raw(field: number, value: Uint8Array): this {
    this.tag(field, BYTES);
    this.varint(BigInt(value.length));
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  message(field: number, value: Message): this {
    return this.raw(field, value.encode());
  }

  /** The message so far. A view: copy it before writing on. */
  encode(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private tag(field: number, wireType: number): void {
    this.varint(BigInt((field << 3) | wireType));
  }

  private varint(value: bigint): void {
    let rest = value;
    this.reserve(10);
    while (rest > 127n) {
      this.bytes[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
