import type { OnnxGraph } from '../../clip/graph/onnx.ts';
import type { BlockPaths } from '../../lens/paths.ts';
import type { Backend, Results, Tensor } from '../backend.ts';
import { requirePaths } from '../checks/plan.ts';
import { orCancelled } from '../running/breathe.ts';
import type { Scheduler } from '../running/scheduler.ts';
import type { Sessions } from '../running/sessions.ts';
import {
  activationsGraph,
  alongGraph,
  effectsGraph,
  INPUTS,
  normsGraph,
  pathsGraph,
  RESULTS,
  stackedProjections,
  sumGraph,
} from './blockGraphs.ts';

/**
 * Floats of U in one range of neurons. Small ranges keep a processor's caches warm and the process small;
 * a GPU wants fewer, larger ones, since each is a round trip.
 */
const RANGE_FLOATS = { cpu: 2 ** 18, wasm: 2 ** 18, webgpu: 2 ** 21, cuda: 2 ** 21 } as const;

/** z [R, N, d_h], G [N, R, R] and B [R·d_h, D] of a block: what its passes need of the weights. */
interface Inner {
  readonly compact: Float32Array;
  readonly gram: Float32Array;
  readonly projections: Float32Array;
}

/** A batch to measure: c and its 100/(s‖r‖), and what is taken off or added. */
export interface Measured {
  /** c [B, R, N] */
  readonly coefficients: Tensor;
  /** [B] */
  readonly scales: Float32Array;
  /** [R, N] taken off ĉ. */
  readonly pivot: Float32Array;
  /** ε [B, D] */
  readonly shared: Float32Array;
}

/** A mean that is not the pivot's: m_n [N, D] is added to every effect; `along` is U_n·m_n [R, N]. */
export interface Offset {
  readonly vectors: Float32Array;
  readonly along: Float32Array;
}

/** What the direction of neuron `index` is made from. */
export interface NeuronVectors {
  readonly index: number;
  /** U_n [R, D] */
  readonly vectors: Float32Array;
  /** G_n [R, R] */
  readonly gram: Float64Array;
  /** U_n·basisᵀ [R, Q] */
  readonly cross: Float64Array;
}

/**
 * The passes over one block's coefficients, on the device. All but {@link prepare} and {@link vectors}
 * must be called inside a scheduler step.
 */
export class BlockPasses {
  readonly paths: BlockPaths;
  readonly #backend: Backend;
  readonly #sessions: Sessions;
  readonly #scheduler: Scheduler;
  #inner: Promise<void> | undefined;
  #ready: Inner | undefined;

  constructor(paths: BlockPaths, backend: Backend, sessions: Sessions, scheduler: Scheduler) {
    this.paths = paths;
    this.#backend = backend;
    this.#sessions = sessions;
    this.#scheduler = scheduler;
  }

  /** Blocks after this one, ascending. */
  get laterBlocks(): number[] {
    return [...new Set(this.paths.heads.map((head) => head.block))];
  }

  /**
   * Computes z and G of all neurons, once for all who ask: a cancel of one of them does not end it.
   * @throws LensError `out-of-memory` for a block with so many later heads that they would not fit
   */
  async prepare(signal?: AbortSignal): Promise<void> {
    const { block, neurons, width, heads } = this.paths;
    const later = this.laterBlocks.length;
    const sizes = { layers: block + 1 + later, heads: heads.length / later, neurons, width };
    requirePaths(sizes, block, this.#backend.limits);
    this.#inner ??= this.#computeInner().then((inner) => {
      this.#ready = inner;
    });
    this.#inner.catch(() => {
      this.#inner = undefined;
    });
    await orCancelled(this.#inner, signal);
  }

  /** Σ ĉ over the batch, [R, N]. */
  async sum(coefficients: Tensor, scales: Float32Array): Promise<Float32Array> {
    const results = await this.#run('sum', () => sumGraph(this.paths), {
      [INPUTS.coefficients]: coefficients,
      [INPUTS.scales]: this.#scales(scales),
    });
    return floats(results, RESULTS.sums);
  }

  /** Norms [B, N] of the centred effects, and δ [N, B, R]. */
  async norms(batch: Measured, offset?: Offset): Promise<{ norms: Float32Array; centred: Float32Array }> {
    const { neurons, dim } = this.paths;
    const graph = (): OnnxGraph => normsGraph(this.paths, this.#prepared(), offset !== undefined);
    const results = await this.#run(offset ? 'norms with offset' : 'norms', graph, {
      ...this.#measured(batch),
      ...(offset && {
        [INPUTS.vectors]: this.#tensor(offset.vectors, [neurons, dim]),
        [INPUTS.along]: this.#perHead(offset.along),
      }),
    });
    return { norms: floats(results, RESULTS.norms), centred: floats(results, RESULTS.centred) };
  }

  /** x [B, N] along directions [N, D], with `along` = U_n·r_n [R, N]. */
  async activations(
    batch: Measured & { along: Float32Array; directions: Float32Array },
  ): Promise<Float32Array> {
    const { neurons, dim } = this.paths;
    const results = await this.#run('activations', () => activationsGraph(this.paths), {
      ...this.#measured(batch),
      [INPUTS.along]: this.#perHead(batch.along),
      [INPUTS.directions]: this.#tensor(batch.directions, [neurons, dim]),
    });
    return floats(results, RESULTS.activations);
  }

  /** ĉ [R, N] · U + e [D] → effects [N, D]. */
  async effects(coefficients: Float32Array, shared: Float32Array): Promise<Float32Array> {
    const results = await this.#run('effects', () => effectsGraph(this.paths, this.#prepared()), {
      [INPUTS.coefficients]: this.#perHead(coefficients),
      [INPUTS.shared]: this.#tensor(shared, [1, this.paths.dim]),
    });
    return floats(results, RESULTS.effects);
  }

  /** v [N, D] → U_n·v_n [R, N]. */
  async along(vectors: Float32Array): Promise<Float32Array> {
    const results = await this.#run('along', () => alongGraph(this.paths, this.#prepared()), {
      [INPUTS.vectors]: this.#tensor(vectors, [this.paths.neurons, this.paths.dim]),
    });
    return floats(results, RESULTS.along);
  }

  /** U, G and U·basisᵀ of every neuron in turn. U of all neurons at once would not fit. */
  async *vectors(signal?: AbortSignal): AsyncGenerator<NeuronVectors> {
    const { heads, dim, shared } = this.paths;
    const { gram } = this.#prepared();
    const size = heads.length;
    const graph = (): OnnxGraph => pathsGraph(this.paths, this.#prepared().projections, 'vectors');
    for (const { from, to } of this.#ranges()) {
      const results = await this.#scheduler.run(
        'long',
        () => this.#run('vectors', graph, this.#writes(from, to)),
        signal,
      );
      const vectors = floats(results, RESULTS.vectors);
      const cross = floats(results, RESULTS.cross);
      for (let index = from; index < to; index++) {
        const at = index - from;
        yield {
          index,
          vectors: part(vectors, at, size * dim),
          gram: Float64Array.from(part(gram, index, size * size)),
          cross: Float64Array.from(part(cross, at, size * shared.rank)),
        };
      }
    }
  }

  async #computeInner(): Promise<Inner> {
    const { neurons, heads, headSize } = this.paths;
    const size = heads.length;
    const projections = stackedProjections(this.paths);
    const compact = new Float32Array(size * neurons * headSize);
    const gram = new Float32Array(neurons * size * size);
    const graph = (): OnnxGraph => pathsGraph(this.paths, projections, 'inner');
    for (const { from, to } of this.#ranges()) {
      const step = () => this.#run('inner', graph, this.#writes(from, to));
      const results = await this.#scheduler.run('long', step);
      gram.set(floats(results, RESULTS.gram), from * size * size);
      const z = floats(results, RESULTS.compact); // [R, n, d_h]
      const row = (to - from) * headSize;
      for (let r = 0; r < size; r++) compact.set(part(z, r, row), (r * neurons + from) * headSize);
    }
    return { compact, gram, projections };
  }

  #prepared(): Inner {
    if (!this.#ready) throw new Error('prepare() the passes of a block before using them');
    return this.#ready;
  }

  #ranges(): { from: number; to: number }[] {
    const { neurons, heads, dim } = this.paths;
    const floats = RANGE_FLOATS[this.#backend.info.provider];
    const size = Math.max(1, Math.min(neurons, Math.floor(floats / (heads.length * dim))));
    return Array.from({ length: Math.ceil(neurons / size) }, (_, i) => ({
      from: i * size,
      to: Math.min(neurons, (i + 1) * size),
    }));
  }

  async #run(name: string, graph: () => OnnxGraph, feeds: Record<string, Tensor>): Promise<Results> {
    const session = await this.#sessions.get({ key: `${name} of block ${this.paths.block}`, graph });
    return session.run(feeds);
  }

  #writes(from: number, to: number): Record<string, Tensor> {
    const { writes, width } = this.paths;
    return { [INPUTS.writes]: this.#tensor(writes.subarray(from * width, to * width), [to - from, width]) };
  }

  #measured({ coefficients, scales, pivot, shared }: Measured): Record<string, Tensor> {
    return {
      [INPUTS.coefficients]: coefficients,
      [INPUTS.scales]: this.#scales(scales),
      [INPUTS.pivot]: this.#perHead(pivot),
      [INPUTS.shared]: this.#tensor(shared, [scales.length, this.paths.dim]),
    };
  }

  #scales(scales: Float32Array): Tensor {
    return this.#tensor(scales, [scales.length, 1, 1]);
  }

  #perHead(values: Float32Array): Tensor {
    return this.#tensor(values, [this.paths.heads.length, this.paths.neurons]);
  }

  #tensor(data: Float32Array, shape: readonly number[]): Tensor {
    return this.#backend.tensor('float32', data, shape);
  }
}

const floats = (results: Results, name: string): Float32Array => results[name]!.data as Float32Array;

/** The `index`-th run of `size` numbers. */
const part = (values: Float32Array, index: number, size: number): Float32Array =>
  values.subarray(index * size, (index + 1) * size);
