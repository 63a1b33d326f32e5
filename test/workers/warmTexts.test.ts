import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { textWarmer } from '../../workers/warmTexts.ts';

const engineOn = (
  provider: string,
  embedTexts = vi.fn(async (_texts: readonly string[]) => new Float32Array()),
) => ({
  engine: { backend: { provider }, embedTexts } as unknown as Engine,
  embedTexts,
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('texts read again for the browser to compile WASM well', () => {
  it('a few times, a moment after the first answer, once an engine', async () => {
    const { engine, embedTexts } = engineOn('wasm');
    const warm = textWarmer();
    warm(engine, ['a dog', 'a cat']);
    expect(embedTexts).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    const runs = embedTexts.mock.calls.length;
    expect(runs).toBeGreaterThan(1);
    expect(embedTexts).toHaveBeenCalledWith(['a dog', 'a cat']);
    warm(engine, ['a horse']);
    await vi.runAllTimersAsync();
    expect(embedTexts).toHaveBeenCalledTimes(runs);
    warm(engineOn('wasm', embedTexts).engine, ['a horse']);
    await vi.runAllTimersAsync();
    expect(embedTexts).toHaveBeenCalledTimes(2 * runs);
  });

  it('one after the other, so that a search waits for one at most', async () => {
    let under = 0;
    let most = 0;
    const embedTexts = vi.fn(async () => {
      most = Math.max(most, ++under);
      await Promise.resolve();
      under--;
      return new Float32Array();
    });
    textWarmer()(engineOn('wasm', embedTexts).engine, ['a dog']);
    await vi.runAllTimersAsync();
    expect(most).toBe(1);
  });

  it('but a few of many', async () => {
    const { engine, embedTexts } = engineOn('wasm');
    textWarmer()(
      engine,
      Array.from({ length: 30_000 }, (_, i) => `word ${i}`),
    );
    await vi.runAllTimersAsync();
    expect(embedTexts.mock.calls[0]![0].length).toBeLessThan(20);
  });

  it('of a large tower once, not for seconds', async () => {
    const { engine, embedTexts } = engineOn(
      'wasm',
      vi.fn(async () => {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        return new Float32Array();
      }),
    );
    textWarmer()(engine, ['a dog']);
    await vi.runAllTimersAsync();
    expect(embedTexts).toHaveBeenCalledTimes(1);
  });

  it('not on a GPU, which compiles nothing later', async () => {
    const { engine, embedTexts } = engineOn('webgpu');
    textWarmer()(engine, ['a dog']);
    await vi.runAllTimersAsync();
    expect(embedTexts).not.toHaveBeenCalled();
  });

  it('and no more once the engine is gone, of which nobody hears', async () => {
    const gone = vi.fn(async () => {
      throw new Error('gone');
    });
    textWarmer()(engineOn('wasm', gone).engine, ['a dog']);
    await vi.runAllTimersAsync();
    expect(gone).toHaveBeenCalledTimes(1);
  });
});
