import type { VisionConfig } from '../clip/config.ts';
import type { AnalysisOptions, BlockAnalysis } from '../lens/analysis.ts';
import { laterBlocks } from '../lens/paths.ts';
import type { JobOptions } from '../progress.ts';
import { analyseInLooks, checkTopK } from './analyse.ts';
import type { BlockPasses } from './blockPasses.ts';
import type { PixelSource } from './engine.ts';
import type { ImageTower } from './imageTower.ts';
import { analyseRanges, type RangeAnalysisInputs } from './rangeAnalysis.ts';
import { Recollection } from './recollection.ts';

export interface AnalyseInputs {
  readonly tower: ImageTower;
  readonly pixels: PixelSource;
  /** Most bytes to keep of the images between the forward pass and the blocks' analyses. */
  readonly budget: number;
  /** A block's passes, prepared: for sets of which nothing can be kept. */
  readonly passes: (block: number) => Promise<BlockPasses>;
  /** What the analysis of one block's ranges of neurons takes. */
  readonly ranges: (block: number) => Promise<Omit<RangeAnalysisInputs, 'recollection'>>;
}

/**
 * Second-order analyses of several blocks, in ascending order, each given out as soon as it is done. Forward
 * passes are shared by as many blocks as the budget can recall (`recollection.ts`); a block that does not fit
 * even alone is analysed in three looks at the set (`analyse.ts`), its memory flat in the number of images.
 * @throws LensError `bad-request` for a block without later heads or a top set that does not fit; `cancelled`
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
  for (const group of groupsWithin(budget, tower.config, pixels.count, blocks)) {
    if (!group.fits) {
      const [block] = group.blocks as [number];
      const passes = () => inputs.passes(block);
      yield await analyseInLooks({ tower, pixels, budget, passes }, { ...options, block }, job);
      continue;
    }
    const stage = `${wordsFor(group.blocks)}: images through the model`;
    const recollection = await Recollection.gather(tower, pixels, group.blocks, { ...job, stage });
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

/** Runs of ascending blocks that share a sweep of forward passes, each within the budget. */
export function groupsWithin(
  budget: number,
  config: VisionConfig,
  images: number,
  blocks: readonly number[],
): Group[] {
  const fits = (group: readonly number[]) =>
    Recollection.bytes(config, images, group[0]!, group.length) <= budget;
  const groups: { blocks: number[]; fits: boolean }[] = [];
  for (const block of [...new Set(blocks)].sort((a, b) => a - b)) {
    const last = groups.at(-1);
    if (last?.fits && fits([...last.blocks, block])) last.blocks.push(block);
    else groups.push({ blocks: [block], fits: fits([block]) });
  }
  return groups;
}

const wordsFor = (blocks: readonly number[]): string =>
  blocks.length === 1 ? `Block ${blocks[0]}` : `Blocks ${blocks[0]} to ${blocks.at(-1)}`;
