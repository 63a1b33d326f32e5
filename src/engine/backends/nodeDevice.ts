import { LensError } from '../../errors.ts';

/** Where onnxruntime-node can run a model. */
export type NodeDevice = 'cpu' | 'cuda' | 'webgpu';

/** `auto`: the first GPU that works, else the processor. */
export type DeviceWish = NodeDevice | 'auto';

/** GPUs in the order they are tried. */
const GPUS = ['cuda', 'webgpu'] as const;
type Gpu = (typeof GPUS)[number];

const NAMES: Readonly<Record<Gpu, string>> = { cuda: 'CUDA', webgpu: 'WebGPU' };

const INSTALL: Readonly<Record<Gpu, string>> = {
  cuda:
    'CUDA takes 64-bit Linux, an NVIDIA driver, CUDA 12 with cuDNN 9, and ONNX Runtime’s libraries for it: ' +
    'npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12',
  webgpu: 'WebGPU takes a GPU with a driver for Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS)',
};

/** How a device did on a product of matrices. */
export interface Probe {
  /** Largest difference from the processor, as a share of the typical size. */
  readonly deviation: number;
  /** Its time as a share of the processor's. */
  readonly slowness: number;
}

export interface Devices {
  /** What this build of ONNX Runtime knows. */
  readonly supported: readonly string[];
  /** Whether the machine shows any GPU; if not, `auto` does not look for one. */
  readonly showsGpu: boolean;
  /** Opens a device and tries it. Throws what ONNX Runtime throws. */
  probe(device: Gpu): Promise<Probe>;
}

export interface DeviceChoice {
  readonly device: NodeDevice;
  /** True where a device is so slow that it must be emulated by the processor: only if it was asked for. */
  readonly software: boolean;
  /** Why no GPU is used, in a sentence that says nothing of this machine's folders; undefined where one is, or none was wanted. */
  readonly reason?: string;
}

/** Largest deviation of float32: products of reduced precision (TF32) are a hundred times off. */
const MOST_DEVIATION = 2e-5;
/** A GPU is never this much slower than the processor beside it; one that the processor emulates is. */
const MOST_SLOWNESS = 4;

/**
 * Chooses where a model runs.
 * @throws LensError `unavailable` for a device asked for by name that is not there or computes wrongly, with what it takes
 */
export async function chooseDevice(wish: DeviceWish, devices: Devices): Promise<DeviceChoice> {
  if (wish === 'cpu') return { device: 'cpu', software: false };
  if (wish !== 'auto') {
    const found = await tried(wish, devices);
    if (found.probe) return { device: wish, software: found.probe.slowness > MOST_SLOWNESS };
    throw new LensError('unavailable', `--device ${wish}: ${found.why}. ${INSTALL[wish]}.`, {
      cause: found.cause,
    });
  }
  if (!devices.showsGpu) return processor('this machine shows no GPU');
  const reasons: string[] = [];
  for (const gpu of GPUS) {
    const { probe, why } = await tried(gpu, devices);
    if (probe && probe.slowness <= MOST_SLOWNESS) return { device: gpu, software: false };
    reasons.push(probe ? `${NAMES[gpu]} is emulated by the processor` : why);
  }
  return processor(reasons.join(', and '));
}

/** The processor in the place of a GPU that was wanted, and why. */
export function processor(why: string): DeviceChoice {
  const sentence = `${why[0]!.toUpperCase()}${why.slice(1)}, so the processor does the work.`;
  return { device: 'cpu', software: false, reason: sentence };
}

type Tried =
  | { readonly probe: Probe; readonly why: ''; readonly cause?: undefined }
  | { readonly probe?: undefined; readonly why: string; readonly cause?: unknown };

async function tried(gpu: Gpu, { supported, probe }: Devices): Promise<Tried> {
  if (!supported.includes(gpu)) return { why: `this build of ONNX Runtime has no ${NAMES[gpu]}` };
  try {
    const found = await probe(gpu);
    if (found.deviation <= MOST_DEVIATION) return { probe: found, why: '' };
    return { why: `${NAMES[gpu]} computes less exactly than float32 does` };
  } catch (cause) {
    return { why: `${NAMES[gpu]} could not be started`, cause };
  }
}
