import type { Backend } from './backend.ts';
import type { WebBackendOptions } from './backends/web.ts';
import { webBackend } from './backends/web.ts';
import { ClipEngine, type EngineOptions } from './clipEngine.ts';
import type { Engine } from './engine.ts';

export interface WebEngine {
  readonly engine: Engine;
  /** Resolves when the GPU goes away: the engine is of no more use then. */
  readonly lost: Promise<Error>;
}

/** A model in a browser's worker: WebGPU, or WASM where there is none. */
export async function openWebEngine(options: EngineOptions & WebBackendOptions): Promise<WebEngine> {
  const backend: Backend = await webBackend(options);
  const onGpu = backend.info.provider === 'webgpu';
  const reference = onGpu ? () => webBackend({ force: 'wasm', threads: options.threads }) : undefined;
  return { engine: new ClipEngine(backend, { ...options, reference }), lost: backend.lost };
}
