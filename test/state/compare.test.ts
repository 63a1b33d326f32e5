import { describe, expect, it } from 'vitest';
import {
  comparedOf,
  comparedText,
  movedCompared,
  withCompared,
  withoutCompared,
} from '../../src/state/compared.ts';
import { type Compared, pairsOf } from '../../src/state/comparison.ts';
import { loadedValue } from '../../src/state/data.ts';
import { neuronKey } from '../../src/state/neuronSlice.ts';
import { neuronPages } from '../../src/state/neuronView.ts';
import { openedStore, summaryOf } from './fakes.ts';

describe('the compared neurons of an address', () => {
  it('are each there once', () => {
    expect(comparedOf('0.12~3.44~0.12')).toEqual([
      { block: 0, neuron: 12 },
      { block: 3, neuron: 44 },
    ]);
    expect(comparedOf('')).toEqual([]);
    expect(comparedText(comparedOf('0.12~3.44'))).toBe('0.12~3.44');
  });

  it('are added to, taken from and moved', () => {
    expect(withCompared('', { block: 1, neuron: 2 })).toBe('1.2');
    expect(withCompared('1.2', { block: 1, neuron: 2 })).toBe('1.2');
    expect(withCompared('0.1~0.2~0.3~0.4', { block: 1, neuron: 2 })).toBe('0.1~0.2~0.3~0.4');
    expect(withoutCompared('0.1~0.2', { block: 0, neuron: 1 })).toBe('0.2');
    expect(movedCompared('0.1~0.2~0.3', { block: 0, neuron: 3 }, -1)).toBe('0.1~0.3~0.2');
    expect(movedCompared('0.1~0.2', { block: 0, neuron: 1 }, -1)).toBe('0.1~0.2');
    expect(movedCompared('0.1~0.2', { block: 9, neuron: 9 }, 1)).toBe('0.1~0.2');
  });
});

describe('what two neurons have in common', () => {
  const one = {
    place: { block: 0, neuron: 1 },
    direction: Float32Array.of(3, 0, 4),
    code: {
      terms: [
        { text: 'water', coefficient: 0.5 },
        { text: 'sand', coefficient: -0.2 },
        { text: 'boat', coefficient: 0.1 },
      ],
      r2: 0.5,
      m: 4,
      atoms: 'unit-atoms',
    },
    detail: { strongest: [5, 6, 7, 8] },
  } as unknown as Compared;
  const other = {
    ...one,
    place: { block: 2, neuron: 3 },
    direction: Float32Array.of(0, 5, 0),
    code: {
      ...one.code,
      terms: [
        { text: 'sand', coefficient: 0.9 },
        { text: 'water', coefficient: 0.1 },
      ],
    },
    detail: { strongest: [8, 9, 5, 1] },
  } as unknown as Compared;

  it('is the angle of their directions, their words and their pictures', () => {
    const [pair] = pairsOf([one, other], 40);
    expect(pair).toMatchObject({ cosine: 0, pictures: [5, 8], of: 4, byChance: 0.4 });
    expect(pair?.words).toEqual([
      { text: 'sand', agrees: false },
      { text: 'water', agrees: true },
    ]);
    expect(pairsOf([one, { ...other, direction: Float32Array.of(-6, 0, -8) }], 40)[0]?.cosine).toBeCloseTo(
      -1,
      6,
    );
  });

  it('is unknown until both sides are known', () => {
    const [pair] = pairsOf([one, { ...other, code: undefined, direction: undefined }], 40);
    expect(pair).toMatchObject({ cosine: undefined, words: undefined, pictures: [5, 8] });
  });

  it('is told of every two', () => {
    const four = [1, 2, 3, 4].map((neuron) => ({ ...one, place: { block: 0, neuron } }));
    expect(pairsOf(four, 40)).toHaveLength(6);
  });
});

describe('the page of neurons side by side', () => {
  it('loads each neuron’s row and direction, of any block', async () => {
    const store = await openedStore();
    store.getState().compare([
      { block: 0, neuron: 1 },
      { block: 2, neuron: 3 },
    ]);
    expect(store.getState().view).toMatchObject({ page: 'compare', neurons: '0.1~2.3' });
    const key = neuronKey(store.getState(), 2, 3);
    await expect.poll(() => loadedValue(store.getState().directions.get(key))?.length).toBeGreaterThan(0);
    await expect.poll(() => store.getState().rows.get('2 3')?.status).toBe('ready');
    expect(store.getState().rows.get('0 1')?.status).toBe('ready');
    expect(store.getState().vectors.has(2)).toBe(false); // its other neurons stay where they are
    store.getState().removeCompared({ block: 0, neuron: 1 });
    expect(store.getState().view.neurons).toBe('2.3');
  });

  it('loads a direction that failed when it is asked for again, and not before', async () => {
    const store = await openedStore();
    const { shippedDirection } = store.getState();
    let asked = 0;
    const broken = async (): Promise<never> => {
      asked++;
      throw new Error('the line broke');
    };
    store.setState({ shippedDirection: broken });
    store.getState().compare([{ block: 2, neuron: 3 }]);
    const direction = () => store.getState().directions.get(neuronKey(store.getState(), 2, 3));
    await expect.poll(() => direction()?.status).toBe('failed');
    store.setState({ shippedDirection });
    store.getState().loadDirections();
    expect(direction()?.status).toBe('failed');
    store.getState().loadDirections(true);
    await expect.poll(() => direction()?.status).toBe('ready');
    expect(asked).toBe(1);
  });

  it('keeps what it knows of live neurons while several are looked at in turn', async () => {
    const store = await openedStore({ summarise: async () => summaryOf(0) });
    await store.getState().recompute();
    const pageOf = neuronPages();
    const look = () => [1, 2, 3, 4].map((neuron) => pageOf(store.getState(), 0, neuron));
    const first = look();
    look().forEach((page, i) => void expect(page).toBe(first[i]));
  });
});
