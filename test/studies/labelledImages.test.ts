import { describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { embedClasses } from '../../src/studies/labelledImages.ts';

const DIM = 2;
function engineOf(
  embedTexts = vi.fn(async (texts: readonly string[]) => new Float32Array(texts.length * DIM).fill(1)),
) {
  return { engine: { config: { dim: DIM }, embedTexts } as unknown as Engine, embedTexts };
}

describe('classes of one study after another', () => {
  it('are read once an engine', async () => {
    const { engine, embedTexts } = engineOf();
    const first = await embedClasses(engine, ['dog', 'cat'], ['a {}', '{}'], {});
    expect(first).toMatchObject({ count: 2, dim: DIM });
    expect(await embedClasses(engine, ['dog', 'cat'], ['a {}', '{}'], {})).toBe(first);
    expect(embedTexts).toHaveBeenCalledTimes(1);
    const other = engineOf();
    await embedClasses(other.engine, ['dog', 'cat'], ['a {}', '{}'], {});
    expect(other.embedTexts).toHaveBeenCalledTimes(1);
  });

  it('are read again when they are others, though the texts be the same', async () => {
    const { engine, embedTexts } = engineOf();
    await embedClasses(engine, ['dog', 'cat'], ['{}'], {});
    await embedClasses(engine, ['dog'], ['{}'], {});
    expect((await embedClasses(engine, ['dog', 'a dog'], ['{}'], {})).count).toBe(2);
    expect((await embedClasses(engine, ['dog'], ['{}', 'a {}'], {})).count).toBe(1);
    expect(embedTexts).toHaveBeenCalledTimes(4);
  });

  it('are asked for again after a failure', async () => {
    const embedTexts = vi
      .fn(async (texts: readonly string[]) => new Float32Array(texts.length * DIM).fill(1))
      .mockRejectedValueOnce(new Error('gone'));
    const { engine } = engineOf(embedTexts);
    await expect(embedClasses(engine, ['dog'], ['{}'], {})).rejects.toThrow('gone');
    expect((await embedClasses(engine, ['dog'], ['{}'], {})).count).toBe(1);
  });
});
