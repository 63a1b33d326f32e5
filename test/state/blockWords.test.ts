import { describe, expect, it } from 'vitest';
import { mapFiles, openPack, writePack } from '../../src/pack/index.ts';
import { blockWordsOf, WORDS_PER_NEURON } from '../../src/state/blockWordsSlice.ts';
import { describedParts } from '../pack/analysis.ts';
import { openedStore, SIZES } from './fakes.ts';

const files = mapFiles(writePack(await describedParts()));
const opened = () => openedStore({}, { openPack: () => openPack(files) });

describe('a whole block in words', () => {
  it('comes from a pack that brings them, without a model', async () => {
    const store = await opened(); // its client refuses everything
    await store.getState().wordBlock();
    const words = blockWordsOf(store.getState());
    expect(store.getState().notices).toEqual([]);
    expect(words?.terms).toHaveLength(SIZES.neurons);
    const pack = await openPack(files);
    const { block } = store.getState().view;
    for (let neuron = 0; neuron < SIZES.neurons; neuron++) {
      const code = (await pack.neuron(block, neuron)).codes.get(WORDS_PER_NEURON)!;
      expect(words?.r2[neuron]).toBeCloseTo(code.r2, 6);
      expect(words?.terms[neuron]).toEqual(
        code.terms.slice(0, 4).map(({ text, coefficient }) => ({ text, positive: coefficient > 0 })),
      );
    }
  });

  it('is worked out where other vectors of the texts are asked for', async () => {
    const store = await opened();
    store.getState().setView({ atoms: 'as-released' });
    await store.getState().wordBlock();
    expect(blockWordsOf(store.getState())).toBeUndefined(); // this test has no model
    expect(store.getState().notices).toHaveLength(1);
  });
});
