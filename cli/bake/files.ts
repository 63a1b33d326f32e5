import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';

/** What a file is called until it is whole. */
export const PARTIAL = /\.partial-[0-9a-f]{8}$/;

/** Writes a file that is there whole or not at all, also after a crash or a lost power supply. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const half = `${path}.partial-${randomUUID().slice(0, 8)}`;
  const file = await open(half, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, path);
}

/** Bytes of one read: `readFile` stops at 2 GiB, and a state of a large model may have more. */
const PIECE = 2 ** 30;

/** All bytes of a file of any size. */
export async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, size - at), at);
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
