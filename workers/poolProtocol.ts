import type { ChanceR2, SparseCodes } from '../src/engine/words/sparseCodes.ts';
import type { SparseCode, SparseCodeOptions } from '../src/lens/sparseCode.ts';

/** A list of texts that the worker can read by itself. */
export type PoolSource =
  /** A shipped list, one text a line: public/words/index.json names them. */
  | { readonly kind: 'shipped'; readonly url: string }
  /** A person's own file, one text a line, UTF-8. */
  | { readonly kind: 'file'; readonly file: Blob };

/** A list that ships with the page. */
export interface ShippedPool {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly licence: string;
  readonly source: string;
  readonly url: string;
}

export interface PoolRequest {
  readonly source: PoolSource;
  /** Sentence that every text is put into at `{}`; `{}` for the bare texts, as the released code has them. */
  readonly template: string;
}

/** A pool as it was read. Its embeddings stay in the worker. */
export interface PoolInfo {
  /** In the order of the list; an index into it is what codes speak of. */
  readonly texts: readonly string[];
  readonly template: string;
  /** Lines that were left out. */
  readonly dropped: { readonly empty: number; readonly duplicates: number };
  /** How many of the embeddings were at hand from an earlier time. */
  readonly fromDisk: number;
}

/** What the page may ask about text pools; part of `LensApi`. */
export interface PoolApi {
  /** The lists in a folder of the page, such as `words/`; its address ends in a slash. */
  shippedPools(base: string, job: number): Promise<readonly ShippedPool[]>;
  /** Hands over a text pool [P, D] once, under a number; needs no model. The last few are kept. */
  addPool(pool: number, embeddings: Float32Array): void;
  /**
   * Reads a list with the open model's text tower, under a number; what was read before, also of a job that was
   * cancelled, comes from the disk. Progress counts texts. `bad-request` for a list that is too long or no text.
   */
  openPool(pool: number, request: PoolRequest, job: number): Promise<PoolInfo>;
  /** Sparse text code of a direction over a pool; needs no model. Throws `bad-request` for a pool not kept. */
  sparseCode(
    direction: Float32Array,
    pool: number,
    options: SparseCodeOptions,
    job: number,
  ): Promise<SparseCode>;
  /** Codes of many directions [N, dim]. Progress counts directions. Throws as `sparseCode`. */
  sparseCodes(
    directions: Float32Array,
    dim: number,
    pool: number,
    options: SparseCodeOptions,
    job: number,
  ): Promise<SparseCodes>;
  /** Bytes of embeddings kept on the disk. */
  keptTexts(): Promise<number>;
  /** Deletes them; a pool that is being read at the moment stays. */
  forgetTexts(): Promise<void>;
  /** R² that random directions of `dim` numbers reach over the pool with such codes: kept once worked out. */
  chanceR2(pool: number, dim: number, options: SparseCodeOptions, job: number): Promise<ChanceR2>;
}

/** What is said of a pool that the worker does not keep: hand it over, or open it, again. */
export const FORGOTTEN_POOL = 'This text pool is not in the worker.';
