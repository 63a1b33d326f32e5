import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import { effectScale, sharedPart } from '../../lens/secondOrderEffects.ts';
import type { JobOptions } from '../../progress.ts';
import type { PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { lightTraces } from '../towers/traces.ts';
import type { BlockPasses } from './blockPasses.ts';

/** Effects of ViT-B/32 take 6.3 MB an image: this is 160 of them. */
const LIMIT_BYTES = 2 ** 30;

/**
 * Effects phi [I, N, D] as they are, not centred.
 * @throws LensError `bad-request` for more images than fit a gigabyte
 */
export async function effectsOf(
  tower: ImageTower,
  passes: BlockPasses,
  pixels: PixelSource,
  job: JobOptions,
): Promise<Float32Array> {
  const { block, neurons, dim, shared, heads } = passes.paths;
  const most = Math.floor(LIMIT_BYTES / (4 * neurons * dim));
  if (pixels.count > most) {
    throw new LensError(
      'bad-request',
      `Effects in full are for up to ${most} pictures, not ${pixels.count}.`,
    );
  }
  const effects = new Float32Array(pixels.count * neurons * dim);
  const name = OUTPUTS.coefficients(block);
  for (let image = 0; image < pixels.count; image++) {
    const picture = await pixels.read(image, 1, job.signal);
    const work = async (): Promise<Float32Array> => {
      const results = await tower.run(picture, { coefficients: [block] });
      const trace = lightTraces(results, 1, passes.laterBlocks)[0]!;
      const scale = effectScale(trace);
      const scaled = (results[name]!.data as Float32Array).map((c) => scale * c);
      if (scaled.length !== heads.length * neurons) throw new Error(`${name} has ${scaled.length} numbers`);
      return passes.effects(scaled, Float32Array.from(sharedPart(shared, trace)));
    };
    effects.set(await tower.step('long', work, job.signal), image * neurons * dim);
    job.onProgress?.({ stage: 'Effects in full', done: image + 1, total: pixels.count });
  }
  return effects;
}
