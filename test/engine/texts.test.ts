import fc from 'fast-check';
import { expect, it } from 'vitest';
import { END, TOKENS, textTowerGraph } from '../../src/clip/graph/textTower.ts';
import { tokenBatch } from '../../src/clip/tokenizer.ts';
import { nodeBackend } from '../../src/engine/backends/node.ts';
import { batchesByLength } from '../../src/engine/towers/textTower.ts';
import { relativeError } from '../support/close.ts';
import { FIFTY_TOKENS, randomWeights } from './cases.ts';

it('puts every text in one batch, like with like, within the budget', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 2, max: 77 })),
      fc.integer({ min: 60, max: 500 }),
      (lengths, budget) => {
        const rows = lengths.map((length) => new Array<number>(length).fill(1));
        const batches = batchesByLength(rows, budget);
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...rows.keys()]);
        let shortest = 0;
        for (const batch of batches) {
          const sizes = batch.map((i) => lengths[i]!);
          expect(batch.length === 1 || batch.length * Math.max(...sizes) <= budget).toBe(true);
          expect(Math.min(...sizes)).toBeGreaterThanOrEqual(shortest);
          shortest = Math.max(...sizes);
        }
      },
    ),
  );
});

it('reads a text alike, however long its batch is padded', async () => {
  const backend = await nodeBackend({ threads: 1 });
  const session = await backend.session(textTowerGraph(randomWeights(FIFTY_TOKENS)));
  const rows = [
    [38, 5, 39],
    [38, 9, 17, 39],
    [38, 1, 39],
  ];
  const embed = async (length?: number) => {
    const batch = tokenBatch(rows, length);
    const results = await session.run({
      [TOKENS]: backend.tensor('int64', batch.tokens, [rows.length, batch.length]),
      [END]: backend.tensor('int64', batch.ends, [rows.length]),
    });
    return results.embedding!.data as Float32Array;
  };
  const trimmed = await embed();
  expect(Math.hypot(...trimmed)).toBeGreaterThan(1);
  expect(relativeError(await embed(FIFTY_TOKENS.text!.contextLength), trimmed)).toBeLessThan(1e-6);
  await session.release();
  await backend.dispose();
});
