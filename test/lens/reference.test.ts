import { beforeAll, describe, expect, it } from 'vitest';
import { encodeHalf } from '../../src/clip/float16.ts';
import type { Tensor } from '../../src/clip/weights.ts';
import { analyseBlockInPlainLoops } from '../../src/lens/analyseBlock.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import { lensWeights } from '../../src/lens/lensWeights.ts';
import { blockPaths, pathVectors } from '../../src/lens/paths.ts';
import { effectsOfImage } from '../../src/lens/secondOrderEffects.ts';
import { dot, norm } from '../../src/lens/vectors.ts';
import { describeWithShared } from '../support/shared.ts';
import { imageTrace, type OracleTower, type OracleTrace, runTower, towerLens } from './oracle.ts';
import { pictureNames, reference, referencePicture, referenceTower, referenceWeights } from './reference.ts';

/** ‖a − b‖/‖b‖ over whole arrays. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return norm(Float64Array.from(b, (x, i) => a[i]! - x)) / norm(b);
}

const TOP_K = 100;

describeWithShared('agreement with the released code on reference/small', () => {
  let tower: OracleTower;
  let traces: OracleTrace[];

  beforeAll(async () => {
    tower = referenceTower();
    traces = [];
    for (let i = 0; i < pictureNames().length; i++) traces.push(runTower(tower, await referencePicture(i)));
  });

  it('the oracle tower gives the reference embeddings', () => {
    const embeddings = traces.flatMap((trace) => Array.from(trace.embedding));
    expect(relative(embeddings, reference('image_embeddings'))).toBeLessThan(1e-5);
  });

  it('the method reads the same numbers from either naming', () => {
    const [huggingFace, openClip] = [referenceWeights('model'), referenceWeights('open_clip_model')];
    const [ours, theirs] = [lensWeights(huggingFace), lensWeights(openClip)];
    expect(blockPaths(theirs, 1)).toEqual(blockPaths(ours, 1));
    expect(blockPaths(towerLens(tower), 1)).toEqual(blockPaths(ours, 1));
  });

  it('the method reads half-precision files', () => {
    const weights = referenceWeights();
    const norm = weights.vision!.blocks[1]!.norm1;
    const halves = encodeHalf(lensWeights(weights).norm1(1).gain);
    const gain: Tensor = { ...norm.gain, dtype: 'F16', file: 'half', offset: 0, length: halves.byteLength };
    const files = new Map([...weights.files, ['half', new Uint8Array(halves.buffer)] as const]);
    const blocks = weights.vision!.blocks.map((b, l) => (l === 1 ? { ...b, norm1: { ...norm, gain } } : b));
    const half = lensWeights({ ...weights, files, vision: { ...weights.vision!, blocks } });
    expect(relative(half.norm1(1).gain, lensWeights(weights).norm1(1).gain)).toBeLessThan(5e-4);
  });

  it('a checkpoint without an image tower is refused', () => {
    expect(() => lensWeights({ ...referenceWeights(), vision: undefined })).toThrow(/no image tower/);
  });

  describe.each([0, 1, 2])('block %i', (block) => {
    let analysis: BlockAnalysis;
    beforeAll(() => {
      analysis = analyseBlockInPlainLoops(
        blockPaths(towerLens(tower), block),
        traces.map((trace) => imageTrace(tower, trace, block)),
        { block, topK: TOP_K, listed: 10 },
      );
    });

    it('effects of the first 8 images', () => {
      const paths = blockPaths(towerLens(tower), block);
      const vectors = Array.from({ length: tower.neurons }, (_, n) => pathVectors(paths, n, n + 1));
      const effects = traces
        .slice(0, 8)
        .flatMap((trace) =>
          Array.from(effectsOfImage(paths, (n) => vectors[n]!, imageTrace(tower, trace, block))),
        );
      expect(relative(effects, reference(`layer${block}_effects_first8`))).toBeLessThan(1e-5);
    });

    it('means, norms and thresholds', () => {
      expect(relative(analysis.means, reference(`layer${block}_mean`))).toBeLessThan(1e-5);
      const norms = reference(`layer${block}_norms`);
      expect(relative(analysis.norms, norms)).toBeLessThan(1e-5);
      const worst = analysis.norms.reduce((max, x, i) => Math.max(max, Math.abs(x / norms[i]! - 1)), 0);
      expect(worst).toBeLessThan(1e-4);
      expect(relative(analysis.thresholds, reference(`layer${block}_threshold`))).toBeLessThan(1e-5);
    });

    it('principal directions and variance shares', () => {
      const directions = reference(`layer${block}_pc`);
      const shares = reference(`layer${block}_pc_variance_share`);
      const { dim, neurons } = tower;
      let worst = 1;
      for (let n = 0; n < neurons; n++) {
        expect(Math.abs(analysis.varianceShares[n]! - shares[n]!)).toBeLessThan(1e-5);
        if (shares[n]! <= 0.3) continue;
        const cosine = dot(analysis.directions, directions, dim, n * dim, n * dim);
        worst = Math.min(worst, Math.abs(cosine));
        const top = analysis.topImages.subarray(n * TOP_K, (n + 1) * TOP_K);
        const positive = top.filter((i) => analysis.activations[i * neurons + n]! > 0).length;
        if (cosine < 0) expect(positive).toBe(TOP_K / 2); // only an exact tie may point the other way
      }
      expect(worst).toBeGreaterThan(0.9999);
    });
  });
});
