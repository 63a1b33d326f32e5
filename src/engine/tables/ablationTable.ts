import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import type { TextRebuild } from '../../lens/ablateBlock.ts';
import { type Ablation, ablate, fromDirections, fromTexts, lessMeans } from '../../lens/ablation.ts';
import { effectSum } from '../../lens/effectSum.ts';
import type { Form } from '../../lens/form.ts';
import { compactWrites } from '../../lens/paths.ts';
import { effectScale, type ImageTrace, sharedPart } from '../../lens/secondOrderEffects.ts';
import { addTallies, type Tally, tallyOne } from '../../lens/tally.ts';
import { dot, norm, timesColumn } from '../../lens/vectors.ts';
import { type ClassEmbeddings, classScores, predictedClass } from '../../lens/zeroShot.ts';
import type { JobOptions } from '../../progress.ts';
import type { BlockPasses } from '../analysis/blockPasses.ts';
import type { PixelSource } from '../engine.ts';
import { breather } from '../running/breathe.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { lightTraces } from '../towers/traces.ts';
import { randomDirection } from './randomDirection.ts';

/** A block to be ablated: what its analysis found, in the images it is ablated on and in words. */
export interface AblatedBlock {
  readonly block: number;
  /** [N, D] */
  readonly means: Float32Array;
  /** r [N, D] */
  readonly directions: Float32Array;
  /** 1 for the neurons that are significant on image `i` of the pixels, [N]. */
  readonly significant: (image: number) => Uint8Array;
  readonly rebuilds: readonly TextRebuild[];
}

export interface AblationRequest {
  readonly blocks: readonly AblatedBlock[];
  readonly classes: ClassEmbeddings;
  /** Class of every image; a negative one is not counted. */
  readonly labels: ArrayLike<number>;
  /** One push in a random direction each, as long as what each ablation takes away. */
  readonly seeds: readonly number[];
  /** First image to look at: where an earlier run stopped. */
  readonly from?: number;
}

/** Which row of the table. */
export interface TableCondition {
  readonly ablation: Ablation | 'randomPush';
  readonly block: number;
  readonly terms?: number;
  readonly pool?: string;
  readonly form?: Form;
  /** Of a random push: the ablation whose change of every image it is as long as. */
  readonly asLongAs?: Ablation;
  readonly seed?: number;
}

/** Counts, which add up over any parts of a set. */
export interface TableRow extends TableCondition {
  readonly tally: Tally;
  /** Images that only the untouched model has right, and those that only the ablated one has right. */
  readonly lost: number;
  readonly gained: number;
}

/** What some more images add to the table. */
export interface AblationStep {
  /** Images looked at so far, counted from the set's first. */
  readonly done: number;
  readonly rows: readonly TableRow[];
}

/** Ablations that a random push is compared with. */
const PUSHED = ['withoutAll', 'withoutSignificant', 'withoutInsignificant'] as const;

/** Bytes that the blocks of one sweep may keep, apart from their analyses. */
const BLOCKS_BYTES = 512 * 2 ** 20;

/** Runs of blocks that share a sweep of forward passes: as many as fit {@link BLOCKS_BYTES}. */
export function sharedSweeps<T extends { readonly block: number }>(
  blocks: readonly T[],
  { width, neurons, layers }: { width: number; neurons: number; layers: number },
): T[][] {
  const groups: { bytes: number; blocks: T[] }[] = [];
  for (const block of blocks) {
    const bytes = 4 * neurons * width * (layers - 1 - block.block);
    const last = groups.at(-1);
    if (last && last.bytes + bytes <= BLOCKS_BYTES) {
      last.blocks.push(block);
      last.bytes += bytes;
    } else groups.push({ bytes, blocks: [block] });
  }
  return groups.map((group) => group.blocks);
}

/**
 * The paper's ablation table of some blocks over an image set, a batch of images after another, all blocks
 * from one forward pass. Memory does not grow with the number of images.
 * @throws LensError `bad-request` when labels or matrices do not fit; `cancelled`
 */
export async function* ablationTable(
  tower: ImageTower,
  passesOf: (block: number) => Promise<BlockPasses>,
  pixels: PixelSource,
  request: AblationRequest,
  job: JobOptions,
): AsyncGenerator<AblationStep> {
  if (request.labels.length !== pixels.count) {
    throw new LensError(
      'bad-request',
      `${request.labels.length} labels are not one for each of the ${pixels.count} pictures.`,
    );
  }
  const prepared: PreparedBlock[] = [];
  for (const block of request.blocks)
    prepared.push(await prepare(tower, await passesOf(block.block), block, job));
  const instruments = { coefficients: request.blocks.map(({ block }) => block) };
  const breathe = breather(job.signal);
  const stage = 'Ablating pictures';
  for (let from = request.from ?? 0; from < pixels.count; from += tower.batchSize) {
    const size = Math.min(tower.batchSize, pixels.count - from);
    const batch = await pixels.read(from, size, job.signal);
    const results = await tower.step('long', () => tower.run(batch, instruments), job.signal);
    const rows: TableRow[] = [];
    for (const block of prepared) {
      const coefficients = results[OUTPUTS.coefficients(block.of.block)]!.data as Float32Array;
      const each = coefficients.length / size;
      for (const [b, light] of lightTraces(results, size, block.passes.laterBlocks).entries()) {
        if (request.labels[from + b]! < 0) continue;
        const trace = { ...light, coefficients: coefficients.subarray(b * each, (b + 1) * each) };
        rows.push(...rowsOfImage(block, trace, from + b, request));
        await breathe();
      }
    }
    yield { done: from + size, rows: mergeRows(rows) };
    job.onProgress?.({ stage, done: from + size, total: pixels.count });
  }
}

/** Adds rows of equal conditions, in order of first appearance. */
export function mergeRows(...tables: readonly (readonly TableRow[])[]): TableRow[] {
  const merged = new Map<string, TableRow>();
  for (const row of tables.flat()) {
    const { ablation, block, terms, pool, form, asLongAs, seed } = row;
    const key = JSON.stringify([ablation, block, terms, pool, form, asLongAs, seed]);
    const before = merged.get(key);
    const sum = before && {
      tally: addTallies(before.tally, row.tally),
      lost: before.lost + row.lost,
      gained: before.gained + row.gained,
    };
    merged.set(key, { ...row, ...sum });
  }
  return [...merged.values()];
}

/** Change of accuracy against the untouched model, in points, and its standard error: over the same images. */
export function changeOf({ tally, lost, gained }: TableRow): { points: number; standardError: number } {
  const mean = (gained - lost) / tally.total;
  const variance = (gained + lost) / tally.total - mean ** 2;
  return { points: 100 * mean, standardError: 100 * Math.sqrt(variance / tally.total) };
}

interface PreparedBlock {
  readonly of: AblatedBlock;
  readonly passes: BlockPasses;
  /** z [N, R·d_h] */
  readonly reads: Float32Array;
  readonly directions: Products;
  readonly rebuilds: readonly Products[];
}

/** What products of the centred effects with the rows of a matrix [N, D] are had from. */
interface Products {
  readonly matrix: Float32Array;
  /** ⟨U_n[r], row n⟩ [R, N] */
  readonly along: Float32Array;
  /** ⟨mean_n, row n⟩ [N] */
  readonly ofMean: Float64Array;
}

async function prepare(
  tower: ImageTower,
  passes: BlockPasses,
  of: AblatedBlock,
  { signal, onProgress }: JobOptions,
): Promise<PreparedBlock> {
  const { neurons, dim, block } = passes.paths;
  onProgress?.({ stage: `Block ${block}: preparing`, done: 0, total: 1 });
  const products = async (matrix: Float32Array): Promise<Products> => {
    if (matrix.length !== neurons * dim) {
      throw new LensError('bad-request', `The directions of block ${block} belong to another model.`);
    }
    const along = await tower.step('long', () => passes.along(matrix), signal);
    const ofMean = Float64Array.from({ length: neurons }, (_, n) =>
      dot(of.means, matrix, dim, n * dim, n * dim),
    );
    return { matrix, along, ofMean };
  };
  const rebuilds: Products[] = [];
  for (const { reconstructions } of of.rebuilds) rebuilds.push(await products(reconstructions));
  const directions = await products(of.directions);
  return { of, passes, reads: compactWrites(passes.paths, 0, neurons), directions, rebuilds };
}

function rowsOfImage(
  { of, passes, reads, directions, rebuilds }: PreparedBlock,
  trace: ImageTrace,
  image: number,
  { classes, labels, seeds }: AblationRequest,
): TableRow[] {
  const { block, means } = of;
  const { paths } = passes;
  const everyone = new Uint8Array(paths.neurons).fill(1);
  const sumOf = (weights: Uint8Array) => lessMeans(effectSum(paths, trace, weights, reads), weights, means);
  const ablated = ablate(trace.embedding, {
    all: sumOf(everyone),
    significant: sumOf(of.significant(image)),
  });
  const { baseline, withoutAll } = ablated;
  const scale = effectScale(trace);
  const shared = sharedPart(paths.shared, trace);
  const productsOf = (products: Products) => effectProducts(products, trace, scale, shared);
  const representations: [TableCondition, ArrayLike<number>][] = [
    [{ ablation: 'baseline', block }, baseline],
    ...PUSHED.map((name): [TableCondition, Float64Array] => [{ ablation: name, block }, ablated[name]]),
    [
      { ablation: 'fromDirections', block },
      fromDirections(withoutAll, productsOf(directions), directions.matrix),
    ],
    ...of.rebuilds.map(({ terms, pool, form }, i): [TableCondition, Float64Array] => {
      const { matrix } = rebuilds[i]!;
      const row = fromTexts(withoutAll, productsOf(rebuilds[i]!), matrix, form);
      return [{ ablation: 'fromTexts', block, terms, pool, form }, row];
    }),
    ...PUSHED.flatMap((name) =>
      seeds.map((seed): [TableCondition, Float64Array] => {
        const length = norm(ablated[name].map((x, d) => x - baseline[d]!));
        const push = randomDirection(paths.dim, [seed, image, block]);
        const row = baseline.map((x, d) => x + length * push[d]!);
        return [{ ablation: 'randomPush', block, asLongAs: name, seed }, row];
      }),
    ),
  ];
  const right = (row: ArrayLike<number>) => predictedClass(classScores(row, classes)) === labels[image];
  const before = right(baseline);
  return representations.map(([condition, row]) => {
    const now = right(row);
    return {
      ...condition,
      tally: tallyOne(now),
      lost: Number(before && !now),
      gained: Number(now && !before),
    };
  });
}

/** ⟨phi_n − mean_n, row n⟩ of every neuron, [N]: no effect is formed. */
function effectProducts(
  { matrix, along, ofMean }: Products,
  { coefficients }: ImageTrace,
  scale: number,
  shared: Float64Array,
): Float64Array {
  const neurons = ofMean.length;
  const sums = new Float64Array(neurons);
  for (let at = 0; at < along.length; at += neurons) {
    for (let n = 0; n < neurons; n++) sums[n]! += coefficients[at + n]! * along[at + n]!;
  }
  const ofShared = timesColumn(matrix, shared, neurons, shared.length);
  return sums.map((sum, n) => scale * sum + ofShared[n]! - ofMean[n]!);
}
