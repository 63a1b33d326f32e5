import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import type { ClipConfig } from '../../../src/clip/config.ts';
import { configJson } from '../../../src/clip/configJson.ts';
import { END, TOKENS, textTowerGraph } from '../../../src/clip/graph/textTower.ts';
import { OUTPUTS } from '../../../src/clip/trace.ts';
import { relativeError } from '../../support/close.ts';
import { plainTextTower } from '../../support/plainClip.ts';
import { randomCheckpoint, TINY_TEXT, TINY_VISION } from '../../support/randomClip.ts';
import { runGraph } from '../../support/runGraph.ts';

const config: ClipConfig = { text: TINY_TEXT, dim: 9 };
const weights = readCheckpoint(randomCheckpoint(config, 11), configJson(config));

async function embed(rows: number[][], ends: number[], from = weights): Promise<Float32Array> {
  const dims = [rows.length, rows[0]!.length];
  const outputs = await runGraph(textTowerGraph(from), {
    [TOKENS]: { data: BigInt64Array.from(rows.flat(), BigInt), dims },
    [END]: { data: BigInt64Array.from(ends, BigInt), dims: [ends.length] },
  });
  expect(outputs[OUTPUTS.embedding]!.dims).toEqual([rows.length, 9]);
  return outputs[OUTPUTS.embedding]!.data;
}

describe('textTowerGraph', () => {
  it('gives the embeddings of plain loops, at any length up to the context', async () => {
    const full = Array.from({ length: 11 }, (_, i) => (7 * i) % 40);
    for (const [rows, ends] of [
      [[[1, 5, 39]], [2]],
      [
        [full, [...full].reverse()],
        [10, 4],
      ],
    ] as const) {
      const expected = rows.flatMap((row, r) => [...plainTextTower(weights, row, ends[r]!)]);
      expect(
        relativeError(
          await embed(
            rows.map((row) => [...row]),
            [...ends],
          ),
          expected,
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it('is not changed by what comes after end-of-text', async () => {
    const text = [1, 20, 30, 39];
    const alone = await embed([text], [3]);
    const padded = await embed([[...text, 39, 39, 39, 39]], [3]);
    const noise = await embed([[...text, 3, 17, 22, 8, 5, 1, 0]], [3]);
    expect(relativeError(padded, alone)).toBeLessThan(1e-6);
    expect(relativeError(noise, alone)).toBeLessThan(1e-6);
  });

  it('reads F16 weights', async () => {
    const half = readCheckpoint(randomCheckpoint(config, 11, 'F16'), configJson(config));
    const expected = plainTextTower(half, [1, 5, 39], 2);
    expect(relativeError(await embed([[1, 5, 39]], [2], half), expected)).toBeLessThan(1e-5);
  });

  it('refuses a checkpoint without a text tower', () => {
    const images: ClipConfig = { vision: TINY_VISION, dim: 9 };
    const without = readCheckpoint(randomCheckpoint(images, 1), configJson(images));
    expect(() => textTowerGraph(without)).toThrow(/no text tower/);
  });
});
