import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import { relativeError } from '../support/close.ts';
import { readNpy } from '../support/npy.ts';
import { referencePixels } from '../support/referenceImages.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

const folder = (name: string) => sharedPath('reference/small', name);
const truth = (name: string) => readNpy(folder(`${name}.npy`)).data;
const json = (name: string): unknown => JSON.parse(readFileSync(folder(name), 'utf8'));

describeWithShared("the released code's numbers, through the engine on Node", () => {
  for (const file of ['model.safetensors', 'open_clip_model.safetensors']) {
    describeWithShared(file, () => checkModel(file));
  }
});

function checkModel(file: string): void {
  let engine: Engine;
  let pixels: Float32Array;

  beforeAll(async () => {
    const weights = readCheckpoint(readFileSync(folder(file)), json('config.json'));
    engine = await openNodeEngine({ weights, threads: 1 });
    pixels = await referencePixels(160);
  }, 60_000);
  afterAll(() => engine.dispose());

  for (const block of [0, 1, 2]) {
    it(`block ${block}: means, norms, thresholds, directions`, async () => {
      const options = { block, topK: 100, listed: 20 };
      const analysis = await engine.analyse(pixelsInMemory(pixels, 32), options);
      const layer = (name: string) => truth(`layer${block}_${name}`);
      expect(relativeError(analysis.embeddings, truth('image_embeddings'))).toBeLessThan(1e-4);
      expect(relativeError(analysis.means, layer('mean'))).toBeLessThan(1e-4);
      expect(relativeError(analysis.norms, layer('norms'))).toBeLessThan(1e-4);
      expect(relativeError(analysis.thresholds, layer('threshold'))).toBeLessThan(1e-4);
      expect(relativeError(analysis.varianceShares, layer('pc_variance_share'))).toBeLessThan(1e-4);
      expect(worstCosine(analysis, layer('pc'), layer('pc_variance_share'))).toBeGreaterThan(0.9999);
    });

    it(`block ${block}: effects in full`, async () => {
      const effects = await engine.effects(pixelsInMemory(pixels.slice(0, 8 * 3 * 32 * 32), 32), block);
      expect(relativeError(effects, truth(`layer${block}_effects_first8`))).toBeLessThan(1e-4);
    });
  }
}

/** Smallest |cos| of a direction to the released one, where the first singular value stands out. */
function worstCosine(
  { directions, dim }: BlockAnalysis,
  released: Float32Array,
  shares: Float32Array,
): number {
  let worst = 1;
  shares.forEach((share, n) => {
    if (share <= 0.3) return;
    let product = 0;
    for (let d = n * dim; d < (n + 1) * dim; d++) product += directions[d]! * released[d]!;
    worst = Math.min(worst, Math.abs(product));
  });
  return worst;
}
