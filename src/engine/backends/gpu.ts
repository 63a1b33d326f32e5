import { LensError } from '../../errors.ts';

export interface Gpu {
  readonly device: GPUDevice;
  /** The adapter's own words, e.g. "nvidia hopper". */
  readonly adapter: string;
  readonly software: boolean;
  /** Resolves with a `device-lost` error when the device goes away by itself. */
  readonly lost: Promise<Error>;
}

/**
 * A GPU device with all the adapter's limits: WebGPU's defaults (128 MiB a binding) are too small for
 * real models.
 * @throws LensError `unavailable` saying why there is none
 */
export async function openGpu(): Promise<Gpu> {
  if (!globalThis.navigator?.gpu) {
    throw new LensError('unavailable', 'This browser has no WebGPU.');
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new LensError('unavailable', 'The browser found no GPU it may use.');
  const device = await adapter
    .requestDevice({ requiredLimits: limitsOf(adapter), requiredFeatures: featuresOf(adapter) })
    .catch((cause: unknown) => {
      throw new LensError('unavailable', 'The GPU refused to open.', { cause });
    });
  const { vendor, architecture, description } = adapter.info;
  return {
    device,
    adapter: [vendor, architecture].filter(Boolean).join(' ') || description || 'unnamed GPU',
    software:
      adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|warp/i.test(`${architecture} ${description}`),
    lost: lossOf(device),
  };
}

/** Limits that ONNX Runtime's kernels and large weights profit from. */
function limitsOf(adapter: GPUAdapter): Record<string, number> {
  const { limits } = adapter;
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
    maxComputeWorkgroupSizeZ: limits.maxComputeWorkgroupSizeZ,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
  };
}

const featuresOf = (adapter: GPUAdapter): GPUFeatureName[] =>
  (['shader-f16', 'subgroups'] as GPUFeatureName[]).filter((feature) => adapter.features.has(feature));

async function lossOf(device: GPUDevice): Promise<Error> {
  const loss = await device.lost;
  if (loss.reason === 'destroyed') return new Promise<Error>(() => {}); // by us, on dispose
  return new LensError(
    'device-lost',
    `The GPU went away${loss.message ? ` (${loss.message})` : ''}. Try again; the model is opened anew.`,
  );
}
