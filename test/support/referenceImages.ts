import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import { sharedPath } from './shared.ts';

/** CLIP's channel means and standard deviations. */
export const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** The reference set's first `count` pictures, normalised: [count, 3, 32, 32]. */
export async function referencePixels(count: number): Promise<Float32Array> {
  const folder = sharedPath('reference/small/images');
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.png'))
    .sort()
    .slice(0, count);
  const area = 32 * 32;
  const pixels = new Float32Array(count * 3 * area);
  for (const [n, name] of names.entries()) {
    const rgb = await sharp(`${folder}/${name}`).removeAlpha().raw().toBuffer();
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < area; i++) {
        const value = (rgb[3 * i + c] as number) / 255;
        pixels[(n * 3 + c) * area + i] = (value - (MEAN[c] as number)) / (STD[c] as number);
      }
    }
  }
  return pixels;
}
