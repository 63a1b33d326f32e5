import { LensError } from '../src/errors.ts';
import type { ShippedPool } from './poolProtocol.ts';

/**
 * The lists that ship with the page, from public/words/index.json.
 * @param base the folder's address, ending in a slash
 * @throws LensError `bad-file` when it is no such list
 */
export function shippedPools(index: unknown, base: string): ShippedPool[] {
  const pools: unknown = isRecord(index) ? index.pools : undefined;
  if (!Array.isArray(pools)) throw bad();
  return pools.map((pool: unknown) => {
    if (!isRecord(pool)) throw bad();
    const { id, title, count, licence, source } = pool;
    const words = [id, title, licence, source];
    if (!words.every((word) => typeof word === 'string') || !Number.isInteger(count)) throw bad();
    const [name] = words as [string];
    if (!/^[a-z0-9-]+$/.test(name)) throw bad(); // it becomes part of an address
    return { ...(pool as Omit<ShippedPool, 'url'>), url: `${base}${name}.txt` };
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const bad = (): LensError => new LensError('bad-file', 'The index of word lists cannot be read.');
