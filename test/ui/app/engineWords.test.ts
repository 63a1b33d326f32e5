import { describe, expect, it } from 'vitest';
import { backendWords, engineWords } from '../../../src/ui/app/engineWords.ts';

const backend = {
  provider: 'wasm',
  adapter: '',
  software: false,
  threads: 1,
  crossOriginIsolated: false,
  precision: 'float32',
  runtime: 'test',
} as const;

describe('what runs the model', () => {
  it('is named truly, software emulation too', () => {
    expect(backendWords(backend)).toBe('WebAssembly, 1 thread');
    expect(backendWords({ ...backend, threads: 8 })).toBe('WebAssembly, 8 threads');
    const gpu = { ...backend, provider: 'webgpu', adapter: 'nvidia hopper' } as const;
    expect(backendWords(gpu)).toBe('WebGPU on nvidia hopper');
    expect(backendWords({ ...gpu, software: true })).toMatch(/software, not a graphics card/);
  });

  it('says how far a start has come', () => {
    expect(engineWords({ status: 'idle' })).toBe('model not started');
    expect(engineWords({ status: 'loading', progress: undefined })).toBe('starting the model');
    const progress = { stage: 'Loading the model', done: 1, total: 4 };
    expect(engineWords({ status: 'loading', progress })).toBe('Loading the model 25%');
    expect(engineWords({ status: 'failed', message: 'No.' })).toBe('the model could not start');
  });
});
