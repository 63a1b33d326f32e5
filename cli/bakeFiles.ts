import { open, rename } from 'node:fs/promises';

/** Writes a file that is there whole or not at all, also after a crash or a lost power supply. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const half = `${path}.partial-${process.pid}`;
  const file = await open(half, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, path);
}
