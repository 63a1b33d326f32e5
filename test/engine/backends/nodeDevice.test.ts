import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../../src/engine/backends/node.ts';
import { chooseDevice, type Devices, type Probe } from '../../../src/engine/backends/nodeDevice.ts';
import { probeDevice } from '../../../src/engine/backends/probe.ts';

const FINE: Probe = { deviation: 1e-6, slowness: 0.1 };
const ALL = ['cpu', 'webgpu', 'cuda', 'tensorrt'];

/** A machine whose GPUs do as told; those not named cannot be started. */
const machine = (
  probes: Partial<Record<'cuda' | 'webgpu', Probe>>,
  more: Partial<Devices> = {},
): Devices => ({
  supported: ALL,
  showsGpu: true,
  probe: async (gpu) => {
    const probe = probes[gpu];
    if (probe) return probe;
    throw new Error('/home/somebody/libcuda.so.1: cannot open shared object file');
  },
  ...more,
});

describe('where a model runs', () => {
  it('is the first GPU that works, left to itself', async () => {
    expect(await chooseDevice('auto', machine({ cuda: FINE, webgpu: FINE }))).toMatchObject({
      device: 'cuda',
    });
    expect(await chooseDevice('auto', machine({ webgpu: FINE }))).toEqual({
      device: 'webgpu',
      software: false,
    });
    const older = machine({ cuda: FINE, webgpu: FINE }, { supported: ['cpu', 'webgpu'] });
    expect(await chooseDevice('auto', older)).toMatchObject({ device: 'webgpu' });
  });

  it('is the processor where none does, with a sentence that names no folder', async () => {
    const reasonOf = async (devices: Devices) => {
      const { device, reason } = await chooseDevice('auto', devices);
      expect(device).toBe('cpu');
      return reason;
    };
    expect(await reasonOf(machine({}))).toBe(
      'CUDA could not be started, and WebGPU could not be started, so the processor does the work.',
    );
    expect(await reasonOf(machine({ webgpu: FINE }, { supported: ['cpu'] }))).toMatch(
      /^This build of ONNX Runtime has no CUDA, and this build of ONNX Runtime has no WebGPU, so/,
    );
    expect(await reasonOf(machine({ cuda: { deviation: 3e-4, slowness: 0.01 } }))).toMatch(
      /^CUDA computes less exactly than float32 does, and/,
    );
    expect(await reasonOf(machine({ webgpu: { deviation: 1e-6, slowness: 30 } }))).toMatch(
      /and WebGPU is emulated by the processor, so/,
    );
    const blind = machine({ cuda: FINE }, { showsGpu: false });
    expect(await reasonOf(blind)).toBe('This machine shows no GPU, so the processor does the work.');
    expect(await reasonOf(machine({ cuda: { deviation: Number.NaN, slowness: 1 } }))).toMatch(/less exactly/);
  });

  it('is what was asked for by name, or a refusal that says what to install', async () => {
    expect(await chooseDevice('cpu', machine({ cuda: FINE }))).toEqual({ device: 'cpu', software: false });
    const slow = machine({ webgpu: { deviation: 1e-6, slowness: 30 } }, { showsGpu: false });
    expect(await chooseDevice('webgpu', slow)).toEqual({ device: 'webgpu', software: true });
    await expect(chooseDevice('cuda', machine({}))).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringMatching(
        /^--device cuda: CUDA could not be started\. CUDA takes .*npm rebuild [^/]*\.$/,
      ),
    });
    await expect(chooseDevice('webgpu', machine({}, { supported: ['cpu'] }))).rejects.toMatchObject({
      message: expect.stringMatching(/has no WebGPU\. WebGPU takes a GPU with a driver/),
    });
  });
});

describe('on this machine', () => {
  it('the processor agrees with itself, and nothing is said of GPUs that nobody asked for', async () => {
    const processor = await nodeBackend({ threads: 1 });
    expect(processor.info).not.toHaveProperty('fallbackReason');
    expect((await probeDevice(processor, processor)).deviation).toBe(0);
  });

  it('auto gives a device that works', async () => {
    const { info } = await nodeBackend({ threads: 1, device: 'auto' });
    if (info.provider === 'cpu') expect(info.fallbackReason).toMatch(/so the processor does the work\.$/);
    else expect(info).not.toHaveProperty('fallbackReason');
  });

  it('outputs are in the processor’s memory, also where they might stay on a GPU', async () => {
    const { keepAliveGraph } = await import('../../../src/engine/backends/keepAlive.ts');
    const backend = await nodeBackend({ threads: 1, device: 'auto' });
    const session = await backend.session(keepAliveGraph(), { keepOnDevice: ['y'] });
    const results = await session.run({ x: backend.tensor('float32', Float32Array.of(3), [1]) });
    expect(results.y!.data).toEqual(Float32Array.of(6));
    await session.release();
  });
});
