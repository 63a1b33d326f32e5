import type { InferenceSession } from 'onnxruntime-common';
import { LensError } from '../../errors.ts';
import type { Backend, BackendInfo, Graph, Results, Session, SessionOptions, Tensor } from '../backend.ts';

/** What Node's and the browser's package of ONNX Runtime have in common, as far as we use it. */
export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'int64',
    data: Float32Array | BigInt64Array,
    dims: readonly number[],
  ) => Tensor;
}

export interface OrtOptions {
  readonly info: BackendInfo;
  /** Execution providers, threads and the like: everything but the external data and output places. */
  readonly session: InferenceSession.SessionOptions;
  /** Whether outputs may stay in a GPU's memory; where not, all come back to the processor's. */
  readonly keepsOutputs?: boolean;
  readonly half?: boolean;
  readonly limits?: Backend['limits'];
  readonly lost?: Promise<Error>;
  readonly dispose?: () => Promise<void>;
}

const NEVER = new Promise<Error>(() => {});

/** A {@link Backend} over either package of ONNX Runtime; the two files beside this one choose its options. */
export function ortBackend(runtime: Runtime, options: OrtOptions): Backend {
  function tensor(type: 'float32', data: Float32Array, dims: readonly number[]): Tensor;
  function tensor(type: 'int64', data: BigInt64Array, dims: readonly number[]): Tensor;
  function tensor(
    type: 'float32' | 'int64',
    data: Float32Array | BigInt64Array,
    dims: readonly number[],
  ): Tensor {
    return new runtime.Tensor(type, data, dims);
  }

  async function session(graph: Graph, wishes: SessionOptions = {}): Promise<Session> {
    const externalData = [...graph.files].map(([path, data]) => ({ path, data }));
    const places = Object.fromEntries(
      (wishes.keepOnDevice ?? []).map((name) => [name, 'gpu-buffer' as const]),
    );
    const onGpu = options.keepsOutputs === true && Object.keys(places).length > 0;
    const created = await runtime.InferenceSession.create(graph.model, {
      ...options.session,
      ...(wishes.keepMemory ? { enableCpuMemArena: true } : {}),
      ...(externalData.length > 0 ? { externalData } : {}),
      ...(onGpu ? { preferredOutputLocation: places } : {}),
    }).catch((cause: unknown) => {
      throw asLensError(cause, `The graph ${graph.name} could not be prepared`);
    });
    return {
      async run(feeds) {
        try {
          return (await created.run(feeds)) as Results;
        } catch (cause) {
          throw asLensError(cause, `The graph ${graph.name} failed`);
        }
      },
      release: () => created.release(),
    };
  }

  return {
    info: options.info,
    half: options.half ?? false,
    ...(options.limits && { limits: options.limits }),
    tensor,
    session,
    lost: options.lost ?? NEVER,
    dispose: options.dispose ?? (async () => {}),
  };
}

const MEMORY =
  /out of memory|bad_alloc|failed to allocate|allocation failed|cannot enlarge memory|aborted\(\)/i;
const LOST = /device (is|was) lost|devicelost|device lost/i;

/**
 * ONNX Runtime throws plain errors and, from WebAssembly, bare numbers. Memory and device loss are
 * told apart by their words; the rest are bugs of ours and stay plain errors, with the graph named.
 */
function asLensError(cause: unknown, what: string): Error {
  const words = cause instanceof Error ? cause.message : String(cause);
  if (LOST.test(words)) {
    return new LensError('device-lost', `${what}: the GPU went away.`, { cause });
  }
  if (typeof cause === 'number' || cause instanceof RangeError || MEMORY.test(words)) {
    return new LensError(
      'out-of-memory',
      `${what}: not enough memory. Close other tabs or programs, or choose a smaller model or picture set.`,
      { cause },
    );
  }
  return new Error(`${what}: ${words}`, { cause });
}
