import { basename } from 'node:path';
import type { Engine } from '../src/engine/engine.ts';
import { LensError } from '../src/errors.ts';
import { sha256 } from '../src/images/hash.ts';
import type { JobOptions } from '../src/progress.ts';
import { parseLines, readBytes } from './folder.ts';
import type { Model } from './model.ts';
import { readNpy } from './npy.ts';

/** A text pool, from texts or from embeddings made elsewhere. */
export interface Pool {
  readonly count: number;
  readonly path: string;
  /** SHA-256 of the file. */
  readonly hash: string;
  /** The texts; undefined for a pool of embeddings. */
  readonly words?: readonly string[];
  /** [P, D] embeddings. */
  embed(engine: Engine, job: JobOptions): Promise<Float32Array>;
}

/**
 * Opens a pool: `.npy` holds embeddings, anything else a text a line.
 * @throws LensError naming the file: `unavailable` (not there; no text tower), `bad-file`, `bad-request` (wrong shape)
 */
export async function openPool(path: string, model: Model): Promise<Pool> {
  const bytes = await readBytes(path);
  const name = basename(path);
  const hash = await sha256(bytes);
  if (!path.endsWith('.npy')) {
    const words = openWords(bytes, name, model);
    return { count: words.length, path, hash, words, embed: (engine, job) => engine.embedTexts(words, job) };
  }
  const { shape, data } = readNpy(bytes, name);
  const { dim } = model.weights.config;
  const [count] = shape;
  if (shape.length !== 2 || shape[1] !== dim || count === undefined || count === 0) {
    throw new LensError(
      'bad-request',
      `${name} has shape [${shape.join(', ')}]; this model needs text embeddings of shape [texts, ${dim}].`,
    );
  }
  if (!data.every(Number.isFinite))
    throw new LensError('bad-file', `${name} holds values that are no numbers.`);
  return { count, path, hash, embed: async () => data };
}

function openWords(bytes: Uint8Array, name: string, model: Model): string[] {
  if (!model.hasTextTower) {
    throw new LensError(
      'unavailable',
      `${name} is a list of texts, but ${model.name} has no text tower; give their embeddings as a .npy file.`,
    );
  }
  return parseLines(bytes, name);
}
