import { describe, expect, it, vi } from 'vitest';
import { loadedValue } from '../../src/state/data.ts';
import { actingNeurons, agreementWithTruth, classStanding } from '../../src/state/imageView.ts';
import type { LensClient } from '../../src/state/services.ts';
import { openedStore, SIZES } from './fakes.ts';

const { neurons, dim } = SIZES;

/** Neuron n of block b acts by b + n. */
const reading: LensClient['readImage'] = async (_set, image, blocks) => ({
  id: 7,
  embedding: Float32Array.from({ length: dim }, (_, d) => (d === 0 ? 3 : image)),
  gridSide: 2,
  blocks: blocks.map(({ block }) => ({
    block,
    activations: Float32Array.from({ length: neurons }, (_, n) => block + n),
    norms: Float32Array.from({ length: neurons }, (_, n) => block + n),
    significant: Uint8Array.from({ length: neurons }, (_, n) => (n > 5 ? 1 : 0)),
  })),
});
/** "a dog" and "a cat" lie along the first two axes. */
const embedTexts: LensClient['embedTexts'] = async (texts) => {
  const vectors = new Float32Array(texts.length * dim);
  texts.forEach((text, i) => {
    vectors[i * dim + (text.includes('cat') ? 1 : 0)] = 1;
  });
  return vectors;
};

async function opened(given: Partial<LensClient> = {}) {
  const readImage = vi.fn(reading);
  const store = await openedStore({ readImage, embedTexts, modelInfo: async () => undefined, ...given });
  store.getState().setView({ page: 'image', image: '4' });
  await vi.waitFor(() => expect(store.getState().picture.status).toBe('ready'));
  return { store, readImage };
}

describe('a picture taken apart', () => {
  it('is read with every block there are numbers of, once', async () => {
    const { store, readImage } = await opened();
    await store.getState().readPicture();
    expect(readImage).toHaveBeenCalledTimes(1);
    const [, image, blocks] = readImage.mock.calls[0]!;
    expect(image).toBe(4);
    expect(blocks.map(({ block }) => block)).toEqual([0, 2]);
    const [strongest] = actingNeurons(store.getState(), 1);
    expect(strongest).toMatchObject({ block: 2, neuron: neurons - 1, significant: true });
  });

  it('is read anew when another is chosen, and forgets what was done to the first', async () => {
    const { store, readImage } = await opened({
      ablateImage: async () => ({ representation: new Float32Array(dim), moved: 1, neurons: 1 }),
    });
    store.getState().switchOff({ block: 0, neurons: 'all', label: 'all of block 0' });
    store.getState().setView({ image: '9' });
    await vi.waitFor(() => expect(readImage).toHaveBeenCalledTimes(2));
    await vi.waitFor(() => expect(store.getState().picture.status).toBe('ready'));
    expect(store.getState().off).toEqual([]);
  });

  it('says what to do about an own picture that is not here', async () => {
    const { store } = await opened();
    store.getState().setView({ image: '0123456789abcdef' });
    await vi.waitFor(() => expect(store.getState().picture).toMatchObject({ message: /drop it in/ }));
  });
});

describe('switching off', () => {
  const ablateImage = vi.fn(async (_id: number, selection: readonly { block: number }[]) => ({
    representation: Float32Array.from({ length: dim }, (_, d) => (d === 1 ? 50 * selection.length : 0)),
    moved: 1,
    neurons: 1,
  }));

  it('moves the classes, and undo brings them back', async () => {
    const { store } = await opened({ ablateImage });
    store.getState().setClasses(['a dog', 'a cat', ' a dog ', '']);
    await vi.waitFor(() => expect(store.getState().classVectors.status).toBe('ready'));
    const intact = classStanding(store.getState(), 5);
    expect(intact.map(({ name }) => name)).toHaveLength(2);
    expect(intact.every(({ before, after }) => before === after)).toBe(true);

    const neuron = { block: 2, neurons: [3], label: 'neuron 3 of block 2' };
    store.getState().switchOff(neuron);
    await vi.waitFor(() => expect(store.getState().ablated.status).toBe('ready'));
    expect(ablateImage.mock.lastCall?.[1]).toEqual([{ block: 2, neurons: Int32Array.of(3) }]);
    expect(classStanding(store.getState(), 5).find(({ name }) => name === 'a cat')?.after).toBeCloseTo(50);
    store.getState().switchOff({ block: 0, neurons: 'significant', label: 'significant' });
    await vi.waitFor(() => expect(loadedValue(store.getState().ablated)?.[1]).toBeCloseTo(100));
    store.getState().undoOff();
    await vi.waitFor(() => expect(loadedValue(store.getState().ablated)?.[1]).toBeCloseTo(50));
    store.getState().switchOn(neuron);
    await vi.waitFor(() => expect(store.getState().ablated.status).toBe('idle'));
  });

  it('takes a patch away alone: it has no mean to be replaced by', async () => {
    const ablatePatch = vi.fn(async () => ({ representation: new Float32Array(dim), moved: 1, neurons: 2 }));
    const { store } = await opened({ ablateImage, ablatePatch });
    store.getState().switchOff({ block: 0, neurons: 'all', label: 'all of block 0' });
    store.getState().switchOff({ patch: 2, label: 'row 2' });
    await vi.waitFor(() => expect(ablatePatch).toHaveBeenCalledWith(7, 2));
    expect(store.getState().off).toHaveLength(1);
    store.getState().switchOff({ block: 2, neurons: [1], label: 'one' });
    expect(store.getState().off).toEqual([{ block: 2, neurons: [1], label: 'one' }]);
  });
});

describe('finding words', () => {
  it('looks by what sets the text apart, or as the released code does', async () => {
    const segmentImage = vi.fn(async () => ({
      gridSide: 2,
      map: Float32Array.of(0, 1, 0, 0),
      chosen: [],
      flat: false,
    }));
    const { store } = await opened({ segmentImage });
    store.getState().setClasses(['a dog', 'a cat']);
    await vi.waitFor(() => expect(store.getState().classVectors.status).toBe('ready'));
    store.getState().findText('cat');
    await vi.waitFor(() => expect(store.getState().found.status).toBe('ready'));
    const [, contrast, corrected] = segmentImage.mock.lastCall as unknown as [number, Float32Array, object];
    expect([...contrast.slice(0, 2)]).toEqual([-0.5, 0.5]);
    expect(corrected).toMatchObject({ order: 'signed', signs: 'signed', neurons: 200 });
    store.getState().setFindOptions({ form: 'as-released' });
    await vi.waitFor(() => expect(segmentImage).toHaveBeenCalledTimes(2));
    const [, plain, released] = segmentImage.mock.lastCall as unknown as [number, Float32Array, object];
    expect([...plain.slice(0, 2)]).toEqual([0, 1]);
    expect(released).toMatchObject({ order: 'absolute', signs: 'unsigned' });
    store.getState().setFindOptions({ threshold: 0.9 });
    expect(segmentImage).toHaveBeenCalledTimes(2);
  });

  it('is held against the mask of the things of that name', () => {
    const found = { text: 'Cat', gridSide: 2, map: Float32Array.of(1, 0, 0, 0), flat: false, chosen: [] };
    const owners = new Uint8Array(16);
    for (const i of [0, 1, 4, 5]) owners[i] = 2;
    const truth = { size: 4, owners };
    const iou = agreementWithTruth(found, 0.5, truth, ['a dog', 'a cat']);
    expect(iou).toBeGreaterThan(0.2);
    expect(agreementWithTruth(found, 0.5, truth, ['a dog', 'a bird'])).toBeUndefined();
  });
});
