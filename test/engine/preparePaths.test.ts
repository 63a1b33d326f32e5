import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preparePaths } from '../../src/engine/analysis/preparePaths.ts';
import type { Backend } from '../../src/engine/backend.ts';
import { nodeBackend } from '../../src/engine/backends/node.ts';
import { Scheduler } from '../../src/engine/running/scheduler.ts';
import { Sessions } from '../../src/engine/running/sessions.ts';
import { lensWeights } from '../../src/lens/lensWeights.ts';
import { blockPaths } from '../../src/lens/paths.ts';
import { relativeError } from '../support/close.ts';
import { FIFTY_TOKENS, randomWeights } from './cases.ts';

const weights = lensWeights(randomWeights(FIFTY_TOKENS));
let backend: Backend;
const device = () => ({ backend, sessions: new Sessions(backend), scheduler: new Scheduler() });

beforeAll(async () => {
  backend = await nodeBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

describe('preparePaths', () => {
  it('gives what the pure function gives', async () => {
    const plain = blockPaths(weights, 0);
    const prepared = await preparePaths(weights, 0, device());
    expect(prepared.heads).toEqual(plain.heads);
    expect(prepared.writes).toEqual(plain.writes);
    plain.projections.forEach((projection, l) => {
      expect(relativeError(prepared.projections[l]!, projection)).toBeLessThan(1e-6);
      expect(prepared.reads[l]).toEqual(plain.reads[l]);
    });
    for (const name of ['overStd', 'meanOverStd', 'constant', 'finalMean', 'finalBias'] as const) {
      expect(relativeError(prepared.shared[name], plain.shared[name]), name).toBeLessThan(1e-5);
    }
    expect(prepared.shared.rank).toBe(plain.shared.rank);
  });

  it('ends with `cancelled`', async () => {
    const signal = AbortSignal.abort();
    await expect(preparePaths(weights, 0, device(), signal)).rejects.toMatchObject({ tag: 'cancelled' });
  });

  it('refuses a block that no head comes after', async () => {
    await expect(preparePaths(weights, 2, device())).rejects.toMatchObject({ tag: 'bad-request' });
  });
});
