import { CHANCE_DIRECTIONS, randomDirections } from '../../lens/randomDirections.ts';
import {
  type Atoms,
  codeOfPath,
  type FindStrongest,
  type SparseCodeOptions,
  sparseCodePaths,
} from '../../lens/sparseCode.ts';
import type { JobOptions } from '../../progress.ts';
import { breather } from '../running/breathe.ts';

/** Sparse codes of N directions in at most m texts each. */
export interface SparseCodes {
  readonly options: SparseCodeOptions;
  /** [N, m] texts, strongest |γ| first; −1 where a code has fewer than m. */
  readonly texts: Int32Array;
  /** [N, m] γ; 0 where there is no text. */
  readonly coefficients: Float32Array;
  /** [N] */
  readonly r2: Float32Array;
}

/** Directions that share a product with the pool: 64 × 30,000 products are 8 MB. */
const TOGETHER = 64;

/**
 * Sparse codes of directions [N, D], some tens at a time. Progress counts directions.
 * @throws LensError `cancelled`, soon after the signal; `bad-request` as `sparseCodePaths`
 */
export async function sparseCodes(
  directions: Float32Array,
  atoms: Atoms,
  options: SparseCodeOptions,
  strongest: FindStrongest | undefined,
  job: JobOptions = {},
): Promise<SparseCodes> {
  const { terms } = options;
  const count = directions.length / atoms.dim;
  const codes: SparseCodes = {
    options,
    texts: new Int32Array(count * terms).fill(-1),
    coefficients: new Float32Array(count * terms),
    r2: new Float32Array(count),
  };
  const breathe = breather(job.signal);
  // Without a device a product takes long by itself: fewer of them between two looks at the messages.
  const together = strongest ? TOGETHER : 1;
  for (let from = 0; from < count; from += together) {
    const batch = directions.subarray(from * atoms.dim, (from + together) * atoms.dim);
    const paths = await sparseCodePaths(batch, atoms, terms, strongest);
    for (const [b, path] of paths.entries()) {
      const code = codeOfPath(path, terms);
      codes.texts.set(code.texts, (from + b) * terms);
      codes.coefficients.set(code.coefficients, (from + b) * terms);
      codes.r2[from + b] = code.r2;
    }
    job.onProgress?.({ stage: 'Describing neurons', done: from + paths.length, total: count });
    await breathe();
  }
  return codes;
}

/** R² that is chance: of random directions over the same pool. */
export interface ChanceR2 {
  /** Mean over the directions. */
  readonly mean: number;
  /** Standard deviation between them. */
  readonly deviation: number;
  readonly directions: number;
}

/**
 * What R² random unit directions reach with codes of this length over this pool: any direction can be rebuilt
 * to some extent from many texts. The same directions every time.
 */
export async function chanceR2(
  atoms: Atoms,
  options: SparseCodeOptions,
  strongest: FindStrongest | undefined,
  job: JobOptions = {},
): Promise<ChanceR2> {
  const directions = randomDirections(CHANCE_DIRECTIONS, atoms.dim, 1);
  const onProgress = job.onProgress && {
    onProgress: ({ done, total }: { done: number; total: number }) =>
      job.onProgress?.({ stage: 'What R² is chance', done, total }),
  };
  const { r2 } = await sparseCodes(directions, atoms, options, strongest, { ...job, ...onProgress });
  const mean = r2.reduce((sum, x) => sum + x, 0) / r2.length;
  const variance = r2.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (r2.length - 1);
  return { mean, deviation: Math.sqrt(variance), directions: CHANCE_DIRECTIONS };
}
