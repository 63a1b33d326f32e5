import type { VisionConfig } from '../../clip/config.ts';
import { LensError } from '../../errors.ts';
import type { AnalysisOptions, BlockAnalysis } from '../../lens/analysis.ts';
import { laterBlocks } from '../../lens/paths.ts';
import type { JobOptions } from '../../progress.ts';
import { pathsFit } from '../checks/plan.ts';
import type { PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { analyseInLooks, checkTopK } from './analyse.ts';
import type { BlockPasses } from './blockPasses.ts';
import { analyseRanges, type RangeAnalysisInputs } from './rangeAnalysis.ts';
import { Recollection } from './recollection.ts';

export interface AnalyseInputs {
  readonly tower: ImageTower;
  readonly pixels: PixelSource;
  /** Most bytes to keep of the images between the forward pass and the blocks' analyses. */
  readonly budget: number;
  /** Frees the image tower's memory: called when a sweep is over, and the tower not needed for a while. */
  readonly rest?: (() => Promise<void>) | undefined;
  /** A block's passes, prepared: for sets of which nothing can be kept. */
  readonly passes: (block: number) => Promise<BlockPasses>;
  /** What the analysis of one block's ranges of neurons takes. */
  readonly ranges: (block: number) => Promise<Omit<RangeAnalysisInputs, 'recollection'>>;
}

/**
 * Second-order analyses of several blocks, in ascending order, each given out as soon as it is done. Forward
 * passes are shared by as many blocks as the budget can recall (`recollection.ts`); a block that does not fit
 * even alone is analysed in three looks at the set (`analyse.ts`), its memory flat in the number of images.
 * @throws LensError `bad-request` for a block without later heads or a top set that does not fit; `out-of-memory` for
 * a set that can neither be recalled nor looked at; `cancelled`
 */
export async function* analyseBlocks(
  inputs: AnalyseInputs,
  blocks: readonly number[],
  options: Omit<AnalysisOptions, 'block'>,
  job: JobOptions,
): AsyncGenerator<BlockAnalysis> {
  const { tower, pixels, budget } = inputs;
  checkTopK(options.topK, pixels.count);
  for (const block of blocks) laterBlocks(block, tower.config.layers);
  const groups = groupsWithin(budget, tower.config, pixels.count, blocks);
  for (const { fits, blocks: of } of groups) if (!fits) requireLooks(tower.config, of[0]!, budget);
  for (const group of groups) {
    if (!group.fits) {
      const [block] = group.blocks as [number];
      const passes = () => inputs.passes(block);
      yield await analyseInLooks({ tower, pixels, budget, passes }, { ...options, block }, job);
      continue;
    }
    const stage = `${wordsFor(group.blocks)}: images through the model`;
    const recollection = await Recollection.gather(tower, pixels, group.blocks, { ...job, stage });
    await inputs.rest?.();
    for (const block of group.blocks) {
      const range = { ...(await inputs.ranges(block)), recollection };
      yield await analyseRanges(range, { ...options, block }, job);
      recollection.forget(block);
    }
  }
}

interface Group {
  readonly blocks: readonly number[];
  /** False for a block that the budget cannot recall. */
  readonly fits: boolean;
}

/**
 * Runs of ascending blocks that share a sweep of forward passes, each within the budget. A block alone may go
 * beyond it where three looks are out of the question: where its paths do not fit memory.
 */
export function groupsWithin(
  budget: number,
  config: VisionConfig,
  images: number,
  blocks: readonly number[],
): Group[] {
  const fits = (group: readonly number[]) =>
    Recollection.bytes(config, images, group[0]!, group.length) <=
    (group.length === 1 ? mostRecalled(config, group[0]!, budget) : budget);
  const groups: { blocks: number[]; fits: boolean }[] = [];
  for (const block of [...new Set(blocks)].sort((a, b) => a - b)) {
    const last = groups.at(-1);
    if (last?.fits && fits([...last.blocks, block])) last.blocks.push(block);
    else groups.push({ blocks: [block], fits: fits([block]) });
  }
  return groups;
}

/** Of a block that three looks cannot take: 2,000 images of any block of ViT-L/14. */
const UNSEEN_BYTES = 3 * 2 ** 30;

const mostRecalled = (config: VisionConfig, block: number, budget: number): number =>
  pathsFit(config, block) ? budget : Math.max(budget, UNSEEN_BYTES);

/** @throws LensError `out-of-memory` saying how many pictures would do */
function requireLooks(config: VisionConfig, block: number, budget: number): void {
  if (pathsFit(config, block)) return;
  const fitting = mostRecalled(config, block, budget) / Recollection.bytes(config, 1, block, 1);
  throw new LensError(
    'out-of-memory',
    `Block ${block} of this model can be analysed on ${Math.floor(fitting)} pictures at most: choose fewer pictures or a later block.`,
  );
}

const wordsFor = (blocks: readonly number[]): string =>
  blocks.length === 1 ? `Block ${blocks[0]}` : `Blocks ${blocks[0]} to ${blocks.at(-1)}`;
