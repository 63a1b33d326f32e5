import type { VisionConfig } from '../src/clip/config.ts';
import { laterHeads } from '../src/clip/trace.ts';
import { streamingBytes } from '../src/engine/streamedBlock.ts';
import { keptFor, stateBytes } from '../src/lens/blockState.ts';
import { analysisBudget } from './model.ts';

/** Blocks in runs whose states fit memory together: one sweep of forward passes for each run. */
export function blockGroups(
  { layers, heads, neurons }: VisionConfig,
  blocks: readonly number[],
  topK: number,
  budget = analysisBudget(),
): readonly (readonly number[])[] {
  const kept = keptFor(topK);
  const groups: { blocks: number[]; bytes: number }[] = [];
  for (const block of blocks) {
    const size = { neurons, heads: laterHeads(block, layers, heads).length, kept };
    const bytes = stateBytes(size) + streamingBytes(neurons, size.heads);
    const last = groups.at(-1);
    if (last && last.bytes + bytes <= budget) {
      last.blocks.push(block);
      last.bytes += bytes;
    } else groups.push({ blocks: [block], bytes });
  }
  return groups.map((group) => group.blocks);
}
