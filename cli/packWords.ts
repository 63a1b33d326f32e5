import type { Engine } from '../src/engine/engine.ts';
import { LensError } from '../src/errors.ts';
import { type Describer, describer } from '../src/pack/index.ts';
import { type Context, jobOf } from './command.ts';
import type { Model } from './model.ts';
import { openPool, type Pool } from './pool.ts';

/** The texts of a pack, which its neurons are put into. */
export type WordPool = Pool & Required<Pick<Pool, 'words'>>;

/**
 * The pool of `--texts`, if one was given.
 * @throws LensError `bad-request` for embeddings without their texts; as `openPool`
 */
export async function openWordPool(path: string | undefined, model: Model): Promise<WordPool | undefined> {
  if (path === undefined) return undefined;
  const { words, ...pool } = await openPool(path, model);
  if (words) return { ...pool, words };
  throw new LensError('bad-request', 'A pack needs texts, not embeddings: --texts takes a .txt file.');
}

export interface PackWords {
  readonly texts: { readonly words: readonly string[]; readonly embeddings: Float32Array };
  readonly describer: Describer;
}

/** Reads the pool and makes ready to put directions into its words, the strongest found on the device. */
export async function packWords(
  { words, embed }: WordPool,
  engine: Engine,
  dim: number,
  context: Context,
): Promise<PackWords> {
  const job = jobOf(context);
  const strongest = engine.strongestTexts(context.signal);
  const texts = { words, embeddings: await embed(engine, job) };
  return { texts, describer: await describer(texts, dim, { ...job, strongest }) };
}
