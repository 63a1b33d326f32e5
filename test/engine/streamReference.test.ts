import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { finishWhole } from '../../src/engine/stream/settle.ts';
import { relativeError } from '../support/close.ts';
import { readNpy } from '../support/npy.ts';
import { referencePixels } from '../support/referenceImages.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';

const folder = (name: string) => sharedPath('reference/small', name);
const truth = (block: number, name: string) => readNpy(folder(`layer${block}_${name}.npy`)).data;
const EACH = 3 * 32 * 32;
const K = 100;

describeWithShared("the released code's numbers, streamed", () => {
  it('means, thresholds, top sets and directions of all blocks, from two shards', async () => {
    const config: unknown = JSON.parse(readFileSync(folder('config.json'), 'utf8'));
    const weights = readCheckpoint(readFileSync(folder('model.safetensors')), config);
    const engine = await openNodeEngine({ weights, threads: 1 });
    const pixels = await referencePixels(160);
    const sourceOf = (numbers: readonly number[]) => ({
      count: numbers.length,
      read: async (from: number, size: number) => {
        const own = numbers.slice(from, from + size);
        const parts = own.map((number) => [...pixels.subarray(number * EACH, (number + 1) * EACH)]);
        return { pixels: Float32Array.from(parts.flat()), numbers: own };
      },
    });
    const all = Array.from({ length: 160 }, (_, i) => i);
    const shards = [0, 1].map((s) => all.filter((i) => i % 2 === s));
    const [even, odd] = await Promise.all(
      shards.map((shard) => engine.stream(sourceOf(shard), [0, 1, 2], { topK: K })),
    );
    for (const block of [0, 1, 2]) {
      const merged = await engine.merge(even![block]!, odd![block]!);
      const [summary] = await finishWhole(engine, sourceOf(all), [merged], { topK: K, listed: 8 });
      const { overview, detail, neurons, dim, uncertified } = summary!;
      expect(uncertified).toBe(0);
      expect(relativeError(detail.means, truth(block, 'mean'))).toBeLessThan(1e-4);
      expect(relativeError(overview.thresholds, truth(block, 'threshold'))).toBeLessThan(1e-4);
      const released = truth(block, 'pc_variance_share');
      expect(relativeError(overview.varianceShares, released)).toBeLessThan(1e-4);
      const norms = truth(block, 'norms');
      const components = truth(block, 'pc');
      for (let n = 0; n < neurons; n++) {
        const top = Array.from(detail.topImages.subarray(n * K, (n + 1) * K));
        const least = Math.min(...top.map((image) => norms[image * neurons + n]!));
        const ranked = Array.from({ length: 160 }, (_, i) => norms[i * neurons + n]!).sort((a, b) => b - a);
        expect(least).toBeGreaterThanOrEqual(ranked[K - 1]! * (1 - 1e-5));
        if (released[n]! <= 0.3) continue;
        let product = 0;
        for (let d = n * dim; d < (n + 1) * dim; d++) product += detail.directions[d]! * components[d]!;
        expect(Math.abs(product)).toBeGreaterThan(0.9999);
      }
    }
    await engine.dispose();
  }, 120_000);
});
