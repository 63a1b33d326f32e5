import { LensError } from '../src/errors.ts';
import { sha256 } from '../src/images/hash.ts';
import type { JobOptions } from '../src/progress.ts';
import { download, downloadJson } from './download.ts';

/** A Hugging Face layout folder, as fetched. */
export interface ModelFolder {
  readonly url: string;
  readonly config: unknown;
  readonly preprocessor: unknown;
  /** Undefined where the folder has none, and for a model without text tower. */
  readonly tokenizer: unknown | undefined;
  readonly weights: Uint8Array<ArrayBuffer>;
  /** sha256 of the weights, hex. */
  readonly hash: string;
}

const JSON_LIMIT = 32 * 2 ** 20;
/** What one buffer of a page can hold; a float32 ViT-L/14 with both towers is 1.7 GB. */
const WEIGHTS_LIMIT = 2 ** 31;

/**
 * Fetches a model. Progress counts bytes of the weights.
 * @throws LensError `unavailable` naming the address and the server's answer, `bad-file`, `out-of-memory`, `cancelled`
 */
export async function fetchModelFolder(
  source: { readonly url: string },
  job: JobOptions,
): Promise<ModelFolder> {
  const { signal, onProgress } = job;
  const at = (name: string): string => `${source.url.replace(/\/$/, '')}/${name}`;
  const json = (name: string): Promise<unknown> => downloadJson(at(name), { limit: JSON_LIMIT, signal });
  const [config, preprocessor] = await Promise.all([json('config.json'), json('preprocessor_config.json')]);
  const tokenizer = describesTexts(config) ? await json('tokenizer.json').catch(onlyMissing) : undefined;
  const weights = await download(at('model.safetensors'), {
    limit: WEIGHTS_LIMIT,
    signal,
    onBytes: (done, total) =>
      onProgress?.({ stage: 'Loading the model', done, total: total ?? done, unit: 'bytes' }),
  });
  return { url: source.url, config, preprocessor, tokenizer, weights, hash: await sha256(weights) };
}

const describesTexts = (config: unknown): boolean =>
  typeof config === 'object' && config !== null && 'text_config' in config;

/** A server may answer a missing file with its start page: then the tokenizer is not JSON. */
function onlyMissing(error: unknown): undefined {
  if (error instanceof LensError && (error.tag === 'unavailable' || error.tag === 'bad-file'))
    return undefined;
  throw error;
}
