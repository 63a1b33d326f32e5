import { GraphBuilder, type OnnxGraph, type Value } from '../../clip/graph/onnx.ts';
import type { Atoms, FindStrongest, Strongest } from '../../lens/sparseCode.ts';
import type { Backend, Session } from '../backend.ts';
import type { Priority, Scheduler } from '../running/scheduler.ts';

/** Rows of one weight: well below the 128 MiB that every GPU can bind at once. */
const PART_BYTES = 64 * 2 ** 20;

/**
 * Matching pursuit's heavy step on a device: residuals [B, D] → for each the strongest atom of a pool [P, D]. The
 * atoms go there once (30,000 of 512 numbers are 61 MB); of the B·P products two numbers in {@link GROUP} come back.
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
    return strongestOfGroups(
      results[MAXIMA]!.data as Float32Array,
      results[PLACES]!.data as BigInt64Array,
      shape[0]!,
    );
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
const MAXIMA = 'maxima';
const PLACES = 'places';
/** A GPU looks for a maximum with one thread a row: rows of so many atoms keep all its threads busy. */
const GROUP = 256;

/** Residuals [B, D] → in every group of atoms the largest |product| and its place in the group, [B, groups] each. */
export function strongestGraph({ vectors, count, dim }: Atoms, partBytes = PART_BYTES): OnnxGraph {
  const g = new GraphBuilder('strongest atoms');
  const residuals = g.input(RESIDUALS, 'float32', ['B', dim]);
  const files = new Map<string, Uint8Array>();
  const products: Value[] = [];
  const add = (part: Float32Array): void => {
    const file = `atoms_${products.length}`;
    files.set(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    const place = { file, offset: 0, length: part.byteLength };
    const weight = g.external(file, 'float32', [part.length / dim, dim], place);
    products.push(g.op('Gemm', [residuals, weight], { transB: 1 }));
  };
  const groups = Math.ceil(count / GROUP);
  const whole = count - (count % GROUP);
  const rows = GROUP * Math.max(1, Math.floor(partBytes / (4 * dim * GROUP)));
  for (let from = 0; from < whole; from += rows) {
    add(vectors.subarray(from * dim, Math.min(whole, from + rows) * dim));
  }
  if (whole < count) {
    const rest = new Float32Array(GROUP * dim); // filled up with zeros, which no residual points to
    rest.set(vectors.subarray(whole * dim, count * dim));
    add(rest);
  }
  const all = products.length > 1 ? g.op('Concat', products, { axis: 1 }) : products[0]!;
  const sizes = g.op('Reshape', [g.op('Abs', [all]), g.ints(-1, groups, GROUP)]);
  g.output(MAXIMA, g.op('ReduceMax', [sizes], { axes: [2], keepdims: 0 }), 'float32', ['B', groups]);
  g.output(PLACES, g.op('ArgMax', [sizes], { axis: 2, keepdims: 0 }), 'int64', ['B', groups]);
  return g.build(files);
}

/** The largest of all groups, the first of several, for each of B residuals. */
export function strongestOfGroups(maxima: Float32Array, places: BigInt64Array, batch: number): Strongest {
  const groups = maxima.length / batch;
  const atoms = new Int32Array(batch);
  const strengths = new Float32Array(batch);
  for (let b = 0; b < batch; b++) {
    let best = 0;
    for (let group = 1; group < groups; group++) {
      if (maxima[b * groups + group]! > maxima[b * groups + best]!) best = group;
    }
    atoms[b] = best * GROUP + Number(places[b * groups + best]!);
    strengths[b] = maxima[b * groups + best]!;
  }
  return { atoms, strengths };
}
