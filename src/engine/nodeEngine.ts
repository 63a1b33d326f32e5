import type { NodeBackendOptions } from './backends/node.ts';
import { nodeBackend } from './backends/node.ts';
import { ClipEngine, type EngineOptions } from './clipEngine.ts';
import type { Engine } from './engine.ts';

/** A model on this machine's processor, in Node. */
export async function openNodeEngine(options: EngineOptions & NodeBackendOptions): Promise<Engine> {
  return new ClipEngine(await nodeBackend(options), options);
}
