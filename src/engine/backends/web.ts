import runtimeUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { LensError } from '../../errors.ts';
import type { Backend, BackendInfo, Provider, Session } from '../backend.ts';
import { type Gpu, openGpu } from './gpu.ts';
import { keepAliveGraph } from './keepAlive.ts';
import { ortBackend, type Runtime } from './ortBackend.ts';
import { runtimeFile } from './runtimeBytes.ts';

export interface WebBackendOptions {
  /** Exactly this provider or an error; without it, WebGPU where there is a real GPU and WASM elsewhere. */
  readonly force?: Provider | undefined;
  /** WASM threads; the machine's unless told. Only one is possible without cross-origin isolation. */
  readonly threads?: number | undefined;
}

/**
 * onnxruntime-web, loaded when first asked for. Only to be called in an ES-module worker: the runtime
 * is imported dynamically because a static import would make each of its threads run our whole worker.
 * @throws LensError `unavailable` when a forced provider cannot be had
 */
export async function webBackend(options: WebBackendOptions = {}): Promise<Backend> {
  const { force } = options;
  if (force === 'cpu' || force === 'cuda') {
    throw new LensError('unavailable', `backend=${force} is for the command line; use webgpu or wasm here.`);
  }
  if (force === 'wasm') return wasmBackend(options, undefined);
  try {
    return await gpuBackend(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (force === 'webgpu') {
      throw new LensError('unavailable', `backend=webgpu was asked for, but: ${reason}`, { cause });
    }
    return wasmBackend(options, `${reason.replace(/\.$/, '')}, so the processor does the work.`);
  }
}

async function gpuBackend(options: WebBackendOptions): Promise<Backend> {
  const gpu: Gpu = await openGpu();
  if (gpu.software && options.force !== 'webgpu') {
    // An emulated GPU is the same processor by a longer way: WASM is far faster there.
    gpu.device.destroy();
    throw new LensError('unavailable', 'The browser only emulates a GPU in software.');
  }
  const { runtime, base } = await loadRuntime(options);
  let keptAlive: Session | undefined;
  const backend = ortBackend(runtime, {
    info: { ...base, provider: 'webgpu', adapter: gpu.adapter, software: gpu.software },
    session: { executionProviders: [{ name: 'webgpu', device: gpu.device }], logSeverityLevel: 3 },
    keepsOutputs: true,
    half: gpu.device.features.has('shader-f16'),
    limits: gpu.device.limits,
    lost: gpu.lost,
    dispose: async () => {
      await keptAlive?.release();
      gpu.device.destroy();
    },
  });
  // Releasing the last GPU session drops every compiled shader: hold one for the backend's lifetime.
  keptAlive = await backend.session(keepAliveGraph());
  return backend;
}

async function wasmBackend(options: WebBackendOptions, fallbackReason: string | undefined): Promise<Backend> {
  const { runtime, base } = await loadRuntime(options);
  return ortBackend(runtime, {
    info: { ...base, ...(fallbackReason ? { fallbackReason } : {}) },
    session: { executionProviders: ['wasm'], logSeverityLevel: 3 },
  });
}

/**
 * Has the runtime fetched and compiled ahead of `webBackend`, which asks for it again if that fails.
 * @throws LensError `unavailable`
 */
export async function prepareRuntime(options: WebBackendOptions): Promise<void> {
  await started(options);
}

const threadsFor = ({ threads }: WebBackendOptions): number =>
  globalThis.crossOriginIsolated === true ? (threads ?? navigator.hardwareConcurrency ?? 1) : 1;

async function loadRuntime(
  options: WebBackendOptions,
): Promise<{ runtime: Runtime; base: Omit<BackendInfo, 'fallbackReason'> }> {
  const ort = await started(options);
  return {
    runtime: ort as unknown as Runtime,
    base: {
      provider: 'wasm',
      adapter: '',
      software: false,
      threads: threadsFor(options),
      crossOriginIsolated: globalThis.crossOriginIsolated === true,
      precision: 'float32',
      runtime: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`,
    },
  };
}

type OnnxRuntime = typeof import('onnxruntime-web/webgpu');

/** A worker has one runtime, whatever backends it opens. */
let starting: Promise<OnnxRuntime> | undefined;

function started(options: WebBackendOptions): Promise<OnnxRuntime> {
  starting ??= startRuntime(threadsFor(options)).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

/**
 * The runtime with its WebAssembly running: ONNX Runtime starts that with its first session.
 * @throws LensError `unavailable`
 */
async function startRuntime(threads: number): Promise<OnnxRuntime> {
  const [ort, file] = await Promise.all([
    import('onnxruntime-web/webgpu').catch((cause: unknown) => {
      throw new LensError('unavailable', 'The numeric runtime (onnxruntime-web) could not be loaded.', {
        cause,
      });
    }),
    runtimeFile(runtimeUrl),
  ]);
  const { wasm } = ort.env;
  ort.env.logLevel = 'error';
  wasm.numThreads = threads; // has effect before the first session only
  if (file.kind === 'address') wasm.wasmPaths = { wasm: file.address };
  else wasm.wasmBinary = file.bytes;
  try {
    const first = await ort.InferenceSession.create(keepAliveGraph().model, { executionProviders: ['wasm'] });
    await first.release();
  } catch (cause) {
    throw new LensError('unavailable', 'The numeric runtime could not be started. Load the page again.', {
      cause,
    });
  }
  if (file.kind === 'bytes') {
    wasm.wasmBinary = undefined;
    structuredClone(file.bytes, { transfer: [file.bytes] }); // they are compiled: gives their memory back
  }
  return ort;
}
