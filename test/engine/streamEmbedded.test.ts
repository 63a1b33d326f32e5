import { describe, expect, it } from 'vitest';
import { openModel } from '../../cli/model.ts';
import { openSet } from '../../cli/pictures.ts';
import { finishWhole } from '../../src/engine/stream/settle.ts';
import type { BlockState } from '../../src/lens/blockState.ts';
import { summarise } from '../../src/lens/summarise.ts';
import { dot, norm } from '../../src/lens/vectors.ts';

const IMAGES = 250;
const K = 8;

describe('the embedded model, streamed', () => {
  it('has the top sets and directions of the analysis that holds everything', async () => {
    const model = await openModel('public/models/pictogram-clip');
    const set = await openSet('public/sets/pictograms', K);
    const pixels = { ...model.pixels(set.source), count: IMAGES };
    const engine = await model.openEngine(1);
    let checkpoints = 0;
    const source = {
      count: IMAGES,
      read: async (from: number, size: number) => ({
        pixels: await pixels.read(from, size),
        numbers: Array.from({ length: size }, (_, i) => from + i),
      }),
    };
    const onCheckpoint = (states: readonly BlockState[]) => {
      checkpoints++;
      // However many images: what is kept is what some neuron keeps, and at most twice as many shared parts.
      for (const { candidates } of states) expect(candidates.images).toHaveLength(768 * (K + 28));
    };
    const states = await engine.stream(source, [0, 4], { topK: K }, { onCheckpoint });
    expect(checkpoints).toBe(8);
    const exact = await finishWhole(engine, source, states, { topK: K, listed: 4 });
    let i = 0;
    for await (const analysis of engine.analyseBlocks(pixels, [0, 4], { topK: K, listed: 4 })) {
      const truth = summarise(analysis);
      const found = exact[i++]!;
      for (let n = 0; n < found.neurons; n++) {
        const sorted = (images: Int32Array) => [...images.subarray(n * K, (n + 1) * K)].sort((a, b) => a - b);
        expect(sorted(found.detail.topImages)).toEqual(sorted(truth.detail.topImages));
        const { dim } = found;
        const own = found.detail.directions.subarray(n * dim, (n + 1) * dim);
        const other = truth.detail.directions.subarray(n * dim, (n + 1) * dim);
        const cosine = dot(own, other, dim) / (norm(own) * norm(other));
        expect(Math.abs(cosine)).toBeGreaterThan(0.9999999);
        const typical = found.overview.typicalNorm[n]! / truth.overview.typicalNorm[n]!;
        expect(Math.abs(typical - 1)).toBeLessThan(3e-5);
      }
    }
    await engine.dispose();
  }, 120_000);
});
