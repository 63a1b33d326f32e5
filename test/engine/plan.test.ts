import { describe, expect, it } from 'vitest';
import type { ClipConfig } from '../../src/clip/config.ts';
import { type AnalyseInputs, analyseBlocks, groupsWithin } from '../../src/engine/analysis/analyseBlocks.ts';
import {
  batchWithin,
  choosePrecision,
  DEFAULT_LIMITS,
  fitsLimits,
  imageFlops,
  memoryPlan,
  pathBytes,
  planRun,
  requireFit,
  requirePaths,
  textParameters,
  towersKept,
  visionParameters,
} from '../../src/engine/checks/plan.ts';
import { VIT_B_32 } from '../support/randomClip.ts';

const base = VIT_B_32.vision!;
const L14: ClipConfig = {
  vision: { ...base, width: 1024, layers: 24, heads: 16, neurons: 4096, patchSize: 14 },
  text: {
    width: 768,
    layers: 12,
    heads: 12,
    neurons: 3072,
    activation: 'quick_gelu',
    layerNormEps: 1e-5,
    vocabularySize: 49408,
    contextLength: 77,
  },
  dim: 768,
};
const GIGANTIC: ClipConfig = {
  vision: { ...base, width: 1664, layers: 48, heads: 16, neurons: 8192, patchSize: 14 },
  dim: 1280,
};

describe('sizes', () => {
  it('counts the published numbers of parameters', () => {
    expect(visionParameters(base, 512)).toBe(87_849_216); // of OpenAI's ViT-B/32
    expect(visionParameters(L14.vision!, 768)).toBe(303_966_208); // of OpenAI's ViT-L/14
    expect(textParameters(L14.text!, 768)).toBe(123_650_304);
  });

  it('counts operations: 4.4 billion multiply-adds for ViT-B/32, less what its last block leaves out', () => {
    expect(imageFlops(base) / 2e9).toBeGreaterThan(4.0);
    expect(imageFlops(base) / 2e9).toBeLessThan(4.4);
  });
});

describe('a plan', () => {
  it('runs ViT-L/14 in half precision within 2 GB of GPU memory', () => {
    const limits = { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 31 - 4 };
    const plan = planRun(L14, { backend: 'webgpu', precision: 'float16', limits });
    expect(plan.fits).toBe(true);
    expect(plan.gpuBytes).toBeLessThan(2e9);
    expect(plan.sentences.join(' ')).toMatch(/GB of GPU memory/);
  });

  it('says what ViT-L/14 takes on WASM before it starts', () => {
    const plan = planRun(L14, { backend: 'wasm', threads: 2 });
    expect(plan.fits).toBe(true);
    expect(plan.gpuBytes).toBe(0);
    expect(plan.heapBytes).toBeLessThan(4 * 2 ** 30);
    expect(plan.sentences.join(' ')).toMatch(/GB of WebAssembly memory.* s a picture on 2 threads/);
  });

  it('is close to what ViT-B/32 was measured to take', () => {
    const plan = planRun(VIT_B_32, { backend: 'wasm', threads: 1 });
    expect(plan.secondsPerImage! / 0.318).toBeGreaterThan(0.8);
    expect(plan.secondsPerImage! / 0.318).toBeLessThan(1.2);
  });

  it('refuses what 4 GB of WASM cannot hold, and says what to use instead', () => {
    const plan = planRun(GIGANTIC, { backend: 'wasm' });
    expect(plan.fits).toBe(false);
    expect(plan.sentences.join(' ')).toMatch(/4 GB at most.*WebGPU.*command line/);
  });

  it('refuses a GPU whose buffers hold not even one picture', () => {
    const limits = { maxBufferSize: 2 ** 20, maxStorageBufferBindingSize: 2 ** 20 };
    expect(planRun(VIT_B_32, { backend: 'webgpu', limits })).toMatchObject({ fits: false });
  });

  it('adds up', () => {
    const { total, ...parts } = memoryPlan(L14, 'webgpu', 'float16', 1);
    expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBeCloseTo(total, -1);
  });

  it('keeps fewer towers of larger models', () => {
    expect(towersKept(L14, 'float32', 'wasm')).toBe(1);
    expect(towersKept(L14, 'float16', 'webgpu')).toBe(2);
    expect(towersKept(VIT_B_32, 'float32', 'cpu')).toBe(2);
  });
});

describe('limits', () => {
  it('names the largest buffer', () => {
    expect(fitsLimits(base, 8, DEFAULT_LIMITS)).toEqual({
      what: 'weights',
      bytes: 4 * 768 * 3072,
      fits: true,
    });
    expect(fitsLimits(L14.vision!, 8, DEFAULT_LIMITS).what).toBe('attention');
    expect(fitsLimits(base, 32, DEFAULT_LIMITS).what).toBe('neurons');
  });

  it('makes batches smaller', () => {
    const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 20 * 2 ** 20 };
    const batch = batchWithin(L14.vision!, limits, 32);
    expect(batch).toBeGreaterThan(0);
    expect(fitsLimits(L14.vision!, batch, limits).fits).toBe(true);
    expect(fitsLimits(L14.vision!, batch + 1, limits).fits).toBe(false);
  });
});

describe('precision', () => {
  const gpu = { backend: 'webgpu', half: true } as const;
  it('is float32 but for large towers on GPUs that have half floats', () => {
    expect(choosePrecision(VIT_B_32, gpu)).toBe('float32');
    expect(choosePrecision(L14, gpu)).toBe('float16');
    expect(choosePrecision(L14, { ...gpu, half: false })).toBe('float32');
    expect(choosePrecision(L14, { backend: 'wasm', half: true })).toBe('float32');
  });

  it('is what was asked for, or a sentence', () => {
    expect(choosePrecision(VIT_B_32, gpu, 'float16')).toBe('float16');
    expect(choosePrecision(L14, gpu, 'float32')).toBe('float32');
    expect(() => choosePrecision(L14, { ...gpu, half: false }, 'float16')).toThrow(/shader-f16/);
    expect(() => choosePrecision(L14, { backend: 'wasm', half: false }, 'float16')).toThrow(/float32 anyway/);
  });
});

describe('before a model is started', () => {
  const wasm = { info: { provider: 'wasm', threads: 2 } } as const;

  it('says what it will take on the opened device', () => {
    const plan = requireFit(L14, wasm)!;
    expect(plan.secondsPerImage).toBeGreaterThan(1);
    expect(plan).toEqual(planRun(L14, { backend: 'wasm', threads: 2 }));
    const gpu = { info: { provider: 'webgpu', threads: 1 }, half: true, limits: DEFAULT_LIMITS } as const;
    expect(requireFit(L14, gpu)).toMatchObject({ precision: 'float16', secondsPerImage: undefined });
    expect(requireFit(L14, gpu, { precision: 'float32' })).toMatchObject({ precision: 'float32' });
  });

  it('refuses in the words of the plan', () => {
    expect(() => requireFit(GIGANTIC, wasm)).toThrow(/page has 4 GB at most.*command line/);
    expect(() => requireFit(L14, wasm, { precision: 'float16' })).toThrow(/float32 anyway/);
    const tight = { maxBufferSize: 2 ** 20, maxStorageBufferBindingSize: 2 ** 20 };
    const gpu = { info: { provider: 'webgpu', threads: 1 }, limits: tight } as const;
    expect(() => requireFit(VIT_B_32, gpu)).toThrow(/does not fit the buffers/);
  });

  it('knows nothing of a model without an image tower', () => {
    expect(requireFit({ dim: 512 }, wasm)).toBeUndefined();
  });
});

describe('what one block takes', () => {
  const vision = L14.vision!;
  const alone = (images: number, block: number, budget: number) =>
    groupsWithin(budget, vision, images, [block])[0]!.fits;

  it('is known of its paths', () => {
    expect(pathBytes(base, 0)).toBe(4 * 3072 * 132 * (132 + 64));
    expect(pathBytes(vision, 0)).toBeGreaterThan(2.5e9);
    expect(() => requirePaths(base, 0)).not.toThrow();
    expect(() => requirePaths(vision, 14)).not.toThrow();
    expect(() => requirePaths(vision, 0)).toThrow(/block 0 take 2\.6 GB at once: choose a block from 14 on/);
    expect(() => requirePaths(base, 0, DEFAULT_LIMITS)).toThrow(/choose a block from 3 on/);
    expect(() => requirePaths(base, 3, DEFAULT_LIMITS)).not.toThrow();
  });

  it('decides how far its set is recalled: where three looks cannot be, beyond the budget', () => {
    const budget = 384 * 2 ** 20;
    expect(alone(2000, 0, budget)).toBe(true); // 2.9 GB, or 2.6 GB of paths
    expect(alone(2000, 13, budget)).toBe(true);
    expect(alone(2000, 14, budget)).toBe(false); // three looks do
    expect(alone(3000, 0, budget)).toBe(false);
    expect(groupsWithin(budget, base, 2000, [0, 1])).toEqual([
      { blocks: [0], fits: true },
      { blocks: [1], fits: true },
    ]);
  });

  it('refuses a set for which nothing is left, before its first picture', async () => {
    const inputs = { tower: { config: vision }, pixels: { count: 3000 }, budget: 2 ** 28 };
    const analysis = analyseBlocks(inputs as unknown as AnalyseInputs, [14, 0], { topK: 9, listed: 1 }, {});
    await expect(analysis.next()).rejects.toThrow(/^Block 0 of this model can be analysed on 2251 pictures/);
  });
});
