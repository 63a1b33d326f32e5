import { beforeAll, describe, expect, it } from 'vitest';
import { type AttentionOnImage, directTextMap, headTokenEffects } from '../../src/lens/directEffects.ts';
import { dot, norm } from '../../src/lens/vectors.ts';
import { describeWithShared } from '../support/shared.ts';
import { type OracleTower, type OracleTrace, runTower, towerLens } from './oracle.ts';
import { normals, randomArray, randomPictures, randomTower } from './random.ts';
import { reference } from './reference.ts';
import { type ReferenceSet, referenceSet, relative } from './referenceSet.ts';

const attentionOf = (trace: OracleTrace, block: number): AttentionOnImage => ({
  block,
  row: trace.a[block]!,
  values: trace.v[block]!,
});
const endOf = (trace: OracleTrace) => ({
  embedding: trace.embedding,
  finalMean: trace.m,
  finalInvStd: 1 / trace.s,
});
const blocksOf = (tower: OracleTower) => Array.from({ length: tower.layers }, (_, l) => l);

describe('direct effects of heads', () => {
  const tower = randomTower(41);
  const trace = runTower(tower, randomPictures(42, tower, 1)[0]!);

  it('the map of a text is the product of each patch’s effects with it', () => {
    const { heads, dim } = tower;
    const text = randomArray(normals(6), dim);
    const lens = towerLens(tower);
    const blocks = blocksOf(tower).map((block) => attentionOf(trace, block));
    const map = directTextMap(lens, blocks, text, endOf(trace));
    const truth = new Float64Array(map.length);
    for (const block of blocks) {
      const effects = headTokenEffects(lens, block, endOf(trace));
      for (let i = 0; i < map.length; i++) {
        for (let h = 0; h < heads; h++) truth[i]! += dot(effects, text, dim, ((i + 1) * heads + h) * dim);
      }
    }
    map.forEach((x, i) => {
      expect(x).toBeCloseTo(truth[i]!, 5);
    });
  });

  it('of no block is no map', () => {
    expect(directTextMap(towerLens(tower), [], new Float64Array(tower.dim), endOf(trace))).toHaveLength(0);
  });
});

describeWithShared('direct effects of reference/small as the released code has them', () => {
  let set: ReferenceSet;
  beforeAll(async () => {
    set = await referenceSet();
  }, 60_000);

  it('by head and token of the first four images, and CLS alone', () => {
    const { tower, traces } = set;
    const { dim, heads, width, layers } = tower;
    expect(width).toBe(64);
    const effects = traces
      .slice(0, 4)
      .map((trace) =>
        blocksOf(tower).map((l) => headTokenEffects(towerLens(tower), attentionOf(trace, l), endOf(trace))),
      );
    const all = effects.flatMap((blocks) => blocks.flatMap((block) => Array.from(block)));
    expect(relative(all, reference('head_token_effects_first4'))).toBeLessThan(1e-5);

    const cls = effects.flatMap((blocks) =>
      blocks.flatMap((block) =>
        Array.from({ length: dim }, (_, d) =>
          Array.from({ length: heads }, (_, h) => block[h * dim + d]!).reduce((a, b) => a + b),
        ),
      ),
    );
    expect(relative(cls, reference('head_cls_token_effects').subarray(0, 4 * layers * dim))).toBeLessThan(
      1e-5,
    );
  });

  it('with those of MLPs and embedding they are the unit embedding', () => {
    const { tower, traces } = set;
    const { dim, layers } = tower;
    const mlps = reference('mlp_direct_effects');
    const sum = new Float64Array(dim);
    for (let l = 0; l < layers; l++) {
      headTokenEffects(towerLens(tower), attentionOf(traces[0]!, l), endOf(traces[0]!)).forEach((x, i) => {
        sum[i % dim]! += x;
      });
    }
    for (let i = 0; i < (layers + 1) * dim; i++) sum[i % dim]! += mlps[i]!;
    const { embedding } = traces[0]!;
    const unit = embedding.map((x) => x / norm(embedding));
    expect(relative(sum, unit)).toBeLessThan(1e-5);
  });
});
