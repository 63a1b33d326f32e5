/** A file for a tar archive. */
export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  /** '0' unless told. */
  readonly type?: string;
}

/** An archive of these files in plain ustar: names of at most 100 bytes. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, bytes, type = '0' }) => {
    const body = Buffer.from(bytes as Uint8Array);
    return [tarHeader(name, body.length, type), body, Buffer.alloc(-body.length & 511)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export function tarHeader(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(
    `${[...block]
      .reduce((a, b) => a + b, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}
