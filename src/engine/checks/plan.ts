import {
  type ClipConfig,
  type TextConfig,
  type TowerConfig,
  tokenCount,
  type VisionConfig,
} from '../../clip/config.ts';
import { LensError } from '../../errors.ts';
import type { Precision, Provider } from '../backend.ts';

/** What a GPU allows of one buffer; WebGPU promises no more than {@link DEFAULT_LIMITS}. */
export interface DeviceLimits {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
}

export const DEFAULT_LIMITS: DeviceLimits = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
};

export interface PlanOptions {
  readonly backend: Provider;
  /** float32 unless told: see {@link choosePrecision}. */
  readonly precision?: Precision;
  /** Of the processor; 1 unless told. */
  readonly threads?: number;
  readonly limits?: DeviceLimits;
  readonly batchSize?: number;
}

/** What running a model will take, before it is started. */
export interface RunPlan {
  readonly backend: Provider;
  readonly precision: Precision;
  /** Images a batch: what fits the device's buffers. */
  readonly batchSize: number;
  /** Bytes on the GPU; 0 off it. */
  readonly gpuBytes: number;
  /** Bytes of WebAssembly's memory, or of the process on `cpu`; on a GPU the little that stays outside. */
  readonly heapBytes: number;
  /** Floating-point operations of one image's forward pass. */
  readonly flopsPerImage: number;
  /** Estimated; undefined on a GPU, whose speed is not known before it runs. */
  readonly secondsPerImage: number | undefined;
  /** False when it cannot work; the sentences then say why, and what to use instead. */
  readonly fits: boolean;
  readonly sentences: readonly string[];
}

/** WebAssembly addresses 4 GiB, and the runtime itself wants some of it. */
const WASM_BYTES = 4 * 2 ** 30 - 128 * 2 ** 20;
/** Measured: 554 MB of heap for the 350 MB of ViT-B/32's image tower. */
const WASM_PER_WEIGHT = 1.6;
/** Measured on ViT-B/32, one thread of a 2020s server core: 318 ms (WASM), 8.8 GFLOP; Node's kernels are three times as fast. */
const FLOPS_PER_THREAD = { wasm: 27e9, cpu: 80e9 } as const;
/** An analysis' working set on the device: one range of neurons (`rangeAnalysis.ts`). */
const ANALYSIS_BYTES = 192 * 2 ** 20;
const RUNTIME_BYTES = 64 * 2 ** 20;
/** From here on a second image tower in memory is not worth its bytes. */
const LARGE_TOWER_BYTES = 900 * 2 ** 20;
const SMALL_TOWER_BYTES = 256 * 2 ** 20;
/** Image towers whose float32 weights are larger are run in half precision where the GPU can. */
const HALF_FROM_BYTES = 900 * 2 ** 20;
/** Floats of one batch's widest layers: keeps a batch of any model to some tens of megabytes. */
const BATCH_FLOATS = 4 * 2 ** 20;

/**
 * What a model's image tower (and the text tower, while texts are read) takes on a backend. Pure arithmetic on
 * the sizes: nothing is loaded or measured.
 * @throws LensError `unavailable` for a model without an image tower
 */
export function planRun(config: ClipConfig, options: PlanOptions): RunPlan {
  const { vision } = config;
  if (!vision) throw new LensError('unavailable', 'This model has no image tower.');
  const { backend, precision = 'float32', threads = 1, limits } = options;
  const wanted = options.batchSize ?? batchSizeOf(vision);
  const batchSize = backend === 'webgpu' ? batchWithin(vision, limits ?? DEFAULT_LIMITS, wanted) : wanted;
  const memory = memoryPlan(config, backend, precision, Math.max(1, batchSize));
  const flopsPerImage = imageFlops(vision);
  const onGpu = backend === 'webgpu' || backend === 'cuda';
  const seconds = onGpu ? undefined : flopsPerImage / (FLOPS_PER_THREAD[backend] * threads);
  const refusal = refusalOf(backend, memory.total, batchSize);
  return {
    backend,
    precision,
    batchSize: Math.max(1, batchSize),
    gpuBytes: onGpu ? memory.total : 0,
    heapBytes: onGpu ? RUNTIME_BYTES : memory.total,
    flopsPerImage,
    secondsPerImage: seconds,
    fits: refusal === undefined,
    sentences: refusal ?? costWords(backend, memory.total, seconds, threads),
  };
}

/** What of an opened device decides whether a model fits it; a `Backend` is one. */
export interface Device {
  readonly info: { readonly provider: Provider; readonly threads: number };
  readonly half?: boolean;
  readonly limits?: DeviceLimits;
}

/**
 * The plan of a model on an opened device, before anything is loaded onto it.
 * @returns undefined for a model without an image tower, of which nothing is known
 * @throws LensError `out-of-memory` in the plan's sentences when it cannot work; as {@link choosePrecision}
 */
export function requireFit(
  config: ClipConfig,
  { info, half, limits }: Device,
  asked: { readonly precision?: Precision | undefined; readonly batchSize?: number | undefined } = {},
): RunPlan | undefined {
  const backend = info.provider;
  const precision = choosePrecision(config, { backend, half: half ?? false }, asked.precision);
  if (!config.vision) return undefined;
  const plan = planRun(config, {
    backend,
    precision,
    threads: info.threads,
    ...(limits && { limits }),
    ...(asked.batchSize !== undefined && { batchSize: asked.batchSize }),
  });
  if (!plan.fits) throw new LensError('out-of-memory', plan.sentences.join(' '));
  return plan;
}

/** Bytes by what they are for. */
export interface MemoryPlan {
  readonly weights: number;
  readonly activations: number;
  /** Paths, coefficients and strongest effects of one range of neurons. */
  readonly analysis: number;
  readonly runtime: number;
  readonly total: number;
}

/** Bytes on the device for a batch of images, with as many towers in memory as {@link towersKept} allows. */
export function memoryPlan(
  config: ClipConfig,
  backend: Provider,
  precision: Precision,
  batch: number,
): MemoryPlan {
  const { vision } = config;
  if (!vision) throw new LensError('unavailable', 'This model has no image tower.');
  const each = precision === 'float16' && backend === 'webgpu' ? 2 : 4;
  const { width, layers } = vision;
  const kept = towersKept(config, precision, backend);
  const image = each * visionParameters(vision, config.dim);
  const text = config.text ? 4 * textParameters(config.text, config.dim) : 0; // float32 in either
  const towers = kept > 1 ? image + Math.max(image, text) : Math.max(image, text);
  const copies = backend === 'wasm' ? WASM_PER_WEIGHT : 1;
  const weights = towers * copies;
  const activations = 1.5 * 4 * batch * activationFloats(vision);
  const paths = 4 * (layers - 1) * (width * width + 2 * width * config.dim);
  const analysis = ANALYSIS_BYTES + paths;
  const total = weights + activations + analysis + RUNTIME_BYTES;
  return { weights, activations, analysis, runtime: RUNTIME_BYTES, total };
}

/** How many towers' sessions stay in memory: each holds a copy of its weights. */
export function towersKept(config: ClipConfig, precision: Precision, backend: Provider): number {
  const half = precision === 'float16' && backend === 'webgpu';
  const parameters = config.vision ? visionParameters(config.vision, config.dim) : 0;
  const bytes = parameters * (half ? 2 : 4);
  return bytes > LARGE_TOWER_BYTES ? 1 : bytes > SMALL_TOWER_BYTES ? 2 : 4;
}

/**
 * float32 unless told: published numbers are float32's, and half precision moves embeddings by some 1e-3.
 * Left to itself, a GPU with half floats runs towers beyond 900 MB of float32 weights (ViT-L/14, not ViT-B)
 * in half precision, since they would not fit many GPUs otherwise.
 * @throws LensError `unavailable` when half precision is asked for where it cannot be had or gains nothing
 */
export function choosePrecision(
  config: ClipConfig,
  device: { readonly backend: Provider; readonly half: boolean },
  asked?: Precision,
): Precision {
  if (asked === 'float16' && !device.half) {
    throw new LensError(
      'unavailable',
      device.backend === 'webgpu'
        ? 'This GPU has no half-precision arithmetic (shader-f16): choose float32.'
        : 'Half precision is for GPUs: a processor computes in float32 anyway, so choose float32.',
    );
  }
  if (asked) return asked;
  const bytes = config.vision ? 4 * visionParameters(config.vision, config.dim) : 0;
  return device.backend === 'webgpu' && device.half && bytes > HALF_FROM_BYTES ? 'float16' : 'float32';
}

/** Images a batch when nothing limits it: 8 for ViT-B/32, 2 for ViT-B/16, 1 for ViT-L/14, 32 for tiny models. */
export function batchSizeOf(vision: VisionConfig): number {
  const floats = tokenCount(vision) * (vision.neurons + 8 * vision.width);
  return Math.max(1, Math.min(32, Math.floor(BATCH_FLOATS / floats)));
}

export interface LargestBuffer {
  readonly what: 'neurons' | 'attention' | 'pixels' | 'weights';
  readonly bytes: number;
  readonly fits: boolean;
}

/** The largest single buffer of a batch on a device, in float32, and whether the device allows it. */
export function fitsLimits(vision: VisionConfig, batch: number, limits: DeviceLimits): LargestBuffer {
  const tokens = tokenCount(vision);
  const { width, heads, neurons, imageSize, patchSize } = vision;
  const sizes = [
    ['neurons', batch * tokens * Math.max(neurons, width)],
    ['attention', batch * heads * tokens * tokens],
    ['pixels', batch * 3 * imageSize * imageSize],
    ['weights', width * Math.max(neurons, width, 3 * patchSize * patchSize)],
  ] as const;
  const [what, floats] = sizes.reduce((a, b) => (b[1] > a[1] ? b : a));
  return { what, bytes: 4 * floats, fits: 4 * floats <= bindable(limits) };
}

/** The largest batch up to `wanted` that a device allows; 0 when not even one image fits. */
export function batchWithin(vision: VisionConfig, limits: DeviceLimits, wanted: number): number {
  for (let batch = wanted; batch >= 1; batch--) if (fitsLimits(vision, batch, limits).fits) return batch;
  return 0;
}

/** Most bytes of z and G, which lie in memory for as long as a block is at work. */
const PATHS_BYTES = 512 * 2 ** 20;

/** What of a model says how large one block's paths are. */
type PathSizes = Pick<VisionConfig, 'layers' | 'heads' | 'neurons' | 'width'>;

/** Bytes of z [R, N, d_h] and G [N, R, R] of all neurons of a block: 318 MB for block 0 of ViT-B/32, 2.6 GB of ViT-L/14. */
export function pathBytes({ layers, heads, neurons, width }: PathSizes, block: number): number {
  const rows = (layers - 1 - block) * heads;
  return 4 * neurons * rows * (rows + width / heads);
}

/** Whether all neurons' paths of a block can be held at once; the analysis of a recalled set needs no such thing. */
export function pathsFit(sizes: PathSizes, block: number, limits?: DeviceLimits): boolean {
  const gram = 4 * sizes.neurons * ((sizes.layers - 1 - block) * sizes.heads) ** 2;
  return pathBytes(sizes, block) <= PATHS_BYTES && (limits === undefined || gram <= bindable(limits));
}

/** @throws LensError `out-of-memory` unless {@link pathsFit}, naming the first block of which they do */
export function requirePaths(sizes: PathSizes, block: number, limits?: DeviceLimits): void {
  if (pathsFit(sizes, block, limits)) return;
  let first = block;
  while (!pathsFit(sizes, first, limits)) first++;
  const advice =
    first < sizes.layers - 1
      ? `choose a block from ${first} on, or a smaller model`
      : 'choose a smaller model';
  throw new LensError(
    'out-of-memory',
    `The paths of all neurons of block ${block} take ${gigabytes(pathBytes(sizes, block))} at once: ${advice}.`,
  );
}

/** Most bytes of one buffer that a kernel may read. */
export const bindable = (limits: DeviceLimits): number =>
  Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);

/** Multiply-adds count as two. The last block computes its CLS token alone but for keys and values. */
export function imageFlops(vision: VisionConfig): number {
  const { width, layers, neurons, patchSize } = vision;
  const tokens = tokenCount(vision);
  const dense = 4 * width * width + 2 * width * neurons;
  const block = tokens * dense + 2 * tokens * tokens * width;
  const last = 2 * tokens * width * width + dense - 2 * width * width + 2 * tokens * width;
  return 2 * ((tokens - 1) * width * 3 * patchSize * patchSize + (layers - 1) * block + last);
}

const blockParameters = ({ width, neurons }: TowerConfig): number =>
  4 * width * width + 2 * width * neurons + 9 * width + neurons;

export function visionParameters(vision: VisionConfig, dim: number): number {
  const { width, layers, patchSize } = vision;
  const ends = 3 * patchSize * patchSize * width + (tokenCount(vision) + 5 + dim) * width;
  return layers * blockParameters(vision) + ends;
}

export function textParameters(text: TextConfig, dim: number): number {
  const { width, layers, vocabularySize, contextLength } = text;
  return layers * blockParameters(text) + (vocabularySize + contextLength + 2 + dim) * width;
}

/** Floats of the widest layers of one image, live at the same time. */
function activationFloats(vision: VisionConfig): number {
  const tokens = tokenCount(vision);
  return tokens * (10 * vision.width + 3 * vision.neurons) + 3 * vision.heads * tokens * tokens;
}

function refusalOf(backend: Provider, bytes: number, batch: number): string[] | undefined {
  if (backend === 'wasm' && bytes > WASM_BYTES) {
    return [
      `This model needs ${gigabytes(bytes)} of WebAssembly memory, and a page has 4 GB at most.`,
      'Use a browser with WebGPU, the command line, or a smaller model such as ViT-B/32.',
    ];
  }
  if (backend === 'webgpu' && batch === 0) {
    return [
      'One picture of this model does not fit the buffers that this GPU allows.',
      'Run it on the processor (backend=wasm) or choose a smaller model such as ViT-B/32.',
    ];
  }
  return undefined;
}

function costWords(backend: Provider, bytes: number, seconds: number | undefined, threads: number): string[] {
  const where = { webgpu: 'GPU memory', cuda: 'GPU memory', wasm: 'WebAssembly memory', cpu: 'memory' }[
    backend
  ];
  const memory = `Needs about ${gigabytes(bytes)} of ${where}.`;
  if (seconds === undefined) return [memory];
  const on = threads === 1 ? 'one thread' : `${threads} threads`;
  return [
    memory,
    `Takes about ${secondsWords(seconds)} a picture on ${on}; analysing 1,000 pictures about ${minutesWords(1000 * seconds)}.`,
  ];
}

const gigabytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
const secondsWords = (seconds: number): string =>
  seconds < 1 ? `${Number(seconds.toPrecision(1))} s` : `${Number(seconds.toPrecision(2))} s`;
const minutesWords = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} minutes`;
