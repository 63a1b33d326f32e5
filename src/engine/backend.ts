import type { InferenceSession, Tensor } from 'onnxruntime-common';

/** Where the arithmetic happens. `cpu` and `cuda` are onnxruntime-node's, `wasm` browsers', `webgpu` either's. */
export type Provider = 'webgpu' | 'wasm' | 'cpu' | 'cuda';

/** Of matrix products; statistics, softmax, coefficients and embeddings are float32 in either. */
export type Precision = 'float32' | 'float16';

/** What the screen says about the machine: the truth about where the numbers come from. */
export interface BackendInfo {
  readonly provider: Provider;
  /** The GPU's own words for itself, e.g. "nvidia hopper"; empty off the GPU. */
  readonly adapter: string;
  /** True when the GPU is a software emulation. */
  readonly software: boolean;
  readonly threads: number;
  /** False in a page without COOP/COEP headers: WASM then has one thread. */
  readonly crossOriginIsolated: boolean;
  readonly precision: Precision;
  readonly runtime: string;
  /** Why a better provider was not taken, in a sentence; undefined when the best one runs. */
  readonly fallbackReason?: string;
}

/** A graph of ours: model bytes, plus the weight files its external data points into. */
export interface Graph {
  readonly name: string;
  readonly model: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export type Feeds = Readonly<Record<string, Tensor>>;
export type Results = Readonly<Record<string, Tensor>>;

export interface SessionOptions {
  /** Outputs that stay in a GPU's memory. */
  readonly keepOnDevice?: readonly string[] | undefined;
  /**
   * Whether the session keeps its working memory between runs, until it is released. Where it does not, a processor spends up to a
   * tenth of a run with many outputs on asking for the same pages again.
   */
  readonly keepMemory?: boolean | undefined;
}

export interface Session {
  /** Runs the graph. Outputs named in `keepOnDevice` at creation stay in GPU memory: dispose them. */
  run(feeds: Feeds): Promise<Results>;
  release(): Promise<void>;
}

/** ONNX Runtime on one device. One file a backend; nothing above this interface knows which. */
export interface Backend {
  readonly info: BackendInfo;
  /** Whether matrix products in half precision are to be had: a GPU with `shader-f16`. */
  readonly half?: boolean;
  /** Most bytes of one buffer; undefined off the GPU. */
  readonly limits?: { readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number };
  tensor(type: 'float32', data: Float32Array, dims: readonly number[]): Tensor;
  tensor(type: 'int64', data: BigInt64Array, dims: readonly number[]): Tensor;
  session(graph: Graph, options?: SessionOptions): Promise<Session>;
  /** Resolves with a LensError tagged `device-lost` if the GPU goes away; never on CPU. */
  readonly lost: Promise<Error>;
  dispose(): Promise<void>;
}

export type { InferenceSession, Tensor };
