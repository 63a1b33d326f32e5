import { GraphBuilder, type OnnxGraph, type Value } from '../clip/graph/onnx.ts';
import type { Atoms, FindStrongest, Strongest } from '../lens/sparseCode.ts';
import type { Backend, Session } from './backend.ts';
import type { Priority, Scheduler } from './scheduler.ts';

/** Rows of one weight: well below the 128 MiB that every GPU can bind at once. */
const PART_BYTES = 64 * 2 ** 20;

/**
 * Matching pursuit's heavy step on a device: residuals [B, D] → for each the strongest atom of a pool [P, D]. The
 * atoms go there once (30,000 of 512 numbers are 61 MB); of the B·P products only two numbers a residual come back.
 * The last pool used stays.
 */
export class WordCorrelations {
  readonly #backend: Backend;
  readonly #scheduler: Scheduler;
  #kept: { readonly atoms: Atoms; readonly session: Promise<Session> } | undefined;

  constructor(backend: Backend, scheduler: Scheduler) {
    this.#backend = backend;
    this.#scheduler = scheduler;
  }

  /** A step for `sparseCodePaths`. Cancelled by the signal between two products. */
  strongest(priority: Priority, signal?: AbortSignal): FindStrongest {
    return (residuals, atoms) => this.#scheduler.run(priority, () => this.#run(residuals, atoms), signal);
  }

  /** Inside a step, or when no more will come. */
  async release(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.session.then(
      (session) => session.release(),
      () => {}, // it never was
    );
  }

  async #run(residuals: Float32Array, atoms: Atoms): Promise<Strongest> {
    const session = await this.#session(atoms);
    const shape = [residuals.length / atoms.dim, atoms.dim];
    const results = await session.run({ [RESIDUALS]: this.#backend.tensor('float32', residuals, shape) });
    return {
      atoms: Float64Array.from(results[ATOMS]!.data as BigInt64Array, Number),
      strengths: results[STRENGTHS]!.data as Float32Array,
    };
  }

  async #session(atoms: Atoms): Promise<Session> {
    if (this.#kept?.atoms !== atoms) {
      await this.release(); // first, so that both never lie in memory
      this.#kept = { atoms, session: this.#backend.session(strongestGraph(atoms)) };
    }
    try {
      return await this.#kept.session;
    } catch (error) {
      this.#kept = undefined;
      throw error;
    }
  }
}

const RESIDUALS = 'residuals';
const ATOMS = 'atoms';
const STRENGTHS = 'strengths';

/** Residuals [B, D] → the atom of largest |product| [B] and that size [B]. */
export function strongestGraph({ vectors, count, dim }: Atoms, partBytes = PART_BYTES): OnnxGraph {
  const g = new GraphBuilder('strongest atoms');
  const residuals = g.input(RESIDUALS, 'float32', ['B', dim]);
  const files = new Map<string, Uint8Array>();
  const rows = Math.max(1, Math.floor(partBytes / (4 * dim)));
  const products: Value[] = [];
  for (let from = 0; from < count; from += rows) {
    const part = vectors.subarray(from * dim, Math.min(count, from + rows) * dim);
    const file = `atoms_${from}`;
    files.set(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    const shape = [part.length / dim, dim];
    const weight = g.external(file, 'float32', shape, { file, offset: 0, length: part.byteLength });
    products.push(g.op('Gemm', [residuals, weight], { transB: 1 }));
  }
  const all = products.length > 1 ? g.op('Concat', products, { axis: 1 }) : products[0]!;
  const sizes = g.op('Abs', [all]);
  g.output(ATOMS, g.op('ArgMax', [sizes], { axis: 1, keepdims: 0 }), 'int64', ['B']);
  g.output(STRENGTHS, g.op('ReduceMax', [sizes], { axes: [1], keepdims: 0 }), 'float32', ['B']);
  return g.build(files);
}
