import { throwIfCancelled } from '../src/images/decode.ts';
import { type AtomForm, codeOfPath, prepareAtoms, sparseCodePaths } from '../src/lens/sparseCode.ts';
import type { JobOptions } from '../src/progress.ts';

/** Descriptions of N directions in at most m texts of a pool of P. */
export interface SparseCodes {
  readonly terms: number;
  /** [N, P] signed coefficients on the scaled atoms, zero where a text is not used. */
  readonly coefficients: Float32Array;
  /** [N] R² of the reconstructions. */
  readonly r2: Float32Array;
}

/** Directions that share a product with the pool; small enough that a Ctrl-C is heard soon. */
const TOGETHER = 32;

/**
 * Sparse codes of directions [N, D] over a pool [P, D], one for every number of terms: a shorter code
 * is the beginning of a longer one's pursuit, so all cost no more than the longest.
 * @throws LensError `cancelled`
 */
export async function sparseCodes(
  { directions, pool, dim }: { directions: Float32Array; pool: Float32Array; dim: number },
  terms: readonly number[],
  form: AtomForm,
  { signal, onProgress }: JobOptions,
): Promise<SparseCodes[]> {
  const atoms = prepareAtoms(pool, dim, form);
  const neurons = directions.length / dim;
  const codes = terms.map((m) => ({
    terms: m,
    coefficients: new Float32Array(neurons * atoms.count),
    r2: new Float32Array(neurons),
  }));
  for (let from = 0; from < neurons; from += TOGETHER) {
    await new Promise(setImmediate);
    throwIfCancelled(signal);
    const batch = directions.subarray(from * dim, (from + TOGETHER) * dim);
    const paths = await sparseCodePaths(batch, atoms, Math.max(...terms));
    paths.forEach((path, b) => {
      for (const { terms: m, coefficients, r2 } of codes) {
        const code = codeOfPath(path, m);
        code.texts.forEach((text, j) => {
          coefficients[(from + b) * atoms.count + text] = code.coefficients[j]!;
        });
        r2[from + b] = code.r2;
      }
    });
    onProgress?.({ stage: 'Describing neurons', done: from + paths.length, total: neurons });
  }
  return codes;
}
