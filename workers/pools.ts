import { LensError } from '../src/errors.ts';
import {
  type AtomForm,
  type Atoms,
  prepareAtoms,
  type SparseCode,
  type SparseCodeOptions,
  sparseCode,
} from '../src/lens/sparseCode.ts';
import { FORGOTTEN_POOL } from './protocol.ts';

/** A pool of 30,000 texts is 60 MB, its atoms as much again a form. */
const KEPT_POOLS = 2;

/** Text pools by number, each with its atoms once they were asked for. */
export class Pools {
  readonly #pools = new Map<number, { embeddings: Float32Array; atoms: Map<AtomForm, Atoms> }>();

  add(pool: number, embeddings: Float32Array): void {
    this.#pools.set(pool, { embeddings, atoms: new Map() });
    for (const oldest of this.#pools.keys()) {
      if (this.#pools.size <= KEPT_POOLS) break;
      this.#pools.delete(oldest);
    }
  }

  /** @throws LensError `bad-request` for a pool not kept, or as the lens's `sparseCode` */
  sparseCode(direction: Float32Array, pool: number, options: SparseCodeOptions): SparseCode {
    const kept = this.#pools.get(pool);
    if (!kept) throw new LensError('bad-request', FORGOTTEN_POOL);
    const form = options.atoms;
    const atoms = kept.atoms.get(form) ?? prepareAtoms(kept.embeddings, direction.length, form);
    kept.atoms.set(form, atoms);
    return sparseCode(direction, atoms, options);
  }
}
