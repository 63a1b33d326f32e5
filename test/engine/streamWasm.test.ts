import * as web from 'onnxruntime-web/wasm';
import { expect, it } from 'vitest';
import type { BackendInfo } from '../../src/engine/backend.ts';
import { ortBackend, type Runtime } from '../../src/engine/backends/ortBackend.ts';
import { ClipEngine } from '../../src/engine/clipEngine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { finishWhole } from '../../src/engine/stream/settle.ts';
import type { BlockSummary } from '../../src/lens/blockSummary.ts';
import { relativeError } from '../support/close.ts';
import { FIFTY_TOKENS, randomPixels, randomWeights } from './cases.ts';

const COUNT = 70;
const SIDE = FIFTY_TOKENS.vision!.imageSize;
const EACH = 3 * SIDE * SIDE;
const pixels = randomPixels(COUNT, SIDE);
const source = {
  count: COUNT,
  read: async (from: number, size: number) => ({
    pixels: pixels.slice(from * EACH, (from + size) * EACH),
    numbers: Array.from({ length: size }, (_, i) => from + i),
  }),
};

async function streamed(engine: Engine): Promise<BlockSummary[]> {
  const states = await engine.stream(source, [0, 1], { topK: 6 });
  const summaries = await finishWhole(engine, source, states, { topK: 6, listed: 5 });
  await engine.dispose();
  return summaries;
}

it('a streaming analysis in WebAssembly is the one on the processor', async () => {
  web.env.wasm.numThreads = 1;
  const info: BackendInfo = {
    provider: 'wasm',
    adapter: '',
    software: false,
    threads: 1,
    crossOriginIsolated: false,
    precision: 'float32',
    runtime: 'onnxruntime-web',
  };
  const backend = ortBackend(web as unknown as Runtime, { info, session: { executionProviders: ['wasm'] } });
  const found = await streamed(new ClipEngine(backend, { weights: randomWeights(FIFTY_TOKENS) }));
  const truth = await streamed(await openNodeEngine({ weights: randomWeights(FIFTY_TOKENS), threads: 1 }));
  found.forEach(({ overview, detail, uncertified, looked }, i) => {
    const other = truth[i]!;
    expect({ uncertified, looked }).toEqual({ uncertified: 0, looked: 'all' });
    expect(Array.from(detail.topImages)).toEqual(Array.from(other.detail.topImages));
    expect(relativeError(overview.typicalNorm, other.overview.typicalNorm)).toBeLessThan(1e-5);
    expect(relativeError(detail.means, other.detail.means)).toBeLessThan(1e-5);
    expect(relativeError(detail.positiveActivations, other.detail.positiveActivations)).toBeLessThan(1e-3);
  });
});
