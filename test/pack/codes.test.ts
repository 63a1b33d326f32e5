import { describe, expect, it } from 'vitest';
import { mapFiles, openPack, writePack } from '../../src/pack/index.ts';
import { describedParts, madeUpParts, SIZES } from './analysis.ts';

const pack = await openPack(mapFiles(writePack(await describedParts())));

describe('descriptions of a whole block', () => {
  it.each([4, 32])('of %i words are those of its neurons', async (terms) => {
    const all = await pack.codes(2, terms);
    expect(all).toHaveLength(SIZES.neurons);
    for (const [neuron, code] of all.entries()) {
      expect(code.terms.length).toBeGreaterThan(0);
      expect(code).toEqual((await pack.neuron(2, neuron)).codes.get(terms));
    }
  });

  it('of a length that was not made, or of a pack without any, are refused', async () => {
    await expect(pack.codes(2, 5)).rejects.toMatchObject({ tag: 'bad-request' });
    const bare = await openPack(mapFiles(writePack(madeUpParts())));
    await expect(bare.codes(2, 4)).rejects.toMatchObject({ tag: 'bad-request' });
  });

  it('with words that the file does not bring are refused', async () => {
    const files = new Map(writePack(await describedParts()));
    const name = [...files.keys()].find((path) => /block-2\.safetensors$/.test(path))!;
    const bytes = Uint8Array.from(files.get(name)!);
    bytes.fill(0, bytes.length - 64); // the last neuron's words
    const torn = await openPack(mapFiles(files.set(name, bytes)));
    const read = torn.codes(2, 4);
    await expect(read).rejects.toMatchObject({ tag: 'bad-file' });
  });
});
