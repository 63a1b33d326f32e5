import type { BackendInfo, EngineStatus } from '../../state/index.ts';

/** What runs the model, in a few words. */
export function backendWords(info: BackendInfo): string {
  if (info.provider === 'webgpu') {
    const adapter = info.adapter ? ` on ${info.adapter}` : '';
    return `WebGPU${adapter}${info.software ? ' (software, not a graphics card)' : ''}`;
  }
  if (info.provider === 'cuda') return 'CUDA';
  const threads = `${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`;
  return `${info.provider === 'wasm' ? 'WebAssembly' : 'CPU'}, ${threads}`;
}

/** The state of the model on this machine, in a few words. */
export function engineWords(engine: EngineStatus): string {
  switch (engine.status) {
    case 'idle':
      return 'model not started';
    case 'loading': {
      const { progress } = engine;
      if (!progress || progress.total <= 0) return progress ? progress.stage : 'starting the model';
      return `${progress.stage} ${Math.round((100 * progress.done) / progress.total)}%`;
    }
    case 'ready':
      return backendWords(engine.info.backend);
    case 'failed':
      return 'the model could not start';
  }
}
