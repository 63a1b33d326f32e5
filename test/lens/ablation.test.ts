import { beforeAll, describe, expect, it } from 'vitest';
import {
  ablateBlockInPlainLoops,
  type LabelledTrace,
  representationsOfImage,
  type TextRebuild,
} from '../../src/lens/ablateBlock.ts';
import {
  type AblationCondition,
  type AblationRow,
  ablate,
  fromTexts,
  mergeAblations,
  representation,
} from '../../src/lens/ablation.ts';
import { analyseBlockInPlainLoops } from '../../src/lens/analyseBlock.ts';
import { effectSum, effectSumOf } from '../../src/lens/effectSum.ts';
import { blockPaths } from '../../src/lens/paths.ts';
import { prepareAtoms, reconstruction, sparseCode } from '../../src/lens/sparseCode.ts';
import { accuracyOf } from '../../src/lens/tally.ts';
import { dot, norm } from '../../src/lens/vectors.ts';
import { withoutNeurons } from '../../src/lens/withoutNeurons.ts';
import { classEmbeddings } from '../../src/lens/zeroShot.ts';
import { describeWithShared } from '../support/shared.ts';
import { imageTrace, naiveEffect, runTower, towerLens } from './oracle.ts';
import { normals, randomArray, randomPictures, randomTower } from './random.ts';
import { reference } from './reference.ts';
import {
  expectedFigures,
  type ReferenceSet,
  referenceAnalysis,
  referenceSet,
  relative,
} from './referenceSet.ts';

const tower = randomTower(11);
const { neurons: N, dim: D } = tower;
const traces = randomPictures(12, tower, 8).map((pixels) => runTower(tower, pixels));
const block = 1;
const paths = blockPaths(towerLens(tower), block);
const reports = traces.map((trace) => imageTrace(tower, trace, block));
const analysis = analyseBlockInPlainLoops(paths, reports, { block, topK: 4, listed: 2 });
const ofSet = reports.map((report, i) => ({
  ...report,
  norms: analysis.norms.subarray(i * N, (i + 1) * N),
}));

/** phi_n(I) − mean_n of every neuron, as the released code has it. */
const centred = (image: number): Float64Array[] =>
  Array.from({ length: N }, (_, n) =>
    naiveEffect(tower, traces[image]!, block, n).map((x, d) => x - analysis.means[n * D + d]!),
  );
const sumOf = (rows: readonly Float64Array[]): Float64Array =>
  rows.reduce((sum, row) => sum.map((x, d) => x + row[d]!), new Float64Array(D));
const close = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(norm(Float64Array.from(b, (x, d) => a[d]! - x))).toBeLessThan(1e-4);
};

describe('sums of effects', () => {
  it('are the weighted sums of what each neuron does alone', () => {
    const weights = randomArray(normals(3), N);
    const effects = Array.from({ length: N }, (_, n) => naiveEffect(tower, traces[0]!, block, n));
    close(
      effectSum(paths, reports[0]!, weights),
      sumOf(effects.map((e, n) => e.map((x) => weights[n]! * x))),
    );
    close(effectSumOf(paths, reports[0]!, [2, 7]), sumOf([effects[2]!, effects[7]!]));
    close(effectSumOf(paths, reports[0]!, []), new Float64Array(D));
  });
});

describe('ablated representations equal the definitions', () => {
  const rebuilt = Float32Array.from(analysis.directions, (x, i) => 0.5 * x + 0.1 * Math.sin(i));
  const rebuilds: TextRebuild[] = (['corrected', 'as-released'] as const).map((form) => ({
    terms: 4,
    pool: 'made up',
    form,
    reconstructions: rebuilt,
  }));

  it.each([0, 3, 7])('image %i', (image) => {
    const rows = representationsOfImage(paths, ofSet[image]!, analysis, rebuilds);
    const effects = centred(image);
    const base = representation(traces[image]!.embedding);
    expect(norm(base)).toBeCloseTo(100, 9);
    const without = (removed: readonly Float64Array[]) => {
      const sum = sumOf(removed);
      return base.map((x, d) => x - sum[d]!);
    };
    const significant = effects.filter((e, n) => norm(e) > analysis.thresholds[n]! * (1 + 1e-6));
    const rest = effects.filter((e) => !significant.includes(e));
    const along = (vectors: Float32Array, divide: boolean) => {
      const parts = effects.map((e, n) => {
        const row = vectors.subarray(n * D, (n + 1) * D);
        const factor = dot(e, row, D) / (divide ? dot(row, row, D) : 1);
        return Float64Array.from(row, (x) => factor * x);
      });
      const [gone, back] = [without(effects), sumOf(parts)];
      return gone.map((x, d) => x + back[d]!);
    };
    const truths = [
      base,
      without(effects),
      without(significant),
      without(rest),
      along(analysis.directions, true),
      along(rebuilt, true),
      along(rebuilt, false),
    ];
    expect(rows.map(({ condition }) => condition.ablation)).toEqual([
      'baseline',
      'withoutAll',
      'withoutSignificant',
      'withoutInsignificant',
      'fromDirections',
      'fromTexts',
      'fromTexts',
    ]);
    rows.forEach(({ row }, i) => {
      close(row, truths[i]!);
    });
  });

  it('the significant and the insignificant parts make up the whole', () => {
    const [all, significant] = [randomArray(normals(1), D), randomArray(normals(2), D)];
    const rows = ablate(traces[0]!.embedding, { all, significant });
    close(
      rows.withoutSignificant.map((x, d) => x + rows.withoutInsignificant[d]! - rows.baseline[d]!),
      rows.withoutAll,
    );
  });

  it('a code that is the direction up to its length rebuilds it in the corrected form', () => {
    const half = analysis.directions.map((x) => x / 2);
    const products = Float64Array.from({ length: N }, (_, n) => analysis.activations[n]! / 2);
    const withoutAll = new Float64Array(D);
    const full = fromTexts(withoutAll, products, half, 'corrected');
    const shrunk = fromTexts(withoutAll, products, half, 'as-released');
    close(
      shrunk.map((x) => 4 * x),
      full,
    );
    const nothing = fromTexts(withoutAll, products, new Float32Array(N * D), 'corrected');
    expect(norm(nothing)).toBe(0);
  });

  it('an image of the analysed set is not above a threshold that is its own norm', () => {
    const rounded = { ...analysis, thresholds: ofSet[0]!.norms };
    const [baseline, , withoutSignificant] = representationsOfImage(paths, ofSet[0]!, rounded, []);
    expect(withoutSignificant!.row).toEqual(baseline!.row);
  });

  it('refuses an embedding without length', () => {
    expect(() => representation([0, 0])).toThrow(/length 0/);
  });
});

describe('the table of a block', () => {
  const classes = classEmbeddings(randomArray(normals(4), 3 * D), D, 1);
  const labelled: LabelledTrace[] = ofSet.map((report, i) => ({ ...report, label: i % 3 }));
  const whole = ablateBlockInPlainLoops(paths, labelled, analysis, classes);

  it('is the merged table of its parts, in any order', () => {
    const parts = [labelled.slice(5), labelled.slice(0, 2), labelled.slice(2, 5)].map((part) =>
      ablateBlockInPlainLoops(paths, part, analysis, classes),
    );
    expect(mergeAblations(...parts)).toEqual(whole);
    expect(mergeAblations(whole, [])).toEqual(whole);
    for (const { tally } of whole) expect(tally.total).toBe(labelled.length);
  });

  it('keeps conditions apart', () => {
    const row = (terms: number, pool: string): AblationRow => ({
      ablation: 'fromTexts',
      block,
      terms,
      pool,
      form: 'corrected',
      tally: { correct: 1, total: 2 },
    });
    const merged = mergeAblations([row(4, 'a'), row(8, 'a')], [row(4, 'a'), row(4, 'b')]);
    expect(merged.map(({ terms, pool, tally }) => [terms, pool, tally.total])).toEqual([
      [4, 'a', 4],
      [8, 'a', 2],
      [4, 'b', 2],
    ]);
  });
});

describe('any selection of neurons on one image', () => {
  const other = blockPaths(towerLens(tower), 0);
  const otherReport = imageTrace(tower, traces[2]!, 0);
  const otherMeans = randomArray(normals(8), N * D);
  const blocks = [
    { paths, trace: reports[2]!, means: analysis.means },
    { paths: other, trace: otherReport, means: otherMeans },
  ];
  const { embedding } = traces[2]!;

  it('takes out what each adds to its mean', () => {
    const { after, before, neurons } = withoutNeurons(blocks, embedding, [
      { block: 1, neuron: 3 },
      { block: 0, neuron: 5 },
      { block: 1, neuron: 3 },
    ]);
    const first = centred(2)[3]!;
    const second = naiveEffect(tower, traces[2]!, 0, 5).map((x, d) => x - otherMeans[5 * D + d]!);
    expect(neurons).toBe(2);
    close(
      after,
      before.map((x, d) => x - first[d]! - second[d]!),
    );
  });

  it('without a selection changes nothing, with a whole block is the ablation of the block', () => {
    const none = withoutNeurons(blocks, embedding, []);
    expect(none.after).toEqual(none.before);
    const all = Array.from({ length: N }, (_, neuron) => ({ block: 1, neuron }));
    const table = representationsOfImage(paths, reports[2]!, analysis, []);
    close(withoutNeurons(blocks, embedding, all).after, table[1]!.row);
  });

  it('refuses neurons that are not there', () => {
    expect(() => withoutNeurons(blocks, embedding, [{ block: 1, neuron: N }])).toThrow(
      /no neuron 10 of block 1/,
    );
    expect(() => withoutNeurons(blocks, embedding, [{ block: 2, neuron: 0 }])).toThrow(
      /no neuron 0 of block 2/,
    );
  });
});

describeWithShared('ablations of reference/small as the released code makes them', () => {
  let set: ReferenceSet;
  beforeAll(async () => {
    set = await referenceSet();
  }, 60_000);

  it.each([0, 1, 2])('block %i', { timeout: 60_000 }, (layer) => {
    const analysed = referenceAnalysis(set, layer);
    const ways = blockPaths(towerLens(set.tower), layer);
    const atoms = prepareAtoms(reference('text_pool'), set.tower.dim, 'as-released');
    const rebuilds = [4, 16].map((terms): TextRebuild => {
      const { directions, neurons, dim } = analysed;
      const reconstructions = new Float32Array(directions.length);
      for (let n = 0; n < neurons; n++) {
        const direction = directions.subarray(n * dim, (n + 1) * dim);
        const code = sparseCode(direction, atoms, { terms, atoms: 'as-released' });
        reconstructions.set(reconstruction(code, atoms), n * dim);
      }
      return { terms, pool: 'text_pool', form: 'as-released', reconstructions };
    });
    const images = set.traces.map((trace, i) => ({
      ...imageTrace(set.tower, trace, layer),
      norms: analysed.norms.subarray(i * analysed.neurons, (i + 1) * analysed.neurons),
      label: set.labels[i]!,
    }));

    const table = ablateBlockInPlainLoops(ways, images, analysed, set.classes, rebuilds);
    const { ablation_accuracy: expected } = expectedFigures().layer[layer]!;
    for (const row of table) {
      expect([row.ablation, row.terms, accuracyOf(row.tally).percent]).toEqual([
        row.ablation,
        row.terms,
        expected[RELEASED_NAMES(row)],
      ]);
    }

    const rows = images.map((image) => representationsOfImage(ways, image, analysed, []));
    const all = (index: number) => rows.flatMap((row) => Array.from(row[index]!.row));
    expect(relative(all(1), reference(`layer${layer}_representation_without_all`))).toBeLessThan(1e-5);
    expect(relative(all(4), reference(`layer${layer}_representation_from_pc`))).toBeLessThan(1e-5);
  });
});

const RELEASED_NAMES = ({ ablation, terms }: AblationCondition): string =>
  ({
    baseline: 'baseline',
    withoutAll: 'without_all',
    withoutSignificant: 'without_significant',
    withoutInsignificant: 'without_insignificant',
    fromDirections: 'from_pc',
    fromTexts: `from_text_${terms}`,
  })[ablation];
