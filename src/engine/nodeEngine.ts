import type { NodeBackendOptions } from './backends/node.ts';
import { nodeBackend } from './backends/node.ts';
import { ClipEngine, type EngineOptions } from './clipEngine.ts';
import type { Engine } from './engine.ts';

/**
 * Less than a page may use, so that 2,000 images of ViT-B/32 block 9 stay within 1.5 GB in all: their
 * coefficients want 563 MiB, and those that do not fit are computed again (bench/memory.ts).
 */
export const NODE_BUDGET_BYTES = 192 * 2 ** 20;

/** A model on this machine's processor, in Node. */
export async function openNodeEngine(options: EngineOptions & NodeBackendOptions): Promise<Engine> {
  return new ClipEngine(await nodeBackend(options), {
    ...options,
    budget: options.budget ?? NODE_BUDGET_BYTES,
  });
}
