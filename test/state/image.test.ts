import { describe, expect, it, vi } from 'vitest';
import { LensError } from '../../src/errors.ts';
import { classListOf } from '../../src/state/classesSlice.ts';
import { parseClassList } from '../../src/state/classList.ts';
import { loadedValue } from '../../src/state/data.ts';
import { blocksOfFind, FIND_FORMS, formOfFind } from '../../src/state/findSettings.ts';
import type { SwitchedOff } from '../../src/state/imageTypes.ts';
import {
  actingNeurons,
  agreementWithTruth,
  classStanding,
  conceptStanding,
  nearestPictures,
  trueMap,
} from '../../src/state/imageView.ts';
import type { LensClient } from '../../src/state/services.ts';
import type { LensStore } from '../../src/state/store.ts';
import { DEFAULT_VIEW } from '../../src/state/view.ts';
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

const ALL_OF_0: SwitchedOff = { label: 'all of block 0', chosen: [{ block: 0, neurons: 'all' }] };
const ONE_OF_2: SwitchedOff = { label: 'neuron 3 of block 2', chosen: [{ block: 2, neurons: [3] }] };

const standing = (store: LensStore) => {
  const { picture, classVectors, ablated } = store.getState();
  const names = classListOf(store.getState()).names;
  const { embedding } = loadedValue(picture)!.reading;
  return classStanding(names, loadedValue(classVectors)!, embedding, loadedValue(ablated)?.representation, 5);
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
    store.getState().switchOff(ALL_OF_0);
    store.getState().setView({ image: '9' });
    await vi.waitFor(() => expect(readImage).toHaveBeenCalledTimes(2));
    await vi.waitFor(() => expect(store.getState().picture.status).toBe('ready'));
    expect(store.getState().off).toEqual([]);
    store.getState().undoOff();
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

  it('moves the classes; undo brings them back, and redo takes them away again', async () => {
    const { store } = await opened({ ablateImage });
    await vi.waitFor(() => expect(store.getState().classVectors.status).toBe('ready'));
    const intact = standing(store);
    expect(intact.map(({ name }) => name).sort()).toEqual(['a cat', 'a dog']);
    expect(intact.every(({ before, after }) => before === after)).toBe(true);
    expect(intact.reduce((sum, { shareBefore }) => sum + shareBefore, 0)).toBeCloseTo(1);

    const leftNow = () => loadedValue(store.getState().ablated)?.representation[1];
    store.getState().switchOff(ONE_OF_2);
    await vi.waitFor(() => expect(store.getState().ablated.status).toBe('ready'));
    expect(ablateImage.mock.lastCall?.[1]).toEqual([{ block: 2, neurons: Int32Array.of(3) }]);
    expect(standing(store).find(({ name }) => name === 'a cat')?.after).toBeCloseTo(50);
    store.getState().switchOff(ALL_OF_0);
    await vi.waitFor(() => expect(leftNow()).toBeCloseTo(100));
    store.getState().undoOff();
    await vi.waitFor(() => expect(leftNow()).toBeCloseTo(50));
    store.getState().redoOff();
    await vi.waitFor(() => expect(leftNow()).toBeCloseTo(100));
    store.getState().switchOn(ONE_OF_2.label);
    expect(store.getState().off).toEqual([ALL_OF_0]);
    store.getState().allOn();
    await vi.waitFor(() => expect(store.getState().ablated.status).toBe('idle'));
    store.getState().undoOff();
    expect(store.getState().off).toEqual([ALL_OF_0]);
    store.getState().switchOff(ONE_OF_2);
    store.getState().redoOff(); // a new step leaves nothing to do again
    expect(store.getState().off).toEqual([ALL_OF_0, ONE_OF_2]);
  });

  it('does the same thing once, however often it is asked for', async () => {
    const { store } = await opened({ ablateImage });
    store.getState().switchOff(ALL_OF_0);
    store.getState().switchOff(ALL_OF_0);
    expect(store.getState().off).toEqual([ALL_OF_0]);
  });

  it('takes a patch away alone: it has no mean to be replaced by; what neurons lost there is known', async () => {
    const ablatePatch = vi.fn(async () => ({ representation: new Float32Array(dim), moved: 1, neurons: 2 }));
    const patchNeurons: LensClient['patchNeurons'] = async () => [
      {
        block: 2,
        byEffect: [
          { neuron: 1, activation: 1, effect: 0.5 },
          { neuron: 0, activation: 1, effect: -0.25 },
        ],
        byActivation: [],
      },
    ];
    const { store } = await opened({ ablateImage, ablatePatch, patchNeurons });
    store.getState().switchOff(ALL_OF_0);
    store.getState().switchOff({ patch: 2, label: 'row 2' });
    await vi.waitFor(() => expect(ablatePatch).toHaveBeenCalledWith(7, 2));
    await vi.waitFor(() =>
      expect([...loadedValue(store.getState().ablated)!.lost.get(2)!]).toEqual([-0.25, 0.5]),
    );
    expect(store.getState().off).toHaveLength(1);
    store.getState().switchOff(ONE_OF_2);
    expect(store.getState().off).toEqual([ONE_OF_2]);
  });
});

describe('its concepts', () => {
  const voices = {
    words: ['sea', 'tower'],
    blocks: [
      {
        block: 2,
        norms: [5, 5],
        thresholds: [1, 1],
        activations: Float32Array.of(2, -3),
        codes: [
          { texts: Int32Array.of(0), coefficients: Float32Array.of(1) },
          { texts: Int32Array.of(1), coefficients: Float32Array.of(-1) },
        ],
      },
    ],
  };
  const scores = (off: readonly SwitchedOff[], lost?: Float32Array) =>
    conceptStanding(
      voices,
      off,
      lost && { representation: new Float32Array(dim), lost: new Map([[2, lost]]) },
      5,
    ).map(({ name, before, after }) => [name, before, after]);

  it('are what the neurons that are left say', () => {
    expect(scores([])).toEqual([
      ['tower', 3, 3],
      ['sea', 2, 2],
    ]);
    const first: SwitchedOff = { label: 'first', chosen: [{ block: 2, neurons: [0] }] };
    expect(scores([first])).toEqual([
      ['tower', 3, 3],
      ['sea', 2, 0],
    ]);
    const all: SwitchedOff = { label: 'all', chosen: [{ block: 2, neurons: 'significant' }] };
    expect(scores([all]).map(([, , after]) => Math.abs(after as number))).toEqual([0, 0]);
  });

  it('lose what a patch had said', () => {
    expect(scores([{ label: 'patch', patch: 1 }], Float32Array.of(1.5, 0))).toEqual([
      ['tower', 3, 3],
      ['sea', 2, 0.5],
    ]);
  });
});

describe('its nearest pictures', () => {
  it('are nearest by direction, whatever their length, without itself', () => {
    const vectors = Float32Array.of(1, 0, 0, 9, 5, 5);
    const near = nearestPictures(vectors, Float32Array.of(2, 0), 0, 5);
    expect(near.slice(0, 2).map(({ image }) => image)).toEqual([2, 1]);
    expect(near[0]!.cosine).toBeCloseTo(Math.SQRT1_2);
  });

  it('are looked for once, and again for other pictures or after a cancel', async () => {
    const embedImages = vi.fn(async () => new Float32Array(2 * dim));
    const { store } = await opened({ embedImages });
    await Promise.all([store.getState().ensureSetVectors(), store.getState().ensureSetVectors()]);
    expect(embedImages).toHaveBeenCalledTimes(1);
    expect(store.getState().setVectors.status).toBe('ready');
    store.getState().forgetSetVectors();
    const again = store.getState().ensureSetVectors();
    store.getState().cancelSetVectors();
    await again;
    expect(store.getState().setVectors.status).toBe('idle');
  });
});

describe('the class list', () => {
  it('is taken a line each, and refused in a sentence', () => {
    expect(parseClassList(' a cat \n\na dog\na cat', '')).toEqual({
      names: ['a cat', 'a dog'],
      templates: ['{}'],
    });
    expect(() => parseClassList('\n', '{}')).toThrow(/at least one class/);
    expect(() => parseClassList('a cat', 'a photo of it')).toThrow(/“a photo of it” has no \{\}/);
    expect(() => parseClassList('x'.repeat(300), '{}')).toThrow(/300 characters/);
    const many = Array.from({ length: 2001 }, (_, i) => `thing ${i}`);
    expect(() => parseClassList(many.join('\n'), '{}')).toThrow(/2001 classes/);
    const templates = Array.from({ length: 50 }, (_, i) => `${i} {}`).join('\n');
    expect(() => parseClassList(many.slice(1).join('\n'), templates)).toThrow(/100000 texts/);
  });

  it('is the set’s until a person gives their own, with their own sentences', async () => {
    const read = vi.fn(embedTexts);
    const { store } = await opened({ embedTexts: read });
    await vi.waitFor(() => expect(store.getState().classVectors.status).toBe('ready'));
    expect(read.mock.lastCall?.[0]).toEqual(['a photo of a dog', 'a dog', 'a photo of a cat', 'a cat']);
    store.getState().setClasses({ names: ['a cat'], templates: ['my {}'] });
    await vi.waitFor(() => expect(store.getState().classVectors.status).toBe('ready'));
    expect(read.mock.lastCall?.[0]).toEqual(['my a cat']);
    store.getState().setClasses(undefined);
    expect(classListOf(store.getState()).names).toEqual(['a dog', 'a cat']);
  });
});

describe('own pictures', () => {
  it('are kept and opened, and not measured until their page is opened', async () => {
    const project = vi.fn();
    const { store } = await opened({ project });
    const file = new File(['x'], 'cat.png', { type: 'image/png' });
    await store.getState().takePictures([file]);
    expect(store.getState().view.image).toBe('hash of cat.png');
    expect(project).not.toHaveBeenCalled();
    store.getState().setView({ page: 'own' });
    await vi.waitFor(() => expect(project).toHaveBeenCalled());
  });

  it('come from an address, or not, in a sentence', async () => {
    const pictureAt = vi.fn(async () => new Blob(['x'], { type: 'image/png' }));
    const { store } = await opened({ pictureAt });
    await store.getState().fetchPicture('https://example.org/a/dog.png');
    expect(store.getState().own.map(({ name }) => name)).toEqual(['dog.png']);
    pictureAt.mockRejectedValueOnce(new LensError('unavailable', 'It did not come.'));
    await store.getState().fetchPicture('https://example.org/a/dog.png');
    expect(store.getState().intakeProblem).toBe('It did not come.');
    expect(store.getState().fetchingPicture).toBeUndefined();
  });
});

describe('finding words', () => {
  const segmentImage = vi.fn(async () => ({
    gridSide: 2,
    map: Float32Array.of(0, 1, 0, 0),
    chosen: [],
    flat: false,
  }));
  type Call = [number, Float32Array, object];
  const lastCall = () => segmentImage.mock.lastCall as unknown as Call;

  it('looks by what sets the text apart, or as the released code does; the view says which', async () => {
    const { store } = await opened({ segmentImage });
    store.getState().setView({ find: 'cat' });
    await vi.waitFor(() => expect(store.getState().found.status).toBe('ready'));
    const [, contrast, corrected] = lastCall();
    expect([...contrast.slice(0, 2)]).toEqual([-0.5, 0.5]);
    expect(corrected).toMatchObject({ order: 'signed', signs: 'signed', neurons: 200, blocks: [0, 2] });
    store.getState().setView({ ...FIND_FORMS['as-released'], findBlocks: '2', findCount: 20 });
    await vi.waitFor(() => expect(segmentImage).toHaveBeenCalledTimes(2));
    const [, plain, released] = lastCall();
    expect([...plain.slice(0, 2)]).toEqual([0, 1]);
    expect(released).toMatchObject({
      order: 'absolute',
      signs: 'unsigned',
      map: 'activation',
      neurons: 20,
      blocks: [2],
    });
    store.getState().setView({ findCut: 0.9, findLook: 'outline' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(segmentImage).toHaveBeenCalledTimes(2);
    store.getState().setView({ find: '' });
    expect(store.getState().found.status).toBe('idle');
  });

  it('lays all maps side by side when they are to be compared', async () => {
    const { store } = await opened({
      segmentImage,
      attentionMaps: async () => ({ gridSide: 2, lastBlock: Float32Array.of(1, 2, 3, 4) }),
      headTextMap: async () => ({ gridSide: 2, map: Float32Array.of(1, 0, 0, 0), flat: false }),
    });
    store.getState().setView({ find: 'cat', findLook: 'compare' });
    await vi.waitFor(() => expect(store.getState().found.status).toBe('ready'));
    const found = loadedValue(store.getState().found)!;
    expect([...found.maps.keys()]).toEqual(['second-order', 'activation', 'heads', 'attention']);
  });

  it('knows which form its settings are', () => {
    expect(formOfFind(DEFAULT_VIEW)).toBe('corrected');
    expect(formOfFind({ ...DEFAULT_VIEW, ...FIND_FORMS['as-released'] })).toBe('as-released');
    expect(formOfFind({ ...DEFAULT_VIEW, findOrder: 'random' })).toBeUndefined();
    expect(blocksOfFind('2.7', [0, 2])).toEqual([2]);
    expect(blocksOfFind('7', [0, 2])).toEqual([0, 2]);
  });

  it('is held against the mask of the things of that name', () => {
    const owners = new Uint8Array(16);
    for (const i of [0, 1, 4, 5]) owners[i] = 2;
    const truth = { size: 4, owners };
    const wanted = trueMap('Cat', truth, ['a dog', 'a cat'])!;
    expect(wanted.reduce((sum, x) => sum + x, 0)).toBe(4);
    const { iou, precision } = agreementWithTruth(Float32Array.of(1, 0, 0, 0), 0.5, wanted)!;
    expect(iou).toBeGreaterThan(0.2);
    expect(precision).toBeCloseTo(1);
    expect(trueMap('Cat', truth, ['a dog', 'a bird'])).toBeUndefined();
  });
});
