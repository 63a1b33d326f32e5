import { readFileSync } from 'node:fs';
import { analyseBlockInPlainLoops } from '../../src/lens/analyseBlock.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import { blockPaths } from '../../src/lens/paths.ts';
import type { ClassEmbeddings } from '../../src/lens/zeroShot.ts';
import { readNpy } from '../support/npy.ts';
import { sharedPath } from '../support/shared.ts';
import { imageTrace, type OracleTower, type OracleTrace, runTower, towerLens } from './oracle.ts';
import { pictureNames, reference, referencePicture, referenceTower } from './reference.ts';

/** The 160 reference pictures, gone through the plain-loops tower. */
export interface ReferenceSet {
  readonly tower: OracleTower;
  readonly traces: readonly OracleTrace[];
  readonly labels: Int32Array;
  readonly classes: ClassEmbeddings;
}

export async function referenceSet(): Promise<ReferenceSet> {
  const tower = referenceTower();
  const traces: OracleTrace[] = [];
  for (let i = 0; i < pictureNames().length; i++) traces.push(runTower(tower, await referencePicture(i)));
  const labels = readNpy<Int32Array>(sharedPath('reference', 'small', 'labels.npy')).data;
  return { tower, traces, labels, classes: referenceClasses(tower.dim) };
}

/** The class embeddings, which the released code keeps in columns [D, C]. */
export function referenceClasses(dim: number): ClassEmbeddings {
  const columns = reference('classifier');
  const count = columns.length / dim;
  const vectors = new Float32Array(columns.length);
  for (let c = 0; c < count; c++)
    for (let d = 0; d < dim; d++) vectors[c * dim + d] = columns[d * count + c]!;
  return { count, dim, vectors };
}

export const referenceAnalysis = ({ tower, traces }: ReferenceSet, block: number): BlockAnalysis =>
  analyseBlockInPlainLoops(
    blockPaths(towerLens(tower), block),
    traces.map((trace) => imageTrace(tower, trace, block)),
    { block, topK: 100, listed: 10 },
  );

/** Single figures of the released code. */
export interface ExpectedFigures {
  readonly layer: Readonly<Record<string, { readonly ablation_accuracy: Readonly<Record<string, number>> }>>;
  readonly concept_discovery_layer1_omp16: Readonly<
    Record<string, { readonly neurons: readonly number[]; readonly scores: readonly [number, number][] }>
  >;
  readonly segmentation_first40_top20: {
    readonly layers: readonly number[];
    readonly pixel_accuracy: number;
    readonly mIoU: number;
    readonly mAP: number;
  };
}

export const expectedFigures = (): ExpectedFigures =>
  JSON.parse(readFileSync(sharedPath('reference', 'small', 'expected.json'), 'utf8')) as ExpectedFigures;

/** ‖a − b‖/‖b‖ of whole arrays. */
export function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers, not ${b.length}`);
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}
