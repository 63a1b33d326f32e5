import { describe, expect, it } from 'vitest';
import { orderNeurons } from '../../src/state/ranking.ts';
import { summaryOf } from './fakes.ts';

describe('the order of the list', () => {
  const { overview } = summaryOf(2);
  it('goes by a measure, either way', () => {
    const down = orderNeurons(overview, 'maxNorm', true);
    expect(orderNeurons(overview, 'maxNorm', false)).toEqual([...down].reverse());
    expect(overview.maxNorm[down[0]!]).toBe(Math.max(...overview.maxNorm));
  });
  it('puts numbers that are none last', () => {
    const scores = new Float32Array(overview.typicalNorm.length).fill(1);
    scores[0] = Number.NaN;
    scores[5] = 2;
    const order = orderNeurons(overview, 'searchScore', true, scores);
    expect(order[0]).toBe(5);
    expect(order.at(-1)).toBe(0);
  });
  it('is by index without scores', () => {
    expect(orderNeurons(overview, 'searchScore', true).slice(0, 3)).toEqual([0, 1, 2]);
    expect(orderNeurons(overview, 'index', true)[0]).toBe(overview.typicalNorm.length - 1);
  });
});
