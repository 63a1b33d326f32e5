import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Backend, BackendInfo } from '../backend.ts';
import { chooseDevice, type DeviceChoice, type DeviceWish, type NodeDevice } from './nodeDevice.ts';
import { ortBackend, type Runtime } from './ortBackend.ts';
import { probeDevice } from './probe.ts';

export interface NodeBackendOptions {
  /** Threads of one operator on the processor; as many as there are cores unless told. */
  readonly threads?: number;
  /** Where to run; the processor unless told. */
  readonly device?: DeviceWish | undefined;
}

type NodeRuntime = Runtime & {
  readonly env: { readonly versions: { readonly node?: string; readonly common: string } };
  listSupportedBackends(): readonly { readonly name: string }[];
};

/**
 * onnxruntime-node, on the processor or a GPU.
 * @throws LensError as `chooseDevice`
 */
export async function nodeBackend({ threads, device = 'cpu' }: NodeBackendOptions = {}): Promise<Backend> {
  const runtime = (await import('onnxruntime-node')) as unknown as NodeRuntime;
  const cores = threads ?? availableParallelism();
  const choice = await chooseDevice(device, {
    supported: runtime.listSupportedBackends().map(({ name }) => name),
    showsGpu: showsGpu(),
    probe: (gpu) => probeDevice(backendOn(runtime, { device: gpu }, cores), backendOn(runtime, {}, cores)),
  });
  return backendOn(runtime, choice, cores);
}

/** Whether a GPU may be there. Linux shows each as a file; elsewhere there always may be one. */
function showsGpu(): boolean {
  if (process.platform !== 'linux') return true;
  const names = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  const inDev = names('/dev').some((name) => /^nvidia\d|^dxg$/.test(name));
  return inDev || names('/dev/dri').some((name) => name.startsWith('renderD'));
}

function backendOn(
  runtime: NodeRuntime,
  { device = 'cpu', software = false, reason }: Partial<DeviceChoice>,
  threads: number,
): Backend {
  if (device === 'cuda') process.env.NVIDIA_TF32_OVERRIDE ??= '0'; // else CUDA rounds float32 products to ten bits
  const info: BackendInfo = {
    provider: device,
    adapter: '',
    software,
    threads,
    crossOriginIsolated: false,
    precision: 'float32',
    runtime: `onnxruntime-node ${runtime.env.versions.node ?? runtime.env.versions.common}`,
    ...(reason !== undefined && { fallbackReason: reason }),
  };
  return ortBackend(runtime, { info, session: sessionOptions(device, threads) });
}

const sessionOptions = (device: NodeDevice, threads: number) => ({
  executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
  intraOpNumThreads: threads,
  logSeverityLevel: 3 as const,
  enableCpuMemArena: false, // it grows in powers of two: 50 MB more, and 4% less time
  extra: {
    session: {
      // Spinning threads of one session steal the cores of the next one's.
      intra_op: { allow_spinning: '0' },
      // Packed copies of the weights: 160 MB more for ViT-B/32, and 2% less time.
      disable_prepacking: '1',
    },
  },
});
