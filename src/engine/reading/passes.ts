import type { OnnxGraph } from '../../clip/graph/onnx.ts';
import type { BlockPaths } from '../../lens/paths.ts';
import { INPUTS, RESULTS } from '../analysis/blockGraphs.ts';
import type { Backend, Tensor } from '../backend.ts';
import type { Scheduler } from '../running/scheduler.ts';
import type { Sessions } from '../running/sessions.ts';
import { productGraph, writtenAlongGraph, writtenEffectsGraph } from './graphs.ts';

/** Floats of z in one range of writes; a GPU wants fewer, larger ranges. */
const RANGE_FLOATS = { cpu: 2 ** 20, wasm: 2 ** 20, webgpu: 2 ** 22, cuda: 2 ** 22 } as const;

/** What the passes over one picture run on. */
export interface ReadingDevice {
  readonly backend: Backend;
  readonly sessions: Sessions;
  readonly scheduler: Scheduler;
}

/** The heavy products of reading one picture, on the device, ahead of the next step of a long job. */
export class ReadingPasses {
  readonly #device: ReadingDevice;
  readonly #rangeFloats: number;

  constructor(device: ReadingDevice, rangeFloats: number = RANGE_FLOATS[device.backend.info.provider]) {
    this.#device = device;
    this.#rangeFloats = rangeFloats;
  }

  /**
   * ĉ·U + e of anything that writes to the stream as the block's neurons do, [n, D].
   * @param writes [n, W]
   * @param coefficients ĉ [R, n]
   * @param shared e [D]
   */
  async effects(
    paths: BlockPaths,
    writes: Float32Array,
    coefficients: Float32Array,
    shared: Float32Array,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { dim, heads } = paths;
    const count = writes.length / paths.width;
    const effects = new Float32Array(count * dim);
    await this.#inRanges(paths, count, signal, RESULTS.effects, writtenEffectsGraph, effects, (from, to) => ({
      [INPUTS.writes]: this.#rows(writes, paths.width, from, to),
      [INPUTS.coefficients]: this.#tensor(columns(coefficients, heads.length, from, to), [
        heads.length,
        to - from,
      ]),
      [INPUTS.shared]: this.#tensor(shared, [1, dim]),
    }));
    return effects;
  }

  /** U_n·v_n [N, R] of all neurons, for vectors v [N, D]. */
  async along(paths: BlockPaths, vectors: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
    const { writes, width, dim, neurons, heads } = paths;
    const along = new Float32Array(neurons * heads.length);
    await this.#inRanges(paths, neurons, signal, RESULTS.along, writtenAlongGraph, along, (from, to) => ({
      [INPUTS.writes]: this.#rows(writes, width, from, to),
      [INPUTS.vectors]: this.#rows(vectors, dim, from, to),
    }));
    return along;
  }

  /** a [m, k] · b [k, n] */
  product(a: Float32Array, b: Float32Array, k: number, signal?: AbortSignal): Promise<Float32Array> {
    const work = async (): Promise<Float32Array> => {
      const session = await this.#device.sessions.get({ key: 'product', graph: productGraph });
      const feeds = {
        a: this.#tensor(a, [a.length / k, k]),
        b: this.#tensor(b, [k, b.length / k]),
      };
      return (await session.run(feeds)).product!.data as Float32Array;
    };
    return this.#device.scheduler.run('short', work, signal);
  }

  /** Fills `result`, a row for each of `count`, range by range. */
  async #inRanges(
    paths: BlockPaths,
    count: number,
    signal: AbortSignal | undefined,
    output: string,
    graph: (paths: BlockPaths) => OnnxGraph,
    result: Float32Array,
    feeds: (from: number, to: number) => Record<string, Tensor>,
  ): Promise<void> {
    const { sessions, scheduler } = this.#device;
    const size = Math.max(1, Math.floor(this.#rangeFloats / (paths.heads.length * paths.headSize)));
    const each = result.length / count;
    const key = `${output} of anything written, block ${paths.block}`;
    for (let from = 0; from < count; from += size) {
      const to = Math.min(count, from + size);
      const work = async (): Promise<Float32Array> => {
        const session = await sessions.get({ key, graph: () => graph(paths) });
        return (await session.run(feeds(from, to)))[output]!.data as Float32Array;
      };
      result.set(await scheduler.run('short', work, signal), from * each);
    }
  }

  #rows(values: Float32Array, width: number, from: number, to: number): Tensor {
    return this.#tensor(values.subarray(from * width, to * width), [to - from, width]);
  }

  #tensor(data: Float32Array, shape: readonly number[]): Tensor {
    return this.#device.backend.tensor('float32', data, shape);
  }
}

/** Columns `from` … `to−1` of m [rows, n]. */
function columns(m: Float32Array, rows: number, from: number, to: number): Float32Array {
  const width = m.length / rows;
  if (from === 0 && to === width) return m;
  const part = new Float32Array(rows * (to - from));
  for (let r = 0; r < rows; r++) part.set(m.subarray(r * width + from, r * width + to), r * (to - from));
  return part;
}
