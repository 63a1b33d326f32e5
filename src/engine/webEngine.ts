import type { Backend } from './backend.ts';
import type { WebBackendOptions } from './backends/web.ts';
import { webBackend } from './backends/web.ts';
import { type RunPlan, requireFit } from './checks/plan.ts';
import { ClipEngine, type EngineOptions } from './clipEngine.ts';
import type { Engine } from './engine.ts';

export { prepareRuntime } from './backends/web.ts';

export interface WebEngine {
  readonly engine: Engine;
  /** Resolves when the GPU goes away: the engine is of no more use then. */
  readonly lost: Promise<Error>;
  /** What running it takes; undefined for a model without an image tower. */
  readonly plan: RunPlan | undefined;
}

/**
 * A model in a browser's worker: WebGPU, or WASM where there is none.
 * @throws LensError `out-of-memory` before anything is loaded, when the plan says that it cannot work; `unavailable`
 */
export async function openWebEngine(options: EngineOptions & WebBackendOptions): Promise<WebEngine> {
  const backend: Backend = await webBackend(options);
  const plan = await planned(backend, options);
  const onGpu = backend.info.provider === 'webgpu';
  const reference = onGpu ? () => webBackend({ force: 'wasm', threads: options.threads }) : undefined;
  return { engine: new ClipEngine(backend, { ...options, reference }), lost: backend.lost, plan };
}

async function planned(backend: Backend, options: EngineOptions): Promise<RunPlan | undefined> {
  try {
    return requireFit(options.weights.config, backend, options);
  } catch (error) {
    await backend.dispose();
    throw error;
  }
}
