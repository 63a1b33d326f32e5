import type { NodeBackendOptions } from './backends/node.ts';
import { nodeBackend } from './backends/node.ts';
import { ClipEngine, type EngineOptions } from './clipEngine.ts';
import type { Engine } from './engine.ts';

/**
 * Less than a page may use, so that 2,000 images of ViT-B/32 stay within some 1.5 GB in all: what one block needs to
 * be recalled takes 303 MiB (block 9) to 344 MiB (block 0) of it. Sets beyond the budget are looked at three times.
 */
export const NODE_BUDGET_BYTES = 384 * 2 ** 20;

/** A model on this machine's processor, in Node. */
export async function openNodeEngine(options: EngineOptions & NodeBackendOptions): Promise<Engine> {
  return new ClipEngine(await nodeBackend(options), {
    ...options,
    budget: options.budget ?? NODE_BUDGET_BYTES,
  });
}
