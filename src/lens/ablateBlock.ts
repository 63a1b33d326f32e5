import type { AblationCondition, AblationRow } from './ablation.ts';
import {
  ablate,
  fromDirections,
  fromTexts,
  lessMeans,
  mergeAblations,
  significance,
  tallyRepresentation,
} from './ablation.ts';
import type { BlockAnalysis } from './analysis.ts';
import { effectSum } from './effectSum.ts';
import type { Form } from './form.ts';
import { type BlockPaths, compactWrites, pathVectors } from './paths.ts';
import { effect, effectScale, type ImageTrace, sharedPart } from './secondOrderEffects.ts';
import { dot } from './vectors.ts';
import type { ClassEmbeddings } from './zeroShot.ts';

/** One way to put the neurons' directions in words. */
export interface TextRebuild {
  /** m */
  readonly terms: number;
  readonly pool: string;
  readonly form: Form;
  /** r̂ [N, D] of the sparse codes. */
  readonly reconstructions: Float32Array;
}

/** What an image is measured against; from the analysis of a set, which may be another than is ablated. */
export type AblationReference = Pick<BlockAnalysis, 'means' | 'thresholds' | 'directions'>;

/** An image to be ablated. */
export interface AblatedTrace extends ImageTrace {
  /**
   * ‖phi_n − mean_n‖ [N] as the analysis has them, where the image is of the analysed set: the image whose
   * norm is the threshold must not exceed it by the rounding of another sum. Computed where left out.
   */
  readonly norms?: ArrayLike<number> | undefined;
}

/** An image to be ablated and classified. */
export interface LabelledTrace extends AblatedTrace {
  /** Index of its class. */
  readonly label: number;
}

/**
 * The ablation table of a block in plain loops, one image after another: the truth the engine's pass
 * is tested against.
 */
export function ablateBlockInPlainLoops(
  paths: BlockPaths,
  images: Iterable<LabelledTrace>,
  reference: AblationReference,
  classes: ClassEmbeddings,
  rebuilds: readonly TextRebuild[] = [],
): AblationRow[] {
  const reads = compactWrites(paths, 0, paths.neurons);
  const vectors = pathVectors(paths, 0, paths.neurons);
  let table: AblationRow[] = [];
  for (const image of images) {
    const rows = representationsOfImage(paths, image, reference, rebuilds, { reads, vectors });
    const tallies = rows.map(({ condition, row }) => ({
      ...condition,
      tally: tallyRepresentation(row, classes, image.label),
    }));
    table = mergeAblations(table, tallies);
  }
  return table;
}

/** A representation [D] and how it came about. */
export interface AblatedRepresentation {
  readonly condition: AblationCondition;
  readonly row: Float64Array;
}

/** All ablated representations of one image. */
export function representationsOfImage(
  paths: BlockPaths,
  trace: AblatedTrace,
  reference: AblationReference,
  rebuilds: readonly TextRebuild[],
  { reads, vectors } = {
    reads: compactWrites(paths, 0, paths.neurons),
    vectors: pathVectors(paths, 0, paths.neurons),
  },
): AblatedRepresentation[] {
  const { neurons, block } = paths;
  const { means, thresholds, directions } = reference;
  const measured = centredEffectsOfImage(paths, trace, means, vectors, [
    directions,
    ...rebuilds.map(({ reconstructions }) => reconstructions),
  ]);
  const significant = significance(trace.norms ?? measured.norms, thresholds);
  const sumOf = (weights: Uint8Array) => lessMeans(effectSum(paths, trace, weights, reads), weights, means);
  const ablated = ablate(trace.embedding, {
    all: sumOf(new Uint8Array(neurons).fill(1)),
    significant: sumOf(significant),
  });
  const [activations, ...products] = measured.products;
  return [
    { condition: { ablation: 'baseline', block }, row: ablated.baseline },
    { condition: { ablation: 'withoutAll', block }, row: ablated.withoutAll },
    { condition: { ablation: 'withoutSignificant', block }, row: ablated.withoutSignificant },
    { condition: { ablation: 'withoutInsignificant', block }, row: ablated.withoutInsignificant },
    {
      condition: { ablation: 'fromDirections', block },
      row: fromDirections(ablated.withoutAll, activations!, directions),
    },
    ...rebuilds.map(({ terms, pool, form, reconstructions }, i) => ({
      condition: { ablation: 'fromTexts' as const, block, terms, pool, form },
      row: fromTexts(ablated.withoutAll, products[i]!, reconstructions, form),
    })),
  ];
}

/** Norms ‖phi_n − mean_n‖ [N], and products ⟨phi_n − mean_n, row n⟩ [N] with each [N, D] matrix. */
function centredEffectsOfImage(
  paths: BlockPaths,
  trace: ImageTrace,
  means: ArrayLike<number>,
  vectors: Float32Array,
  matrices: readonly ArrayLike<number>[],
): { norms: Float64Array; products: Float64Array[] } {
  const { neurons, dim, heads } = paths;
  const scale = effectScale(trace);
  const shared = sharedPart(paths.shared, trace);
  const norms = new Float64Array(neurons);
  const products = matrices.map(() => new Float64Array(neurons));
  const size = heads.length * dim;
  for (let n = 0; n < neurons; n++) {
    const scaled = heads.map((_, r) => scale * trace.coefficients[r * neurons + n]!);
    const phi = effect(scaled, vectors.subarray(n * size, (n + 1) * size), shared);
    for (let d = 0; d < dim; d++) phi[d]! -= means[n * dim + d]!;
    norms[n] = Math.sqrt(dot(phi, phi, dim));
    matrices.forEach((matrix, i) => {
      products[i]![n] = dot(phi, matrix, dim, 0, n * dim);
    });
  }
  return { norms, products };
}
