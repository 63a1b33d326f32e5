import type { Engine } from '../src/engine/engine.ts';
import { type ChanceR2, chanceR2, type SparseCodes, sparseCodes } from '../src/engine/words/sparseCodes.ts';
import { LensError } from '../src/errors.ts';
import { sha256 } from '../src/images/hash.ts';
import {
  type AtomForm,
  type Atoms,
  prepareAtoms,
  type SparseCode,
  type SparseCodeOptions,
  sparseCode,
} from '../src/lens/sparseCode.ts';
import type { JobOptions } from '../src/progress.ts';
import { download } from './download.ts';
import { browserCacheFolder, type CacheFolder, CHUNK, openStoredPool } from './poolCache.ts';
import { FORGOTTEN_POOL, type PoolInfo, type PoolRequest, type PoolSource } from './poolProtocol.ts';
import { checkTemplate, fillTemplate, MAX_POOL_BYTES, poolTexts } from './poolTexts.ts';

/** A pool of 30,000 texts is 60 MB, its atoms as much again a form. */
const KEPT_POOLS = 2;
/** Numbers of a pool from which on its products are worth sending to a device. */
const LARGE_POOL = 2 ** 20;

interface Kept {
  readonly embeddings: Float32Array;
  readonly atoms: Map<AtomForm, Atoms>;
  /** By form and m. */
  readonly chance: Map<string, ChanceR2>;
}

/** A pool with its embeddings [P, D]. */
export interface ReadPool extends PoolInfo {
  readonly embeddings: Float32Array;
}

/** Text pools by number, each with its atoms once they were asked for. */
export class Pools {
  readonly #pools = new Map<number, Kept>();
  /** Openings come one after another: a pool's file has one owner, also while a cancelled job still ends. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #folder: () => Promise<CacheFolder | undefined>;

  /** @param folder where embeddings are kept on disk; the browser's unless told */
  constructor(folder: () => Promise<CacheFolder | undefined> = () => browserCacheFolder()) {
    this.#folder = folder;
  }

  add(pool: number, embeddings: Float32Array): void {
    this.#pools.set(pool, { embeddings, atoms: new Map(), chance: new Map() });
    for (const oldest of this.#pools.keys()) {
      if (this.#pools.size <= KEPT_POOLS) break;
      this.#pools.delete(oldest);
    }
  }

  /**
   * Reads a list with the model's text tower and keeps it under a number. What was read is on the disk at once, a
   * chunk at a time, so that a job cut short goes on where it was.
   * @throws LensError as {@link poolTexts} and the engine's `embedTexts`
   */
  open(pool: number, request: PoolRequest, engine: Engine, job: JobOptions): Promise<PoolInfo> {
    return this.#inTurn(async () => {
      const { embeddings, ...info } = await this.#read(request, engine, job);
      this.add(pool, embeddings);
      return info;
    });
  }

  /** As {@link open}, for work in this worker: the embeddings themselves, kept under no number. */
  read(request: PoolRequest, engine: Engine, job: JobOptions): Promise<ReadPool> {
    return this.#inTurn(() => this.#read(request, engine, job));
  }

  /** Bytes of embeddings on the disk. */
  async bytesKept(): Promise<number> {
    const files = (await (await this.#folder())?.list()) ?? [];
    return files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Deletes them, after a reading that is under way here; a file that another tab reads stays. */
  async forget(): Promise<void> {
    await this.#last;
    const folder = await this.#folder();
    for (const { name } of (await folder?.list()) ?? []) await folder?.remove(name).catch(() => {});
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const opening = this.#last.then(work);
    this.#last = opening.catch(() => {});
    return opening;
  }

  async #read(request: PoolRequest, engine: Engine, job: JobOptions): Promise<ReadPool> {
    const template = checkTemplate(request.template);
    const { texts, dropped } = poolTexts(await bytesOf(request.source, job));
    const { dim } = engine.config;
    const key = await keyOf(engine, texts, template, job);
    const stored = await openStoredPool(await this.#folder(), key, texts.length, dim);
    const embeddings = new Float32Array(texts.length * dim);
    let fromDisk = 0;
    try {
      for (let from = 0, chunk = 0; from < texts.length; from += CHUNK, chunk++) {
        const some = texts.slice(from, from + CHUNK);
        const kept = stored?.read(chunk);
        if (kept) fromDisk += some.length;
        const rows = kept ?? (await embed(some, template, engine, job, { from, total: texts.length }));
        if (!kept) write(() => stored?.write(chunk, rows));
        embeddings.set(rows, from * dim);
        report(job, from + some.length, texts.length);
      }
    } finally {
      stored?.close();
    }
    return { texts, template, dropped, fromDisk, embeddings };
  }

  /** @throws LensError `bad-request` for a pool not kept, or as the lens's `sparseCode` */
  async sparseCode(
    direction: Float32Array,
    pool: number,
    options: SparseCodeOptions,
    engine: Engine | undefined,
    job: JobOptions = {},
  ): Promise<SparseCode> {
    const atoms = this.#atoms(pool, direction.length, options.atoms);
    if (!engine || !isLarge(atoms)) return sparseCode(direction, atoms, options);
    const { texts, coefficients, r2 } = await engine.sparseCodes(direction, atoms, options, job);
    const used = texts.filter((text) => text >= 0);
    return { options, texts: used, coefficients: coefficients.slice(0, used.length), r2: r2[0]! };
  }

  /** @throws LensError as {@link sparseCode}; `cancelled` */
  sparseCodes(
    directions: Float32Array,
    dim: number,
    pool: number,
    options: SparseCodeOptions,
    engine: Engine | undefined,
    job: JobOptions,
  ): Promise<SparseCodes> {
    const atoms = this.#atoms(pool, dim, options.atoms);
    return engine
      ? engine.sparseCodes(directions, atoms, options, job)
      : sparseCodes(directions, atoms, options, undefined, job);
  }

  /** @throws LensError as {@link sparseCode}; `cancelled` */
  async chanceR2(
    pool: number,
    dim: number,
    options: SparseCodeOptions,
    engine: Engine | undefined,
    job: JobOptions,
  ): Promise<ChanceR2> {
    const atoms = this.#atoms(pool, dim, options.atoms);
    const { chance } = this.#kept(pool);
    const key = `${options.atoms} ${options.terms}`;
    const known = chance.get(key);
    if (known) return known;
    const found = await (engine && isLarge(atoms)
      ? engine.chanceR2(atoms, options, job)
      : chanceR2(atoms, options, undefined, job));
    chance.set(key, found);
    return found;
  }

  #kept(pool: number): Kept {
    const kept = this.#pools.get(pool);
    if (!kept) throw new LensError('bad-request', FORGOTTEN_POOL);
    return kept;
  }

  #atoms(pool: number, dim: number, form: AtomForm): Atoms {
    const kept = this.#kept(pool);
    const atoms = kept.atoms.get(form) ?? prepareAtoms(kept.embeddings, dim, form);
    kept.atoms.set(form, atoms);
    return atoms;
  }
}

const isLarge = ({ count, dim }: Atoms): boolean => count * dim >= LARGE_POOL;

async function bytesOf(source: PoolSource, { signal }: JobOptions): Promise<Uint8Array> {
  if (source.kind === 'shipped') return download(source.url, { limit: MAX_POOL_BYTES, signal });
  if (source.file.size > MAX_POOL_BYTES) {
    throw new LensError('bad-request', 'The list is too large: one text a line, 100,000 at most.');
  }
  return new Uint8Array(await source.file.arrayBuffer());
}

/** Embeddings depend on the text tower, the texts and the template, and on nothing else. */
async function keyOf(
  engine: Engine,
  texts: readonly string[],
  template: string,
  job: JobOptions,
): Promise<string> {
  const tower = await engine.textIdentity(job);
  return sha256(new TextEncoder().encode([tower, template, ...texts].join('\n')));
}

function embed(
  texts: readonly string[],
  template: string,
  engine: Engine,
  { signal, ...job }: JobOptions,
  at: { from: number; total: number },
): Promise<Float32Array> {
  return engine.embedTexts(
    texts.map((text) => fillTemplate(template, text)),
    { ...(signal && { signal }), onProgress: ({ done }) => report(job, at.from + done, at.total) },
  );
}

const report = ({ onProgress }: JobOptions, done: number, total: number): void =>
  onProgress?.({ stage: 'Reading texts', done, total });

/** A full disk is no reason to lose what was read. */
function write(work: () => void): void {
  try {
    work();
  } catch {
    // it will be read again next time
  }
}
